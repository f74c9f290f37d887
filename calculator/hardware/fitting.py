"""What one device can run: for each model its best format, longest context and speed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from calculator.core.answers import MOST_AT_ONCE, MOST_TOKENS, format_sizes
from calculator.core.architecture import ConfigError, Shape, read_text
from calculator.core.devices import Device, devices
from calculator.core.pace import writing
from calculator.core.searching import best_format, longest_context, most_users
from calculator.core.serving import Run, runtime_of
from calculator.core.speed import Rate
from calculator.core.verdicts import allowed

if TYPE_CHECKING:
    from calculator.models import LanguageModel

ENGINE = "llama.cpp"
# The conversation that a format must leave room for, unless the model's own context is shorter.
TOKENS = 8192
LENGTHS = (TOKENS, 32_768, 131_072)
REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model runs on a device; `format` is empty where not even its smallest format fits.

    `needed` is the bytes of that format with its conversation, of the smallest format where none
    fits; `context` the most tokens that fit beside it, up to the model's own (`whole`), or up to a
    bound of ours where its settings name none (`unbounded`); `users` is how many conversations fit
    at once, `most` that llama.cpp takes no more. `rate` is tokens a second for one conversation,
    None where not known.
    """

    format: str
    weights: int
    needed: int
    context: int | None = None
    whole: bool = False
    unbounded: bool = False
    users: int | None = None
    rate: Rate | None = None

    @property
    def most(self) -> bool:
        return self.users == MOST_AT_ONCE[ENGINE]


@cache
def shape_of(config: str) -> Shape | None:
    try:
        return read_text(config)
    except ConfigError:
        return None


@lru_cache(REMEMBERED)
def sizes_of(config: str) -> dict[str, int]:
    """The bytes of a model in each format that is tried, best first."""
    shape = shape_of(config)
    return {} if shape is None or shape.cache_unknown else format_sizes(shape, ENGINE)


@lru_cache(REMEMBERED)
def run_of(config: str, tokens: int) -> Run | None:
    """One conversation of a model, its weights left out; it remembers what devices ask of it."""
    shape = shape_of(config)
    if shape is None:
        return None
    return Run(shape=shape, weights=0, context=min(tokens, shape.context or tokens))


@lru_cache(REMEMBERED)
def fit(config: str, slug: str, tokens: int = TOKENS) -> Fit | None:
    """Return the best way to run this model on this device; None where its size is not known.

    The best format is the first of the list that fits with a conversation of so many tokens; its
    longest context and the conversations at once are searched, never divided: caches grow in
    steps. Left out: formats between those tried, several devices beyond a server's own.
    """
    sizes, run, device = sizes_of(config), run_of(config, tokens), devices()[slug]
    if run is None or not sizes:
        return None
    runtime, capacity = runtime_of(device), allowed(ENGINE, device.usable).low
    best = best_format(sizes, lambda name: sizes[name] + run.most(runtime), capacity)
    if best is None:
        smallest = min(sizes.values())
        return Fit("", smallest, smallest + run.beside(run.context))
    held, context, users = sizes[best], None, None
    if run.shape.generates:
        context = longest_context(
            lambda tokens: held + run.most(runtime, tokens),
            capacity,
            run.shape.context or MOST_TOKENS,
        )
        users = most_users(
            lambda users: held + run.most(runtime, sequences=users), capacity, MOST_AT_ONCE[ENGINE]
        )
    return Fit(
        best,
        held,
        held + run.beside(run.context),
        context,
        context == run.shape.context,
        not run.shape.context and context == MOST_TOKENS,
        users,
        writing(replace(run, weights=held), device),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One model of the catalogue on one device."""

    model: "LanguageModel"
    fit: Fit | None


@dataclass(frozen=True, slots=True)
class Fits:
    """The models of the catalogue by how they fit one device, each list the largest first."""

    fitting: tuple[Row, ...]
    too_big: tuple[Row, ...]
    unknown: tuple[Row, ...]


def fits(models: Iterable["LanguageModel"], device: Device, tokens: int = TOKENS) -> Fits:
    rows = sorted(asked(models, device, tokens), key=lambda row: -(row.model.total or 0))
    return Fits(
        fitting=tuple(row for row in rows if row.fit and row.fit.format),
        too_big=tuple(row for row in rows if row.fit and not row.fit.format),
        unknown=tuple(row for row in rows if row.fit is None),
    )


def asked(models: Iterable["LanguageModel"], device: Device, tokens: int) -> Iterator[Row]:
    for model in models:
        yield Row(model, fit(model.config, device.slug, tokens))
