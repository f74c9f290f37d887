"""What a format of few bits keeps of a number: its bits, the stored value, how far off it is.

Numbers go in and come out as exact fractions, and rounding happens once, to the format itself.
Going through a 64-bit float first would round twice and be wrong for some numbers.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Layout:
    """A floating-point format: a sign bit, exponent bits, digit bits, as IEEE 754 arranges them.

    The exponent of all ones is kept for infinity and "not a number", as FP32, BF16, FP16 and
    FP8 E5M2 do. FP8 E4M3 does not: see `widest`.
    """

    name: str
    exponent_bits: int
    digit_bits: int

    @property
    def bits(self) -> int:
        return 1 + self.exponent_bits + self.digit_bits

    @property
    def bias(self) -> int:
        """What is subtracted from the stored exponent: 2^(e−1) − 1."""
        return (1 << self.exponent_bits - 1) - 1

    @property
    def step(self) -> Fraction:
        """The gap between 1 and the next number: 2⁻ᵐ."""
        return power_of_two(-self.digit_bits)

    @property
    def largest(self) -> Fraction:
        """(2 − 2⁻ᵐ) × 2^(2^(e−1) − 1), the largest finite number."""
        return (2 - self.step) * power_of_two(self.bias)

    @property
    def smallest_normal(self) -> Fraction:
        """2^(2 − 2^(e−1)), the smallest number that keeps all its digits."""
        return power_of_two(1 - self.bias)

    @property
    def smallest(self) -> Fraction:
        """The smallest number above zero, with one digit bit left."""
        return self.smallest_normal * self.step


FP32 = Layout("FP32", 8, 23)
BF16 = Layout("BF16", 8, 7)
FP16 = Layout("FP16", 5, 10)
FP8_E5M2 = Layout("FP8 E5M2", 5, 2)
FP8_E4M3 = Layout("FP8 E4M3", 4, 3)

# E4M3 has no infinity and a single "not a number", which leaves 1.75 × 2⁸ as its largest number.
# Source: Micikevicius and others, FP8 Formats for Deep Learning, arXiv:2209.05433, table 1; the OCP
# specification OFP8 takes the same values. Checked 2026-11-22.
E4M3_LARGEST = Fraction(448)


def widest(layout: Layout) -> Fraction:
    """Return the largest number the named format really holds: E4M3 breaks the general rule."""
    return E4M3_LARGEST if layout == FP8_E4M3 else layout.largest


@dataclass(frozen=True, slots=True)
class Stored:
    """A number as a format holds it. `value` is None for infinity; fields are the stored bits."""

    layout: Layout
    sign: int
    exponent: int
    digits: int
    value: Fraction | None

    @property
    def kind(self) -> str:
        if self.value is None:
            return "infinity"
        if self.exponent:
            return "normal"
        return "subnormal" if self.digits else "zero"

    @property
    def groups(self) -> tuple[str, str, str]:
        """The bits as text: sign, exponent, digits."""
        return (
            str(self.sign),
            f"{self.exponent:0{self.layout.exponent_bits}b}",
            f"{self.digits:0{self.layout.digit_bits}b}" if self.layout.digit_bits else "",
        )


def store(number: Decimal, layout: Layout) -> Stored:
    """Return `number` as `layout` stores it: the nearest value, ties to even digits.

    value = (−1)^sign × 2^(exponent − bias) × (1 + digits ÷ 2^m); a stored exponent of 0 means
    2^(1 − bias) × (0 + digits ÷ 2^m), the subnormal numbers and zero.

    Past the largest number by half a step or more the result is infinity, as IEEE 754 rounds; below
    half the smallest it is zero. Source: IEEE 754-2019, sections 3.4, 4.3.1 and 7.4.
    """
    exact = abs(Fraction(number))
    sign = int(number < 0)
    if not exact:
        return Stored(layout, sign, 0, 0, Fraction(0))
    exponent = max(floor_log2(exact), 1 - layout.bias)
    # round() of a Fraction takes ties to the even number.
    steps = round(exact / power_of_two(exponent - layout.digit_bits))
    full = 2**layout.digit_bits
    if steps == 2 * full:
        exponent, steps = exponent + 1, full
    if exponent > layout.bias:
        return Stored(layout, sign, 2**layout.exponent_bits - 1, 0, None)
    value = steps * power_of_two(exponent - layout.digit_bits) * (-1) ** sign
    if steps < full:
        return Stored(layout, sign, 0, steps, value)
    return Stored(layout, sign, exponent + layout.bias, steps - full, value)


def floor_log2(value: Fraction) -> int:
    """Return the power of two at or below a positive `value`."""
    guess = value.numerator.bit_length() - value.denominator.bit_length()
    return guess if power_of_two(guess) <= value else guess - 1


def power_of_two(exponent: int) -> Fraction:
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


@dataclass(frozen=True, slots=True)
class Whole:
    """A number kept as so many parts of 1 ÷ `top`; `clipped` where it lay outside −1 to 1."""

    bits: int
    number: int
    clipped: bool

    @property
    def top(self) -> int:
        return (1 << self.bits - 1) - 1

    @property
    def value(self) -> Fraction:
        return Fraction(self.number, self.top)

    @property
    def groups(self) -> tuple[str, str, str]:
        """The bits as text in two's complement: the first one counts negative, then the rest."""
        text = f"{self.number % 2**self.bits:0{self.bits}b}"
        return text[0], "", text[1:]


def store_whole(number: Decimal, bits: int) -> Whole:
    """Return `number` as a signed whole number of `bits` bits under a shared scale of 1.

    kept = round(number × top) ÷ top, where top = 2^(bits − 1) − 1; ties to even. Numbers outside
    −1 to 1 are clipped: real scales are chosen so that the largest weight of a group lands on top.
    """
    top = 2 ** (bits - 1) - 1
    wanted = round(Fraction(number) * top)
    kept = max(-top, min(top, wanted))
    return Whole(bits, kept, abs(Fraction(number)) > 1)


def error_share(number: Decimal, kept: Fraction) -> Fraction:
    """Return |kept − number| ÷ |number|; 0 for a number that is 0, which every format keeps."""
    exact = Fraction(number)
    return abs(kept - exact) / abs(exact) if exact else Fraction(0)
