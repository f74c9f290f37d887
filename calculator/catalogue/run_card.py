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
from calculator.core.report import amount_and_unit, size_in_words, weights_line
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.serving import Run
from calculator.core.splitting import RULES
from calculator.registry import Widget


class Picture:
    """What the card draws; the slow parts are worked out where the template asks for them."""

    def __init__(self, run: Run, weights_made: Line, sizes: Sizes) -> None:
        self.run, self.weights_made, self.sizes = run, weights_made, sizes

    @property
    def converses(self) -> bool:
        """Whether there is a cache that is known: an encoder has none."""
        return self.run.shape.generates and not self.run.kept().unknown

    @cached_property
    def curve(self) -> Curve | None:
        return curve(self.run) if self.converses else None

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
        return list(engine_rows(self.run)) if self.converses else []


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
        f" {size_in_words(needed)}",
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
    # The kinds are the colours of the areas in the picture.
    parts = [("weights", Span(run.weights, run.weights), "kept")]
    if kept.kv_cache_bytes:
        parts.append(("cache", Span(kept.kv_cache_bytes, kept.kv_cache_bytes), "cache"))
    if kept.state_bytes:
        parts.append(("state", Span(kept.state_bytes, kept.state_bytes), "back"))
    parts.append(("on top", extra(picture), "working"))
    terms = tuple(
        Term(label, size_in_words(size), kind=kind, operator="+" if place else "=")
        for place, (label, size, kind) in enumerate(parts)
    )
    words = ", ".join(f"{label} {size_in_words(size)}" for label, size, _ in parts)
    amount, unit = amount_and_unit(picture.total)
    return Equation(
        Term("memory", amount, unit, "out"), terms, f"{size_in_words(picture.total)}: {words}."
    )


def extra(picture: Picture) -> Span:
    spans = [line.size for line in picture.lines if not line.size.exact]
    return sum(spans, Span(0, 0))


def spoken(run: Run) -> str:
    tokens = formatting.plural(run.context, "token", "tokens")
    noun = "conversation" if run.shape.generates else "text"
    if run.sequences == 1:
        return f"a {noun} of {tokens}"
    return f"{formatting.exact(run.sequences)} {noun}s of {tokens} each"


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
