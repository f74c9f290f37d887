"""One model as it is run: what it takes on a device, asked again and again by the searches."""

from dataclasses import dataclass, field
from functools import cache, cached_property

from calculator.core.architecture import Shape
from calculator.core.cache import CACHE_TYPES, CacheSize, cache_bytes
from calculator.core.devices import Device
from calculator.core.inference import COMPUTE, Load, inference_lines, overhead
from calculator.core.ranges import Line, Span, total

RUNTIME_OF_MAKER = {"NVIDIA": "cuda", "AMD": "rocm", "Apple": "metal"}
NOTHING = CacheSize(0, 0, ())


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a model is run; `weights` is the bytes of its weights in the chosen `format`.

    `context` is tokens in each of `sequences` conversations, 0 for none. `asked` remembers sums,
    because searches come back to the same numbers for one device after another.
    """

    shape: Shape
    weights: int
    context: int
    sequences: int = 1
    cache_type: str = "f16"
    engine: str = "llama.cpp"
    format: str = ""
    asked: dict[tuple[int, int], int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def width(self) -> int:
        return widest(self.shape)

    @cached_property
    def kind(self) -> str:
        return kind(self.shape)

    @cached_property
    def latent(self) -> bool:
        return any(cache.kind == "latent" for cache, _ in self.shape.distinct_caches)

    @property
    def cache_unknown(self) -> bool:
        """Whether conversations are asked for whose cache is not derived: sums count none of it."""
        return bool(self.context and self.shape.cache_unknown)

    def kept(self, context: int | None = None, engine: str = "", sequences: int = 0) -> CacheSize:
        tokens = self.context if context is None else context
        if not tokens:
            return NOTHING
        return cache_bytes(
            self.shape,
            context=tokens,
            sequences=sequences or self.sequences,
            cache_type=self.cache_type,
            engine=engine or self.engine,
        )

    def load(self, runtime: str, context: int, sequences: int = 0) -> Load:
        return Load(
            weights=self.weights,
            cache=self.kept(context, sequences=sequences).total,
            hidden_size=self.shape.hidden_size,
            intermediate_size=self.width,
            vocab_size=self.shape.vocab_size,
            context=context,
            sequences=sequences or self.sequences,
            kind=self.kind,
            runtime=runtime,
            quantized_cache=CACHE_TYPES[self.cache_type][0] > 1,
            latent=self.latent,
        )

    def lines(self, runtime: str = "cuda") -> tuple[Line, ...]:
        return inference_lines(self.engine, self.load(runtime, self.context))

    def needed(self, runtime: str, context: int | None = None) -> Span:
        """Return the bytes of the whole run; see `inference_lines` for formula and sources."""
        tokens = self.context if context is None else context
        return total(inference_lines(self.engine, self.load(runtime, tokens)))

    def most(self, runtime: str, context: int | None = None, sequences: int = 0) -> int:
        """The upper end of `needed`."""
        tokens = self.context if context is None else context
        return self.weights + self.beside(tokens, sequences) + program(self.engine, runtime)

    def beside(self, context: int, sequences: int = 0) -> int:
        """The most that lies beside the weights for conversations: their cache and a buffer."""
        count = sequences or self.sequences
        if (context, count) not in self.asked:
            load = self.load("cpu", context, count)
            self.asked[context, count] = load.cache + COMPUTE[self.engine](load).size.high
        return self.asked[context, count]


@cache
def program(engine: str, runtime: str, devices: int = 1) -> int:
    """The most that the program itself keeps on each device, whatever the model."""
    nothing = Load(
        weights=0,
        cache=0,
        hidden_size=1,
        intermediate_size=1,
        vocab_size=1,
        context=0,
        runtime=runtime,
        devices=devices,
    )
    return overhead(engine, nothing).size.high


def runtime_of(device: Device) -> str:
    """The software under the engine; other makers' is taken like AMD's, whose range holds all."""
    return "cpu" if device.memory_type == "cpu" else RUNTIME_OF_MAKER.get(device.maker, "rocm")


def widest(shape: Shape) -> int:
    """The feed-forward width that scratch space grows with; the hidden size where there is none."""
    rows = [tensor.rows for tensor, _ in shape.counted() if tensor.part == "mlp"]
    return max(rows, default=shape.hidden_size)


def kind(shape: Shape) -> str:
    if "vision" in shape.breakdown:
        return "multimodal"
    return "moe" if shape.experts else "dense"
