"""Where rows stand in the pictures: a scatter on logarithmic scales, a strip of errors a group."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log10
from typing import Any

from calculator.core.plot import Mark, Scale, marks

# The strip shows errors this far; what is further stands at its edge.
FURTHEST = 0.4
STRIP = Scale(-FURTHEST, FURTHEST, 2, 98)
TICKS = ((-0.4, "−40%"), (-0.2, "−20%"), (0, "0"), (0.2, "+20%"), (0.4, "+40%"))
# Sizes of the scatter: from 16 MB to a terabyte.
SIZES = Scale(7.2, 12, 6, 98)
FEW, MANY = 12, 40
UPWARD = Scale(7.2, 12, 94, 3)
POWERS = ((8, "100 MB"), (9, "1 GB"), (10, "10 GB"), (11, "100 GB"), (12, "1 TB"))


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of a strip, at its own height: from `x1` to `x2` where the prediction is a range."""

    x1: str
    x2: str
    y: str
    fitted: bool

    @property
    def ranged(self) -> bool:
        return self.x1 != self.x2


@dataclass(frozen=True, slots=True)
class Strip:
    dots: tuple[Dot, ...]
    marks: tuple[Mark, ...]
    zero: str

    @property
    def height(self) -> str:
        """How tall the strip is: "few" rows, "some" or "many"."""
        return "few" if len(self.dots) < FEW else "some" if len(self.dots) < MANY else "many"


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the scatter: measured across, predicted upwards from `y1` to `y2`."""

    x: str
    y1: str
    y2: str
    fitted: bool


@dataclass(frozen=True, slots=True)
class Scatter:
    points: tuple[Point, ...]
    across: tuple[Mark, ...]
    upward: tuple[Mark, ...]
    start: str
    end: str
    bottom: str
    top: str


def strip(rows: Iterable[Mapping[str, Any]]) -> Strip:
    """The rows of a group from the lowest prediction to the highest, one below the other."""
    ordered = sorted(rows, key=lambda row: float(row["error_low"] + row["error_high"]))
    down = Scale(-0.5, max(1, len(ordered)) - 0.5, 8, 92)
    dots = tuple(dot(row, down.place(place)) for place, row in enumerate(ordered))
    return Strip(dots, marks(STRIP, TICKS), STRIP.place(0))


def dot(row: Mapping[str, Any], y: str) -> Dot:
    low, high = sorted(
        min(max(row[end], -FURTHEST), FURTHEST) for end in ("error_low", "error_high")
    )
    return Dot(STRIP.place(low), STRIP.place(high), y, row["fitted"])


def scatter(rows: Iterable[Mapping[str, Any]]) -> Scatter:
    low, high = SIZES.low, SIZES.high
    return Scatter(
        tuple(points(rows)),
        marks(SIZES, POWERS),
        marks(UPWARD, POWERS),
        SIZES.place(low),
        SIZES.place(high),
        UPWARD.place(low),
        UPWARD.place(high),
    )


def points(rows: Iterable[Mapping[str, Any]]) -> Iterator[Point]:
    for row in rows:
        if row["bytes"] and row["low"] > 0 and row["measured_low"] > 0:
            yield Point(
                SIZES.place(log10(row["measured_low"])),
                UPWARD.place(log10(row["low"])),
                UPWARD.place(log10(row["high"])),
                row["fitted"],
            )
