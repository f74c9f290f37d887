"""The picture of a growing cache: an area over the weights, lines where machines end, a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from calculator.core.formatting import exact, gigabytes, percent
from calculator.core.kv_cache import Cache
from calculator.core.memory import Machine, machines
from calculator.core.shapes import Tick, area, coordinate, tick_at

K = 1024
ALWAYS = (4 * K, 32 * K, 128 * K)
# The axis ends at the first of these that leaves the chosen length room on its right.
SPANS = tuple(2 * K * 4**power for power in range(6))
HEADROOM = 1.06
# Labels this near an end of the axis, in percent, lean inwards.
EDGE = 10
TALLEST_JUMP = 2.2
# Two labels need this much of the height between them to be read.
CLOSEST = 0.085
# A label stands below its line, or above it where the band under the line is too thin, in pixels.
BELOW, ABOVE = 18, -6


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line: how high it stands, in percent from the top, and what it says where."""

    y: str
    text: str
    x: str = "0"
    anchor: str = "start"
    drop: int = BELOW


@dataclass(frozen=True, slots=True)
class Row:
    tokens: str
    cache: str
    together: str
    share: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """Paths are drawn in a box of 100 × 100, `weights` below and `cache` on top of it."""

    cache: str
    weights: str
    base: Line | None
    devices: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    marker: Tick
    height: str
    rows: tuple[Row, ...]
    summary: str


def growth(cache: Cache, *, tokens: int, conversations: int, weights: Decimal) -> Growth:
    """Draw memory against the length of the conversation; weights of 0 are unknown ones."""

    def total(length: int) -> float:
        return float(weights) + cache.size(tokens=length, conversations=conversations)

    span = next((length for length in SPANS if length >= 1.25 * tokens), SPANS[-1])
    top = ceiling(total(span))
    bends = [0, span] if not 0 < cache.window < span else [0, cache.window, span]
    base = 100 - 100 * float(weights) / top
    return Growth(
        cache=area([(100 * at / span, 100 - 100 * total(at) / top) for at in bends], base),
        weights=area([(0, base), (100, base)], 100) if weights else "",
        base=base_line(base, weights, left=2 * tokens > span) if weights else None,
        devices=tuple(machine_lines(float(weights), top)),
        ticks=tuple(tick(span * part // 4, span) for part in range(5)),
        marker=tick(tokens, span),
        height=coordinate(100 - 100 * total(tokens) / top),
        rows=tuple(rows(cache, tokens, conversations, weights)),
        summary=summary(cache, tokens, conversations, weights, span),
    )


def base_line(y: float, weights: Decimal, *, left: bool) -> Line:
    """Where the weights end; its label keeps to the side that the marker is not on."""
    x, anchor = ("1%", "start") if left else ("99%", "end")
    drop = BELOW if y <= 100 * (1 - CLOSEST) else ABOVE
    return Line(coordinate(y), f"weights, {gigabytes(weights)}", x, anchor, drop)


def ceiling(most: float) -> float:
    """The top of the picture: the next machine's memory where that is near, else just above."""
    for machine in machines():
        if most <= machine.capacity <= Decimal(most * TALLEST_JUMP):
            return float(machine.capacity) * HEADROOM
    return most * HEADROOM


def machine_lines(weights: float, top: float) -> Iterator[Line]:
    """The machines that hold the weights, from the largest in sight, where labels have room."""
    above = 0.0
    for machine in reversed(visible(weights, top)):
        place = 1 - float(machine.capacity) / top
        if above and place - above < CLOSEST:
            continue
        above = place
        name = f"{machine.alone[0].upper()}{machine.alone[1:]}"
        yield Line(coordinate(100 * place), f"{name}, {gigabytes(machine.capacity)}")


def visible(weights: float, top: float) -> list[Machine]:
    return [machine for machine in machines() if weights * 1.05 < float(machine.capacity) <= top]


def tick(tokens: int, span: int) -> Tick:
    return tick_at(100 * tokens / span, length(tokens), edge=EDGE)


def length(tokens: int) -> str:
    """A length as people say it: 8K is 8,192, 1.5M is 1,572,864; others in full."""
    for unit, letter in ((K**2, "M"), (K, "K")):
        if tokens >= unit and 2 * tokens % unit == 0:
            return f"{exact(Decimal(tokens) / unit)}{letter}"
    return exact(tokens)


def rows(cache: Cache, tokens: int, conversations: int, weights: Decimal) -> Iterator[Row]:
    for at in sorted({*ALWAYS, tokens}):
        size = Decimal(cache.size(tokens=at, conversations=conversations))
        yield Row(
            tokens=exact(at),
            cache=gigabytes(size),
            together=gigabytes(size + weights) if weights else "unknown",
            share=percent(size / weights, 2) if weights else "unknown",
            chosen=at == tokens,
        )


def summary(cache: Cache, tokens: int, conversations: int, weights: Decimal, span: int) -> str:
    """The picture in a sentence, for those who do not see it."""
    end = gigabytes(cache.size(tokens=span, conversations=conversations))
    now = gigabytes(cache.size(tokens=tokens, conversations=conversations))
    flat = f"on top of {gigabytes(weights)} of weights" if weights else "the weights are unknown"
    return (
        f"The cache grows from nothing to {end} at {exact(span)} tokens, {flat}."
        f" At {exact(tokens)} tokens it is {now}."
    )
