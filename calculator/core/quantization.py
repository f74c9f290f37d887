"""Rounds weights to a few levels with one shared scale, and counts what the scales cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

OUTER_SCALE_BITS = 32


@dataclass(frozen=True, slots=True)
class Kept:
    """One weight before and after: `steps` is w ÷ scale, `number` the whole number stored."""

    weight: Fraction
    steps: Fraction
    number: int
    value: Fraction

    @property
    def error(self) -> Fraction:
        return abs(self.value - self.weight)


@dataclass(frozen=True, slots=True)
class Quantized:
    """A group of weights that share one scale; `top` is the largest whole number in use."""

    scale: Fraction
    top: int
    weights: tuple[Kept, ...]

    @property
    def levels(self) -> int:
        return 2 * self.top + 1

    @property
    def worst(self) -> Kept:
        return max(self.weights, key=lambda kept: kept.error)


def quantize(weights: Sequence[Decimal], bits: int) -> Quantized:
    """Return `weights` rounded symmetrically to `bits` bits with one scale for all of them.

    scale = largest |w| ÷ (2^(bits − 1) − 1);  q = round(w ÷ scale);  kept = q × scale

    Ties round to the even number, as torch.round documents; some programs round them away from
    zero. The most negative code (−8 at 4 bits) is left unused so that both signs reach equally far.
    Raises ValueError when every weight is zero: then there is nothing to scale.
    """
    exact = [Fraction(weight) for weight in weights]
    largest = max(abs(weight) for weight in exact)
    if not largest:
        raise ValueError("every weight is zero")
    top = 2 ** (bits - 1) - 1
    scale = largest / top
    rows = tuple(
        Kept(weight, weight / scale, round(weight / scale), round(weight / scale) * scale)
        for weight in exact
    )
    return Quantized(scale, top, rows)


def bits_per_weight(*, bits: int, group: int, scale_bits: int, outer_group: int = 0) -> Fraction:
    """Return the bits a weight takes once its share of the scales is counted.

    bits per weight = bits + scale_bits ÷ group (+ 32 ÷ (group × outer_group) when the scales are
    themselves quantized, in groups of `outer_group`, each with a 32-bit scale)

    Left out: zero points or minimums, tensors that a file keeps at more bits, the file's header.
    """
    total = bits + Fraction(scale_bits, group)
    if outer_group:
        total += Fraction(OUTER_SCALE_BITS, group * outer_group)
    return total
