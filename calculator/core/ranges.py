"""What is known only between two ends, and where each end comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number of bytes known to lie from `low` to `high`, both included.

    Errors: ValueError when the ends are swapped.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            message = f"a range starts at its smaller end, not at {self.low} before {self.high}"
            raise ValueError(message)

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)

    @property
    def exact(self) -> bool:
        return self.low == self.high


def exactly(value: int) -> Span:
    return Span(value, value)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown: its name, its bytes, the formula with the numbers, the source."""

    name: str
    size: Span
    formula: str
    source: str


def total(lines: tuple[Line, ...]) -> Span:
    """Return the sum of the lines: all low ends together, all high ends together.

    Left out: that the ends of independent lines seldom fall together, so that the truth lies
    nearer the middle than this range says.
    """
    return sum((line.size for line in lines), exactly(0))
