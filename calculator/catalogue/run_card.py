"""The calculator on a model's page: what a run takes, as a sum, a curve and a list of devices."""

from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any

from calculator.catalogue.curve import Curve, curve
from calculator.catalogue.places import EngineRow, Place, Sizes, engine_rows, places
from calculator.catalogue.recipe import Recipe, recipe
from calculator.catalogue.run_form import ENGINE_NAMES, form_for
from calculator.core import formatting
from calculator.core.answers import format_sizes
from calculator.core.architecture import Shape
from calculator.core.formats import weights
from calculator.core.ranges import Line, Span, total
from calculator.core.report import size_in_words, weights_line
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.serving import Run
from calculator.core.splitting import RULES
from calculator.registry import Widget


class Picture:
    """What the card draws; the slow parts are worked out where the template asks for them."""

    def __init__(self, run: Run, weights_made: Line, sizes: Sizes) -> None:
        self.run, self.weights_made, self.sizes = run, weights_made, sizes

    @cached_property
    def curve(self) -> Curve | None:
        return None if self.run.kept().unknown else curve(self.run)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return run_lines(self.run, self.weights_made)

    @cached_property
    def total(self) -> Span:
        return total(self.lines)

    @cached_property
    def places(self) -> list[Place]:
        return [] if self.run.kept().unknown else list(places(self.run, self.sizes))

    @property
    def split(self) -> str:
        """How the engine spreads a run over several cards."""
        return RULES.get(self.run.engine, "")

    @property
    def formats(self) -> str:
        """The formats to choose from, best first."""
        *others, last = self.sizes(self.run.engine)
        return f"{', '.join(others)} and {last}" if others else last

    @cached_property
    def recipe(self) -> Recipe | None:
        return recipe(self.run.shape, self.run.format)

    @property
    def length(self) -> str:
        return formatting.plural(self.run.context, "token", "tokens")

    @cached_property
    def engines(self) -> list[EngineRow]:
        return [] if self.run.kept().unknown else list(engine_rows(self.run))


def run_widget(shape: Shape, name: str) -> Widget:
    """A calculator of this one model; it is in no list, because its page is the model's."""
    return Widget(
        slug="run",
        title=name,
        question="What does it take to run it?",
        form=form_for(shape),
        compute=partial(compute, shape, name, cache(partial(format_sizes, shape))),
        terms=("inference",),
        order=0,
    )


def compute(shape: Shape, name: str, sizes: Sizes, /, **asked: Any) -> Result:
    stored = weights(shape, asked["format"])
    run = Run(
        shape=shape,
        weights=stored.bytes,
        context=int(asked["context"]),
        sequences=int(asked["sequences"]),
        cache_type=asked["cache"],
        engine=asked["engine"],
        format=asked["format"],
    )
    picture = Picture(run, weights_line(stored), sizes)
    needed, kept = picture.total, run.kept()
    said = spoken(run)
    return Result(
        outputs={
            "gb": Output(Decimal(needed.high) / 10**9, size_in_words(needed)),
            "weights": Output(Decimal(stored.bytes) / 10**9, formatting.gigabytes(stored.bytes)),
            "cache": Output(Decimal(kept.total) / 10**9, formatting.gigabytes(kept.total)),
        },
        equation=equation(picture),
        sentence=sentence(run, asked["format"], float(stored.bits_per_weight)),
        announcement=f"{name[0].upper()}{name[1:]} as {asked['format']} with {said} takes"
        f" {spread(needed)}",
        picture=picture,
        notes=notes(run),
    )


def run_lines(run: Run, made: Line) -> tuple[Line, ...]:
    """Weights, each kind of cache, and what the engine takes on top, in the order of the sum."""
    kept = [
        Line(line.name, Span(line.size, line.size), line.formula, line.reason)
        for line in run.kept().lines
    ]
    extra = (line for line in run.lines() if line.name not in {"weights", "cache"})
    return (made, *kept, *extra)


def equation(picture: Picture) -> Equation:
    run = picture.run
    kept = run.kept()
    parts = [("weights", Span(run.weights, run.weights), "n")]
    if kept.kv_cache_bytes:
        parts.append(("cache", Span(kept.kv_cache_bytes, kept.kv_cache_bytes), "cache"))
    if kept.state_bytes:
        parts.append(("state", Span(kept.state_bytes, kept.state_bytes), "att"))
    parts.append(("on top", extra(picture), "working"))
    terms = tuple(
        Term(label, spread(size), kind=kind, operator="+" if place else "=")
        for place, (label, size, kind) in enumerate(parts)
    )
    words = ", ".join(f"{label} {size_in_words(size)}" for label, size, _ in parts)
    amount, unit = ends(picture.total)
    return Equation(
        Term("memory", amount, unit, "out"), terms, f"{size_in_words(picture.total)}: {words}."
    )


def extra(picture: Picture) -> Span:
    spans = [line.size for line in picture.lines if not line.size.exact]
    return sum(spans, Span(0, 0))


def ends(span: Span) -> tuple[str, str]:
    """A range with its unit said once: ("6.04 to 6.66", "GB")."""
    low, unit = formatting.split_bytes(span.low)
    high, other = formatting.split_bytes(span.high)
    if span.exact or (low, unit) == (high, other):
        return high, other
    return (f"{low} to {high}", unit) if unit == other else (f"{low} {unit} to {high}", other)


def spread(span: Span) -> str:
    return " ".join(ends(span))


def spoken(run: Run) -> str:
    tokens = formatting.plural(run.context, "token", "tokens")
    if run.sequences == 1:
        return f"a conversation of {tokens}"
    return f"{formatting.exact(run.sequences)} conversations of {tokens} each"


def sentence(run: Run, stored: str, bits: float) -> str:
    engine = ENGINE_NAMES[run.engine]
    binary = f"{formatting.gibibytes(run.weights)} of weights"
    return (
        f"in {engine} on a graphics card, with {spoken(run)}. The weights are exact:"
        f" {formatting.exact(run.weights)} bytes ({binary}), {bits:.3f} bits each as {stored}."
    )


def notes(run: Run) -> tuple[str, ...]:
    found = []
    if run.kept().unknown:
        found.append(run.kept().unknown)
    own = run.shape.context
    if own and run.context > own:
        found.append(
            f"That is longer than the {formatting.exact(own)} tokens this model’s settings name."
        )
    return tuple(found)
