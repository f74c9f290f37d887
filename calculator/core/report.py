"""Everything the engine says of one model in one setting, each number with its formula."""

from collections.abc import Sequence
from dataclasses import dataclass

from calculator.core.answers import Answer, Questions, format_sizes
from calculator.core.architecture import PARTS, Shape
from calculator.core.cache import CacheSize, cache_bytes
from calculator.core.devices import Device
from calculator.core.formats import FORMATS, Weights, canonical, weights
from calculator.core.formatting import between, exact, gigabytes
from calculator.core.lora import ALL_LINEAR, Lora, Request, lora
from calculator.core.ranges import Line, Span, exactly, total
from calculator.core.serving import Run, runtime_of
from calculator.core.verdicts import Verdict

NAMES = {
    "embedding": "Embeddings",
    "attention": "Attention",
    "mlp": "Feed-forward",
    "norm": "Norms",
    "lm_head": "Head",
    "other": "Other",
}
COUNTED = "Counted from the tensors that the model's settings make"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of a model: 16 bits, no cache, no adapter and no device unless said."""

    format: str = "bf16"
    context: int = 0
    sequences: int = 1
    cache_type: str = "f16"
    engine: str = "llama.cpp"
    lora_rank: int = 0
    lora_targets: str | Sequence[str] = ALL_LINEAR
    device: Device | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answer. `running` are the bytes of a run, as ranges where engines differ."""

    shape: Shape
    ask: Ask
    weights: Weights
    cache: CacheSize | None
    adapter: Lora | None
    running: tuple[Line, ...]
    warnings: tuple[str, ...]
    on_device: Answer | None = None

    @property
    def needed(self) -> Span:
        return total(self.running)

    @property
    def verdict(self) -> Verdict | None:
        return self.on_device.verdict if self.on_device else None


def report(shape: Shape, ask: Ask) -> Report:
    """Return the report on `shape`.

    running = weights + cache + constant states + compute buffer + what the engine itself takes

    Raises what its parts raise, each a ValueError with a sentence: a format, an engine, a cache
    type or a target that does not exist. Left out: what a verdict leaves out (verdicts.py).
    """
    stored = weights(shape, canonical(ask.format))
    # Asked even without a context or a rank, so that an impossible setting is always refused.
    kept = cache_bytes(
        shape,
        context=ask.context or 1,
        sequences=ask.sequences,
        cache_type=ask.cache_type,
        engine=ask.engine,
    )
    cache = kept if ask.context else None
    adapter = None
    if ask.lora_rank or ask.lora_targets != ALL_LINEAR:
        adapter = lora(shape, Request(ask.lora_rank or 1, ask.lora_targets))
    asked = Run(
        shape=shape,
        weights=stored.bytes,
        context=ask.context,
        sequences=ask.sequences,
        cache_type=ask.cache_type,
        engine=ask.engine,
        format=stored.format,
    )
    on_device = None
    if ask.device is not None:
        on_device = Questions(asked, format_sizes(shape, ask.engine)).answer(ask.device)
    return Report(
        shape=shape,
        ask=ask,
        weights=stored,
        cache=cache,
        adapter=adapter if ask.lora_rank else None,
        running=lines(asked, ask.device, stored, cache),
        warnings=warnings(shape, ask, cache),
        on_device=on_device,
    )


def lines(
    run: Run, device: Device | None, stored: Weights, cache: CacheSize | None
) -> tuple[Line, ...]:
    """The parts of the run on this device; on an NVIDIA card where none is named."""
    exact_parts = [weights_line(stored)]
    for line in cache.lines if cache else ():
        name = f"cache: {line.name}" if line.tokens else line.name
        exact_parts.append(Line(name, exactly(line.size), line.formula, line.reason))
    extra = run.lines(runtime_of(device) if device else "cuda")
    return (*exact_parts, *(line for line in extra if line.name not in {"weights", "cache"}))


def weights_line(stored: Weights) -> Line:
    """The bytes of the weights: quantized ones, their scales, and what stays wider."""
    formula = f"{exact(stored.quantized)} quantized + {exact(stored.scales)} scales"
    if stored.format in FORMATS:
        source = FORMATS[stored.format].source
    else:
        source = "llama.cpp, src/llama-quant.cpp"
        formula = f"{exact(stored.quantized)} in blocks"
    formula += f" + {exact(stored.kept)} left wider"
    if not stored.quantized:
        formula = f"{exact(stored.parameters)} parameters × {float(stored.bits_per_weight):g} ÷ 8"
    return Line("weights", exactly(stored.bytes), formula, source)


def warnings(shape: Shape, ask: Ask, cache: CacheSize | None) -> tuple[str, ...]:
    found = list(shape.notes)
    if cache is not None and cache.unknown:
        found.append(cache.unknown)
    if ask.context and shape.context and ask.context > shape.context:
        found.append(
            f"The context asked, {exact(ask.context)} tokens, is longer than the model's own"
            f" {exact(shape.context)}."
        )
    return tuple(found)


def counted(shape: Shape) -> tuple[tuple[str, int], ...]:
    """The parts with something in them, named for people, largest first."""
    rows = [(NAMES[part], shape.parts[part]) for part in PARTS]
    return tuple(sorted((row for row in rows if row[1]), key=lambda row: -row[1]))


def size_in_words(span: Span) -> str:
    """A range of bytes: "4.91 GB", "6.04 to 6.66 GB", "535 MB to 1.04 GB"."""
    return between(gigabytes(span.low), gigabytes(span.high))


def amount_and_unit(span: Span) -> tuple[str, str]:
    """The same in two parts, as a formula shows them: ("6.04 to 6.66", "GB")."""
    amount, _, unit = size_in_words(span).rpartition(" ")
    return amount, unit
