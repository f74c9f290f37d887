"""Memory against the length of the conversation, as one engine really lays it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from calculator.core.cache import LLAMA_BATCH
from calculator.core.formatting import exact, gigabytes
from calculator.core.growth import (
    ALWAYS,
    SPANS,
    Line,
    base_line,
    ceiling,
    machine_lines,
    tick,
)
from calculator.core.serving import Run
from calculator.core.shapes import Tick, area, coordinate

# Enough for a smooth line; bends are drawn where they are, between these.
SAMPLES = 48


@dataclass(frozen=True, slots=True)
class Row:
    """One length in the table: the cache's bytes, and all that is needed at most."""

    tokens: str
    cache: str
    each: str
    together: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths in a box of 100 × 100: weights, state, cache and what is on top, one upon the other."""

    weights: str
    state: str
    cache: str
    extra: str
    base: Line
    devices: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    marker: Tick
    height: str
    rows: tuple[Row, ...]
    summary: str


def curve(run: Run) -> Curve:
    span = next((length for length in SPANS if length >= 1.25 * run.context), SPANS[-1])
    lengths = sorted(
        {1, span, *bends(run, span), *(span * k // SAMPLES for k in range(1, SAMPLES))}
    )
    state = run.kept(1).state_bytes
    floor = run.weights + state
    top = ceiling(run.most("cuda", span))

    def y(size: float) -> float:
        return 100 - 100 * size / top

    at = [100 * length / span for length in lengths]
    kept = [y(run.weights + run.kept(length).total) for length in lengths]
    most = [y(run.most("cuda", length)) for length in lengths]
    return Curve(
        weights=area([(0, y(run.weights)), (100, y(run.weights))], 100),
        state=area([(0, y(floor)), (100, y(floor))], y(run.weights)) if state else "",
        cache=area(list(zip(at, kept, strict=True)), y(floor)) if kept[0] != kept[-1] else "",
        extra=band(list(zip(at, most, strict=True)), list(zip(at, kept, strict=True))),
        base=base_line(y(run.weights), Decimal(run.weights), left=2 * run.context > span),
        devices=tuple(machine_lines(float(run.weights), top)),
        ticks=tuple(tick(span * part // 4, span) for part in range(5)),
        marker=tick(run.context, span),
        height=coordinate(y(run.most("cuda"))),
        rows=tuple(rows(run)),
        summary=summary(run, span),
    )


def band(upper: list[tuple[float, float]], lower: list[tuple[float, float]]) -> str:
    """The area between two lines."""
    points = [*upper, *reversed(lower)]
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points) + "Z"


def windows(run: Run) -> list[int]:
    found = {cache.window for cache, _ in run.shape.distinct_caches if cache.windowed}
    return sorted(found)


def bends(run: Run, span: int) -> Iterator[int]:
    """Where layers with a window stop growing."""
    for window in windows(run):
        for length in (window, window + LLAMA_BATCH):
            if length < span:
                yield length


def rows(run: Run) -> Iterator[Row]:
    own = [run.shape.context] if run.shape.context > max(ALWAYS) else []
    for at in sorted({*ALWAYS, *own, run.context}):
        kept = run.kept(at).total
        yield Row(
            tokens=exact(at),
            cache=gigabytes(kept),
            each=gigabytes(Decimal(kept) / at / run.sequences),
            together=gigabytes(run.most("cuda", at)),
            chosen=at == run.context,
        )


def summary(run: Run, span: int) -> str:
    """The picture in a sentence, for those who do not see it."""
    now, end = gigabytes(run.kept().total), gigabytes(run.kept(span).total)
    return (
        f"The weights take {gigabytes(run.weights)}. The cache on top of them is {now} at"
        f" {exact(run.context)} tokens and {end} at {exact(span)}."
    )
