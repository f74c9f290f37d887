"""Bytes that running a model takes on one device, as a range, and whether they fit there."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType

from calculator.core.cache import ENGINES
from calculator.core.ranges import Line, Span, exactly, total

MEBIBYTE = 2**20
GIBIBYTE = 2**30

RUNTIMES: Mapping[str, str] = MappingProxyType(
    {"cuda": "with CUDA", "rocm": "with ROCm", "metal": "with Metal", "cpu": "on the processor"}
)

# llama.cpp: tokens handed to the graph at once (--ubatch-size) unless the reader says otherwise.
UBATCH = 512
UNSLOTH = (
    "unslothai/unsloth@015bdef0, studio/backend/tests/test_compute_buffer.py: 36, 492, 1,388 and "
    "3,220 MiB for 1, 2, 4 and 8 slots of Qwen3.6-27B"
)
# The measured buffers are 0.90 to 0.95 of the formula; Unsloth plans with 1.15 of it.
LOWEST, HIGHEST = Fraction(9, 10), Fraction(115, 100)
MASK, DEQUANTIZED, DEQUANTIZED_LATENT = Fraction(3, 2), Fraction(9, 4), Fraction(5, 4)

STAS = "stas00/ml-engineering@744d01e1, training/performance/README.md: 0.47 to 0.92 GiB"
CONTEXT: Mapping[str, tuple[Fraction, Fraction, str]] = MappingProxyType(
    {
        "cuda": (Fraction(47, 100), Fraction(92, 100), STAS),
        "rocm": (Fraction(0), Fraction(92, 100), f"not measured; not more than CUDA's, {STAS}"),
        "metal": (Fraction(0), Fraction(0), "left to the system in the share a GPU may use"),
        "cpu": (Fraction(0), Fraction(0), "no graphics card, no context on it"),
    }
)

LLMD = (
    "llm-d/llm-d-benchmark, config_explorer/empirical-vllm-memory-results.md: vLLM on H100, "
    "maximum length 16,000"
)
# GiB that vLLM's profiling run measured, by what is in the model.
PROFILE: Mapping[str, tuple[Fraction, Fraction]] = MappingProxyType(
    {
        "dense": (Fraction(484, 100), Fraction(564, 100)),
        "moe": (Fraction(342, 100), Fraction(74, 10)),
        "multimodal": (Fraction(212, 100), Fraction(212, 100)),
    }
)
# GiB outside PyTorch: one card, and more than one (communication).
ALONE = (Fraction(13, 100), Fraction(14, 100))
TOGETHER = (Fraction(54, 100), Fraction(55, 100))
UTILIZATION = Fraction(9, 10)

QWEN = (
    "QwenLM/Qwen3, docs/source/getting_started/speed_benchmark.md: 36 MiB above weights and cache"
)
LEAST_WORKING_SET = 36 * MEBIBYTE
WORKING_SET = "two widths of the feed-forward layer and one of the hidden state, 16 bits"


class InferenceError(ValueError):
    """An engine, a kind of model or sizes that this module does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is run and how. `context` is tokens in one sequence, `sequences` how many at once.

    `weights` and `cache` are bytes on this device, counted exactly elsewhere. `kind` is "dense",
    "moe" or "multimodal". `quantized_cache` and `latent` describe the cache. `devices` is how
    many share the model.
    """

    weights: int
    cache: int
    hidden_size: int
    intermediate_size: int
    vocab_size: int
    context: int
    sequences: int = 1
    kind: str = "dense"
    runtime: str = "cuda"
    quantized_cache: bool = False
    latent: bool = False
    devices: int = 1
    ubatch: int = UBATCH

    def __post_init__(self) -> None:
        if self.kind not in PROFILE or self.runtime not in RUNTIMES:
            kinds, runtimes = ", ".join(PROFILE), ", ".join(RUNTIMES)
            raise InferenceError(f"a model is {kinds}; it runs on {runtimes}")
        if min(self.weights, self.cache, self.context) < 0:
            raise InferenceError("weights, cache and context cannot be negative")
        if min(self.hidden_size, self.intermediate_size, self.vocab_size) < 1:
            raise InferenceError("the sizes of the model must be at least 1")
        if min(self.sequences, self.devices, self.ubatch) < 1:
            raise InferenceError("at least one sequence, one device and one token are run")


def gibibytes(ends: tuple[Fraction, Fraction]) -> Span:
    return Span(floor(ends[0] * GIBIBYTE), ceil(ends[1] * GIBIBYTE))


def llama_cpp_compute(load: Load) -> Line:
    """Return llama.cpp's compute buffer on one device.

    base = 4 × h × u × 4 + v × u × 4 × (slots − 1); low = 0.9 × base; high = 1.15 × base and,
    with a context c, 1.5 × u × 2 × c for the mask, or 2.25 × h × c when a quantized cache is
    unpacked (1.25 × h × c for a latent one)

    Units: h hidden size, v vocabulary, u tokens a step (--ubatch-size), slots sequences; bytes.
    Left out: runs without flash attention (heads × u × c × 4 more), vision, several cards.
    Source: Unsloth Studio's fitted formula, and the buffers it was fitted to.
    """
    hidden = 4 * load.hidden_size * load.ubatch * 4
    logits = load.vocab_size * load.ubatch * 4 * (load.sequences - 1)
    if load.quantized_cache:
        factor = DEQUANTIZED_LATENT if load.latent else DEQUANTIZED
        extra = factor * load.hidden_size * load.context
        spread = f"{float(factor):g} × {load.hidden_size:,} × {load.context:,} to unpack the cache"
    else:
        extra = MASK * load.ubatch * 2 * load.context
        spread = f"{float(MASK):g} × {load.ubatch} × 2 × {load.context:,} for the mask"
    base = hidden + logits
    return Line(
        "compute buffer",
        Span(floor(LOWEST * base), ceil(HIGHEST * base + extra)),
        f"({base_formula(load)}) × {float(LOWEST):g} to {float(HIGHEST):g}, and up to {spread}",
        UNSLOTH,
    )


def base_formula(load: Load) -> str:
    """The part of llama.cpp's buffer that every run has, and that of further conversations."""
    hidden = f"4 × {load.hidden_size:,} × {load.ubatch} × 4"
    more = f" + {load.vocab_size:,} × {load.ubatch} × 4 × {load.sequences - 1:,}"
    return hidden + more if load.sequences > 1 else hidden


def vllm_compute(load: Load) -> Line:
    """Return what vLLM's profiling run sets aside for activations on one device.

    a constant of the kind of model: 4.84 to 5.64 GiB dense, 3.42 to 7.4 mixture of experts, 2.12
    multimodal

    Units: bytes. Left out: the batch of tokens it is measured at (--max-num-batched-tokens) and
    the length, which the measured runs did not vary; CUDA graphs (−0.8 to +1 GiB).
    Source: llm-d's measurements; the lower end for experts is derived from the pool of
    gpt-oss-120b: 0.9 × 79.18 − 64.38 − 3.33 − 0.13 GiB.
    """
    low, high = PROFILE[load.kind]
    formula = f"{float(low):g} to {float(high):g} GiB, {load.kind}"
    return Line("activations, profiled", gibibytes((low, high)), formula, LLMD)


def transformers_compute(load: Load) -> Line:
    """Return the working set of a plain Transformers run.

    low = 36 MiB; high = sequences × (context × 2 × (h + 2 × i) + v × 4), one layer over the whole
    prompt and the scores of its last token, never below low

    Units: h hidden, i intermediate size, v vocabulary; bytes. Left out: eager attention, whose
    scores grow with the square of the context; beams.
    Source: Qwen3's measurements for low; the tensors of one layer for high.
    """
    layer = 2 * load.context * (load.hidden_size + 2 * load.intermediate_size)
    high = load.sequences * (layer + 4 * load.vocab_size)
    return Line(
        "working set",
        Span(LEAST_WORKING_SET, max(LEAST_WORKING_SET, high)),
        f"36 MiB to {load.sequences:,} × ({load.context:,} × 2 × "
        f"({load.hidden_size:,} + 2 × {load.intermediate_size:,}) + {load.vocab_size:,} × 4)",
        f"{QWEN}; {WORKING_SET}",
    )


COMPUTE = MappingProxyType(
    {"llama.cpp": llama_cpp_compute, "vllm": vllm_compute, "transformers": transformers_compute}
)


def overhead(engine: str, load: Load) -> Line:
    """Return what the program keeps on the device besides tensors of the model.

    CUDA: 0.47 to 0.92 GiB for its context and kernels. vLLM counts its own inside its share of
    the card: 0.13 to 0.14 GiB on one, 0.54 to 0.55 on several. Metal and CPU: nothing apart.

    Units: bytes. Left out: memory of the program outside the device, other programs, the screen.
    Source: stas00/ml-engineering; llm-d's measurements.
    """
    if engine == "vllm":
        ends = ALONE if load.devices == 1 else TOGETHER
        formula = f"{float(ends[0]):g} to {float(ends[1]):g} GiB outside PyTorch"
        return Line("runtime", gibibytes(ends), formula, LLMD)
    low, high, source = CONTEXT[load.runtime]
    formula = f"{float(low):g} to {float(high):g} GiB {RUNTIMES[load.runtime]}"
    return Line("runtime", gibibytes((low, high)), formula, source)


def inference_lines(engine: str, load: Load) -> tuple[Line, ...]:
    """Return weights, cache, compute buffer and runtime of one engine, each with its range.

    total = weights + cache + compute buffer + runtime; the first two are exact

    Units: bytes on one device. Errors: InferenceError for an engine not in ENGINES.
    Left out: what each line leaves out; fragmentation; the pool that vLLM fills on purpose.
    Source: see each line.
    """
    if engine not in COMPUTE:
        raise InferenceError(f"“{engine}” is not an engine known here: use {', '.join(ENGINES)}")
    return (
        Line("weights", exactly(load.weights), f"{load.weights:,}", "tensors of the model"),
        Line("cache", exactly(load.cache), f"{load.cache:,}", "keys, values and states"),
        COMPUTE[engine](load),
        overhead(engine, load),
    )


def inference_bytes(engine: str, load: Load) -> Span:
    """Return the sum of `inference_lines`, with its units, gaps and sources."""
    return total(inference_lines(engine, load))


def cache_pool(load: Load, *, memory: int, utilization: Fraction = UTILIZATION) -> Span:
    """Return the bytes vLLM has left for its cache.

    pool = utilization × memory − weights − activations − runtime; never below 0

    Units: memory in bytes as a program sees the card; bytes on one card. Errors: InferenceError
    for a utilization outside 0 to 1. Left out: CUDA graphs, other programs on the card.
    Source: llm-d's measurements: 4.45 GiB for Qwen3-32B on an H100 of 79.18 GiB, in the tests.
    """
    if not 0 < utilization <= 1:
        raise InferenceError("vLLM uses a share of the card above 0 and at most 1")
    fixed = vllm_compute(load).size + overhead("vllm", load).size + exactly(load.weights)
    share = floor(utilization * memory)
    return Span(max(0, share - fixed.high), max(0, share - fixed.low))
