"""Asks the engine what running a model takes: weights, a cache, and what is on top of them."""

from dataclasses import dataclass
from functools import cache, cached_property

from calculator.core import report
from calculator.core.architecture import Shape
from calculator.core.cache import CACHE_TYPES, CacheSize, cache_bytes
from calculator.core.devices import Device
from calculator.core.inference import COMPUTE, Load, inference_lines, overhead
from calculator.core.ranges import Line, Span, exactly, total
from calculator.core.verdicts import allowed, judge

FITS = "fits"
RUNTIMES = {"NVIDIA": "cuda", "AMD": "rocm", "Apple": "metal"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a model is run; `weights` is the bytes of its weights in the chosen format."""

    shape: Shape
    weights: int
    context: int
    sequences: int = 1
    cache_type: str = "f16"
    engine: str = "llama.cpp"

    @cached_property
    def width(self) -> int:
        return report.widest(self.shape)

    @cached_property
    def kind(self) -> str:
        return report.kind(self.shape)

    @cached_property
    def latent(self) -> bool:
        return any(cache.kind == "latent" for cache, _ in self.shape.distinct_caches)

    def kept(self, context: int | None = None, engine: str = "") -> CacheSize:
        return cache_bytes(
            self.shape,
            context=context or self.context,
            sequences=self.sequences,
            cache_type=self.cache_type,
            engine=engine or self.engine,
        )

    def load(self, runtime: str, context: int) -> Load:
        return Load(
            weights=self.weights,
            cache=self.kept(context).total,
            hidden_size=self.shape.hidden_size,
            intermediate_size=self.width,
            vocab_size=self.shape.vocab_size,
            context=context,
            sequences=self.sequences,
            kind=self.kind,
            runtime=runtime,
            quantized_cache=CACHE_TYPES[self.cache_type][0] > 1,
            latent=self.latent,
        )

    def lines(self, runtime: str = "cuda") -> tuple[Line, ...]:
        return inference_lines(self.engine, self.load(runtime, self.context))

    def needed(self, runtime: str, context: int | None = None) -> Span:
        return total(inference_lines(self.engine, self.load(runtime, context or self.context)))


def runtime_of(device: Device) -> str:
    """The software under the engine; other makers' is taken like AMD's, whose range holds all."""
    return "cpu" if device.memory_type == "cpu" else RUNTIMES.get(device.maker, "rocm")


def needs(shape: Shape, weights: int, *, tokens: int) -> int:
    """The most that one conversation of so many tokens needs in llama.cpp, its runtime left out.

    What the runtime adds depends on the device: see `holds`.
    """
    run = Run(shape=shape, weights=weights, context=min(tokens, shape.context or tokens))
    compute = COMPUTE[run.engine](run.load("cpu", run.context))
    return weights + run.kept().total + compute.size.high


def holds(device: Device, bytes_needed: int) -> bool:
    """Whether a device has room for what `needs` says, and for its runtime and margin."""
    extra = overhead("llama.cpp", idle(runtime_of(device))).size
    return judge(exactly(bytes_needed) + extra, allowed("llama.cpp", device.usable)).answer == FITS


@cache
def idle(runtime: str) -> Load:
    """A load of nothing, for what a runtime takes by itself."""
    return Load(
        weights=0,
        cache=0,
        hidden_size=1,
        intermediate_size=1,
        vocab_size=1,
        context=0,
        runtime=runtime,
    )
