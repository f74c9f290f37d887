"""Where things stand in a picture: places as percentages, which need no script and no style."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps numbers from `low` to `high` onto places from `start` to `end`, in percent."""

    low: float
    high: float
    start: float = 0
    end: float = 100

    def number(self, value: float) -> float:
        along = (value - self.low) / (self.high - self.low)
        return self.start + along * (self.end - self.start)

    def place(self, value: float) -> str:
        return f"{self.number(value):.2f}%"

    def inside(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line between two places."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled place along a ruler or an axis."""

    place: str
    text: str = ""


def marks(scale: Scale, values: Iterable[tuple[float, str]]) -> tuple[Mark, ...]:
    return tuple(Mark(scale.place(value), text) for value, text in values)


def clipped(slope: float, offset: float, x: Scale, y: Scale) -> Segment | None:
    """Return the part of y = slope·x + offset that lies in the frame; None where none does."""
    ends = [(value, slope * value + offset) for value in (x.low, x.high)]
    if slope:
        ends += [((value - offset) / slope, value) for value in (y.low, y.high)]
    seen = sorted({end for end in ends if x.inside(end[0]) and y.inside(end[1])})
    if len(seen) < 2:
        return None
    (left, first), (right, last) = seen[0], seen[-1]
    return Segment(x.place(left), y.place(first), x.place(right), y.place(last))


def ticks(places: Iterable[float], *, top: float, bottom: float) -> str:
    """Return an SVG path of vertical strokes; drawn in a box of 1000, stretched by its view box."""
    return "".join(f"M{place:.1f} {top:g}V{bottom:g}" for place in places)
