"""What one device can run: for each model its best format, longest context and speed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from calculator.catalogue.machines import most_held
from calculator.catalogue.running import needs
from calculator.core.architecture import ConfigError, Shape, read_text
from calculator.core.cache import cache_bytes
from calculator.core.devices import Device, devices
from calculator.core.formats import weights
from calculator.core.gguf import GgufError
from calculator.core.searching import best_format, longest_context
from calculator.core.speed import Rate, decode_rate, decode_share

if TYPE_CHECKING:
    from calculator.models import LanguageModel

# Best first, by how little they change a model's weights.
FILES = ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K")
# For models that llama.cpp has no file of.
PLAIN = ("bf16", "fp8", "nf4-dq")
# Published with four-bit experts: wider formats only blow those up.
NARROW = {"gpt_oss": ("MXFP4_MOE", "Q3_K_M", "Q2_K")}
# The conversation that a format must leave room for, unless the model's own context is shorter.
TOKENS = 8192
REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model runs on a device; `format` is empty where not even its smallest format fits.

    `needed` is the bytes of that format with its conversation, of the smallest format where none
    fits; `context` the most tokens that fit beside it, up to the model's own; `whole` says that it
    is the model's own. `rate` is tokens a second for one conversation, None where not known.
    """

    format: str
    weights: int
    needed: int
    context: int | None = None
    whole: bool = False
    rate: Rate | None = None


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
    if shape is None or shape.cache_unknown:
        return {}
    names = NARROW.get(shape.model_type, FILES)
    try:
        return {name: weights(shape, name).bytes for name in names}
    except GgufError:
        return {name: weights(shape, name).bytes for name in PLAIN}


@lru_cache(REMEMBERED)
def fit(config: str, slug: str) -> Fit | None:
    """Return the best way to run this model on this device; None where its size is not known.

    The best format is the first of the list that fits with 8,192 tokens of conversation, its
    longest context is searched, never divided: caches grow in steps.
    Left out: formats between those tried, several devices beyond a server's own.
    """
    sizes = sizes_of(config)
    shape = shape_of(config)
    if shape is None or not sizes:
        return None
    capacity = most_held(slug)
    best = best_format(sizes, lambda name: needs(shape, sizes[name], tokens=TOKENS), capacity)
    if best is None:
        smallest = min(sizes.values())
        return Fit("", smallest, needs(shape, smallest, tokens=TOKENS))
    held = sizes[best]
    context = None
    if shape.generates and shape.context:
        context = longest_context(
            lambda tokens: needs(shape, held, tokens=tokens), capacity, shape.context
        )
    return Fit(
        best,
        held,
        needs(shape, held, tokens=TOKENS),
        context,
        context == shape.context,
        speed(shape, held, devices()[slug]),
    )


def speed(shape: Shape, held: int, device: Device) -> Rate | None:
    """Tokens a second for one conversation of 8,192 tokens; None where the bandwidth is unknown.

    A server's cards work one after the other at the low end and all at once at the high one.
    """
    if device.bytes_per_second is None or not shape.generates:
        return None
    bits = 8 * held / shape.total_parameters
    tokens = min(TOKENS, shape.context or TOKENS)
    rate = decode_rate(
        weights=shape.active_without_embedding * bits / 8,
        cache=cache_bytes(shape, context=tokens).total,
        bandwidth=device.bytes_per_second,
        share=decode_share(device.memory_type, bits, experts=shape.experts > 1),
        active=shape.active_without_embedding,
        peak=device.operations_per_second or 0,
    )
    return Rate(rate.low / device.count, rate.high, rate.bound)


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


def fits(models: Iterable["LanguageModel"], device: Device) -> Fits:
    rows = sorted(asked(models, device), key=lambda row: -(row.model.total or 0))
    return Fits(
        fitting=tuple(row for row in rows if row.fit and row.fit.format),
        too_big=tuple(row for row in rows if row.fit and not row.fit.format),
        unknown=tuple(row for row in rows if row.fit is None),
    )


def asked(models: Iterable["LanguageModel"], device: Device) -> Iterator[Row]:
    for model in models:
        yield Row(model, fit(model.config, device.slug))
