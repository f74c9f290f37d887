"""Bytes of activations that training keeps from the forward pass for the backward pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from calculator.core.ranges import Line, Span, exactly, total

KORTHIKANTI = "Korthikanti et al. 2022, arXiv:2205.05198, equations 1 to 6"
MEGATRON = "NVIDIA/Megatron-LM, megatron/training/theoretical_memory_usage.py (18 + 4 × i ÷ h)"
MEASURED = (
    "stas00/ml-engineering@744d01e1, training/performance/README.md, measured with "
    "activation-memory-per-layer.py"
)
LOGITS = (
    "stas00/ml-engineering@744d01e1, training/performance/README.md (4 for one 32-bit copy); "
    "measured 2026-11-22 with PyTorch 2.13 and the loss of transformers 5.23: 14 at the peak of "
    "the backward pass (2 + 4 + 4 + 4), 18 with the shifted copy that older versions make"
)
# Bytes for each score: one copy in 32 bits, and every copy that a plain loss holds at once.
FEWEST_LOGIT_BYTES, MOST_LOGIT_BYTES = 4, 18

RECOMPUTE = ("none", "selective", "full")
PARALLEL = ("none", "tensor", "sequence")

# Copies of the 16-bit hidden state that one layer keeps, read off runs of the real layers, by
# `model_type`. Few sizes of a family were measured, and one family's differ (qwen3: 29.8 and 38).
COPIES: Mapping[str, Mapping[str, Fraction]] = MappingProxyType(
    {
        "llama": {"SmolLM2-360M": Fraction(24), "Llama-3.1-8B-Instruct": Fraction(28)},
        "mistral": {"Mistral-7B-Instruct-v0.3": Fraction(28)},
        "qwen3": {"DeepSeek-R1-0528-Qwen3-8B": Fraction(298, 10), "Qwen3-4B": Fraction(38)},
        "gemma": {"gemma-1.1-2b-it": Fraction(48)},
    }
)
HIDDEN_BYTES = 2


class ActivationError(ValueError):
    """Sizes that no model has, or a switch that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The shape of one training step: sizes of the model, tokens in a sequence, sequences."""

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    vocab_size: int
    sequence: int
    batch: int

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ActivationError(f"{name.replace('_', ' ')} must be at least 1")

    @property
    def tokens(self) -> int:
        return self.sequence * self.batch


def layer_bytes(
    run: Run, *, recompute: str = "none", parallel: str = "none", devices: int = 1
) -> int:
    """Return what one plain layer keeps with attention written out (GELU, dropout, 16 bits).

    none: s × b × h × (34 + 5 × a × s ÷ h); selective: 34 × s × b × h, the attention scores being
    computed again, which is also what FlashAttention does; full: 2 × s × b × h, the layer's input.
    Split over t devices: sequence parallel ÷ t throughout; tensor parallel only
    s × b × h × (10 + 24 ÷ t + 5 × a × s ÷ (h × t)).

    Units: s tokens a sequence, b sequences, h hidden size, a heads; bytes on one device, rounded
    up. Errors: ActivationError for an unknown switch or no device.
    Left out: gated feed-forward layers (`gated_layer_bytes`), other widths than 16 bits.
    Source: Korthikanti et al. 2022, arXiv:2205.05198.
    """
    if recompute not in RECOMPUTE or parallel not in PARALLEL or devices < 1:
        raise ActivationError("recompute and parallel name a switch, and a device is needed")
    hidden = run.tokens * run.hidden_size
    if recompute == "full":
        return ceil(Fraction(2 * hidden, devices if parallel == "sequence" else 1))
    scores = 5 * run.heads * run.sequence * run.tokens if recompute == "none" else 0
    if parallel == "none":
        return 34 * hidden + scores
    if parallel == "sequence":
        return ceil(Fraction(34 * hidden + scores, devices))
    return ceil(10 * hidden + Fraction(24 * hidden + scores, devices))


def gated_layer_bytes(run: Run) -> int:
    """Return what one layer with a gated feed-forward part keeps when kernels are fused.

    s × b × (18 × h + 4 × i)

    Units: i intermediate size, the others as in `layer_bytes`; bytes. Left out: attention scores
    (never stored by FlashAttention), experts that see more or fewer tokens than their share.
    Source: Megatron-LM's report of theoretical memory.
    """
    return run.tokens * (18 * run.hidden_size + 4 * run.intermediate_size)


def measured_layer_bytes(run: Run, copies: Fraction) -> int:
    """Return what one layer kept in a measured run: copies × 2 × s × b × h.

    Units: copies of the 16-bit hidden state; bytes, rounded up. Left out: why a family needs more
    (32-bit norms, unfused gates). Source: stas00/ml-engineering, measured per family.
    """
    return ceil(copies * HIDDEN_BYTES * run.tokens * run.hidden_size)


def logits_bytes(run: Run) -> Span:
    """Return the bytes of the scores over the vocabulary: 4 to 18 × s × b × v.

    Units: v size of the vocabulary; bytes. 4 is one copy in 32 bits; 18 the 16-bit scores, their
    32-bit copy, that copy shifted by a token, its log-softmax and the gradient: 2 + 4 + 4 + 4 + 4.
    Left out: losses that never store them (chunked or fused cross-entropy).
    Source: stas00/ml-engineering for 4; peak memory of the loss itself, measured, for 18.
    """
    scores = run.tokens * run.vocab_size
    return Span(FEWEST_LOGIT_BYTES * scores, MOST_LOGIT_BYTES * scores)


def layer_span(run: Run, family: str = "") -> Line:
    """Return what one layer keeps, from fused kernels to a family's measured run.

    low = the smaller of `gated_layer_bytes` and the fewest copies measured in the family; high =
    the larger of it and the most. A family without a measurement gets every family's: 24 to 48.

    Units: bytes. Errors: none. Left out: as in the functions it calls.
    Source: Megatron-LM for fused kernels; stas00/ml-engineering for measured copies.
    """
    rows = COPIES.get(family) or {
        name: count for row in COPIES.values() for name, count in row.items()
    }
    fewest, most = min(rows.values()), max(rows.values())
    ends = (
        gated_layer_bytes(run),
        measured_layer_bytes(run, fewest),
        measured_layer_bytes(run, most),
    )
    names = ", ".join(rows)
    formula = f"s·b·(18h + 4i) to {float(most):g} × 2·s·b·h ({names})"
    return Line("one layer", Span(min(ends), max(ends)), formula, f"{MEGATRON}; {MEASURED}")


def activation_lines(
    run: Run, *, family: str = "", checkpointing: bool = False
) -> tuple[Line, ...]:
    """Return the activations of one training step as a range.

    kept: layers × one layer; with checkpointing: layers × 2 × s × b × h (the input of each) and
    one layer computed again at a time. Either way the logits: 4 to 18 × s × b × v.

    Units: bytes on one device. Errors: none beyond `Run`'s.
    Left out: attention scores (FlashAttention is assumed), gradients of activations, encoders.
    Source: Korthikanti et al. 2022, Megatron-LM, stas00/ml-engineering: see each line.
    """
    layer = layer_span(run, family)
    logits = Line(
        "logits", logits_bytes(run), f"{FEWEST_LOGIT_BYTES} to {MOST_LOGIT_BYTES} × s·b·v", LOGITS
    )
    if checkpointing:
        inputs = exactly(run.layers * layer_bytes(run, recompute="full"))
        kept = Line("inputs of the layers", inputs, f"{run.layers} × 2·s·b·h", KORTHIKANTI)
        return (kept, layer, logits)
    size = Span(run.layers * layer.size.low, run.layers * layer.size.high)
    name = f"{run.layers} layers"
    return (Line(name, size, f"{run.layers} × ({layer.formula})", layer.source), logits)


def activation_bytes(run: Run, *, family: str = "", checkpointing: bool = False) -> Span:
    """Return the sum of `activation_lines`, with its units, gaps and sources."""
    return total(activation_lines(run, family=family, checkpointing=checkpointing))
