"""Geometry of pictures whose areas mean amounts: stacks, tiles and filled curves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, sqrt

from calculator.core.formatting import Number

# Eight squares of this side and a small one beside them stand in one row 600 wide.
LARGEST_TILE = 56.0


def coordinate(value: Number) -> str:
    """A length for an SVG attribute: two decimals, no zeros at the end."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def share(amount: Number, whole: Number) -> str:
    """`amount` of `whole` as a percentage for an SVG attribute."""
    return f"{coordinate(100 * float(amount) / float(whole))}%" if whole else "0%"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it is, how much of the width it takes, what it says."""

    key: str
    name: str
    share: str
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis; `anchor` keeps its label inside the picture."""

    x: str
    text: str
    anchor: str


def tick_at(x: float, text: str, *, edge: float) -> Tick:
    """A tick at `x` percent, whose label leans inwards where it is within `edge` of an end."""
    anchor = "start" if x < edge else "end" if x > 100 - edge else "middle"
    return Tick(f"{coordinate(x)}%", text, anchor)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a stacked bar: what it is, what it says, where it lies."""

    key: str
    name: str
    text: str
    x: str
    width: str


def stack(amounts: Sequence[tuple[str, str, Decimal, str]], *, scale: Decimal) -> tuple[Piece, ...]:
    """Lay (key, name, amount, text) rows end to end on a bar that is `scale` long."""
    pieces = []
    start = Decimal(0)
    for key, name, amount, text in amounts:
        pieces.append(Piece(key, name, text, share(start, scale), share(amount, scale)))
        start += amount
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Tiles:
    """A square beside a grid of equal squares, all to one scale of area, as SVG paths."""

    width: str
    height: str
    beside: str
    chosen: str
    others: str


@dataclass(frozen=True, slots=True)
class _Grid:
    side: float
    block: float
    columns: int
    height: float

    @property
    def pitch(self) -> float:
        return self.side * 1.14

    @property
    def left(self) -> float:
        return self.block + max(12.0, self.side * 0.14) if self.block else 0.0


def tiles(
    *, count: int, chosen: int, each: Decimal, beside: Decimal, width: int = 600, height: int = 190
) -> Tiles:
    """Draw `count` squares of area `each`, `chosen` of them first, beside one of area `beside`.

    The squares are as large as fit into `width` × `height`; the scale is common, so that areas
    compare.
    """
    ratio = sqrt(float(beside / each))
    low, high = 0.0, LARGEST_TILE
    for _ in range(48):
        middle = (low + high) / 2
        grid = _grid(middle, ratio, count, width)
        low, high = (middle, high) if grid and grid.height <= height else (low, middle)
    grid = _grid(low, ratio, count, width)
    assert grid is not None
    corners = list(_corners(grid, count))
    return Tiles(
        width=str(width),
        height=coordinate(grid.height),
        beside=_square(0, 0, grid.block),
        chosen="".join(_square(x, y, grid.side) for x, y in corners[:chosen]),
        others="".join(_square(x, y, grid.side) for x, y in corners[chosen:]),
    )


def _grid(side: float, ratio: float, count: int, width: int) -> _Grid | None:
    """The grid of squares of this side, or None where not one of them fits the width."""
    block = side * ratio
    draft = _Grid(side, block, 1, 0)
    columns = min(count, int((width - draft.left + side * 0.14) // draft.pitch)) if side else count
    if columns < 1:
        return None
    rows = ceil(count / columns)
    # As few in each row as the rows allow: 8 stand as 4 and 4, not as 7 and 1.
    return _Grid(side, block, ceil(count / rows), max(block, rows * draft.pitch - side * 0.14))


def _corners(grid: _Grid, count: int) -> Iterator[tuple[float, float]]:
    for place in range(count):
        row, column = divmod(place, grid.columns)
        yield grid.left + column * grid.pitch, row * grid.pitch


def _square(x: float, y: float, side: float) -> str:
    return rectangle(x, y, side, side)


def rectangle(x: float, y: float, width: float, height: float) -> str:
    across, down = coordinate(width), coordinate(height)
    return f"M{coordinate(x)} {coordinate(y)}h{across}v{down}h-{across}z"


def area(points: Sequence[tuple[float, float]], base: float) -> str:
    """A filled curve: through `points` (x, y), then back along the height `base`."""
    line = "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)
    first, last = coordinate(points[0][0]), coordinate(points[-1][0])
    ground = coordinate(base)
    return f"M{line}L{last} {ground}L{first} {ground}Z"
