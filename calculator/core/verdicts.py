"""Whether a range of bytes fits a device whose usable bytes are themselves known as a range."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from calculator.core.ranges import Span

FITS, TIGHT, TOO_BIG = "fits", "tight", "does not fit"
# What an engine leaves alone on the card unless it is told otherwise.
LLAMA_CPP_MARGIN = 1024 * 2**20
VLLM_SHARE = Fraction(9, 10)
MARGINS = {
    "llama.cpp": "llama.cpp --fit leaves 1,024 MiB free by default",
    "vllm": "vLLM takes 0.9 of the card by default (--gpu-memory-utilization)",
    "transformers": "Transformers keeps nothing back",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of FITS, TIGHT and TOO_BIG, and the bytes spare at both ends.

    `spare` is usable − needed: its low end takes the most bytes needed and the fewest usable ones,
    its high end the reverse. A negative end is what is missing.
    """

    answer: str
    spare: Span


def judge(needed: Span, usable: Span) -> Verdict:
    """Return whether `needed` bytes fit into `usable` ones.

    fits when the most needed ≤ the fewest usable; does not fit when even the fewest needed > the
    most usable; tight when that depends on where in the ranges the truth lies

    Units: bytes, both on the same device. Errors: none. Left out: memory of other programs.
    Source: the meaning of the words; there is no factor in it.
    """
    spare = Span(usable.low - needed.high, usable.high - needed.low)
    if spare.low >= 0:
        return Verdict(FITS, spare)
    return Verdict(TOO_BIG if spare.high < 0 else TIGHT, spare)


def allowed(engine: str, visible: Span) -> Span:
    """Return the bytes that `engine` uses by default of those a program can see.

    llama.cpp: visible − 1 GiB at the low end, all at the high one (the margin is only its own
    choice of layers); vLLM: 0.9 × visible; others: visible

    Units: bytes. Errors: none; an unknown engine keeps nothing back. Left out: other settings.
    Source: llama.cpp common/fit.cpp (margin 1,024 MiB); vLLM's documentation (0.9).
    """
    if engine == "vllm":
        return Span(floor(VLLM_SHARE * visible.low), floor(VLLM_SHARE * visible.high))
    if engine == "llama.cpp":
        return Span(max(0, visible.low - LLAMA_CPP_MARGIN), visible.high)
    return visible
