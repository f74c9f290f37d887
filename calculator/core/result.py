"""How a calculation explains itself: named outputs, the formula with its numbers, a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from calculator.core import formatting
from calculator.core.memory import GIGABYTE

type Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Output:
    """One number a calculation gives.

    `value` is in the unit that the text shows (35 for "35 GB"), `exact` is the same number with
    every digit where rounding hides some ("8,030,261,248" behind "8.03 billion").
    """

    value: Number | str
    text: str
    exact: str = ""

    @classmethod
    def of_bytes(cls, size: Decimal, exact: str = "") -> "Output":
        """Bytes, their value in GB."""
        return cls(size / GIGABYTE, formatting.gigabytes(size), exact)

    @classmethod
    def of_count(cls, number: int | Decimal) -> "Output":
        return cls(number, formatting.count_words(number), formatting.exact(number))

    @classmethod
    def of_share(cls, share: Decimal, digits: int = 3) -> "Output":
        """A part of one whole, its value in percent."""
        return cls(share * 100, formatting.percent(share, digits))


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a printed formula: a label over a value, after its operator.

    `kind` is the colour that ties it to its input: "n" the main input, "b" the second one,
    "out" the answer, "" a constant.
    """

    label: str
    text: str
    unit: str = ""
    kind: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """A formula with the reader's numbers put in, and the same said in words."""

    answer: Term
    terms: tuple[Term, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a widget returns: everything the page, the fragment and the prose need.

    `sentence` follows the formula and may assume that the reader sees it; `announcement` is the
    whole answer in one sentence with units, for a screen reader; `picture` is whatever the
    widget's own template draws; `notes` are surprising answers, said plainly.
    """

    outputs: Mapping[str, Output]
    equation: Equation
    sentence: str
    announcement: str
    picture: object = None
    notes: tuple[str, ...] = field(default=())


def with_notes(result: Result, *notes: str) -> Result:
    """Return the result with these sentences after its own notes; empty ones are left out."""
    return replace(result, notes=(*result.notes, *filter(None, notes)))
