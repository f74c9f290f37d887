"""What one training step of a real model keeps for its backward pass, or why that is unknown."""

from dataclasses import dataclass, replace

from calculator.core.activations import (
    COPIES,
    FEWEST_LOGIT_BYTES,
    HIDDEN_BYTES,
    MOST_LOGIT_BYTES,
    Run,
    activation_lines,
    layer_span,
)
from calculator.core.architecture import Layer, Shape
from calculator.core.ranges import Line, Span, total

# The kinds of layers that the formulas and the measured runs are about.
COVERED = frozenset({"full", "sliding", "chunked", "encoder"})
KINDS = {
    "mla": "latent attention",
    "linear": "linear attention",
    "mamba": "a Mamba mixer",
    "mamba2": "a Mamba-2 mixer",
    "conv": "a short convolution",
    "decoder": "attention to an encoder",
}


@dataclass(frozen=True, slots=True)
class Step:
    """The lines of the activations, or in `unknown` a sentence that says why there are none."""

    lines: tuple[Line, ...] = ()
    unknown: str = ""
    note: str = ""

    @property
    def size(self) -> Span:
        return total(self.lines)


def step(shape: Shape, *, sequence: int, batch: int, recompute: bool) -> Step:
    """Return what one step keeps of `batch` sequences of `sequence` tokens on one device.

    the lines of `activation_lines` with this model's sizes; the feed-forward width is the sum over
    the experts that one token uses; without scores over the vocabulary where there is no head

    Units: bytes on one device. Errors: none. Left out: what `activation_lines` leaves out, images,
    sound. Source: see each line.
    """
    strange = sorted({part for kind in shape.layer_kinds for part in kind.split("+")} - COVERED)
    if strange:
        kinds = " and ".join(KINDS.get(kind, f"{kind} attention") for kind in strange)
        return Step(
            unknown=f"What layers with {kinds} keep for the backward pass is unknown here:"
            " no formula and no measured run of such a layer is at hand."
        )
    width = max(map(active_width, (layer for layer, _ in shape.distinct)), default=0)
    if not width:
        return Step(unknown="What these layers keep is unknown: they have no feed-forward part.")
    run = Run(
        hidden_size=shape.hidden_size,
        layers=len(shape.layers),
        heads=max(shape.heads, 1),
        intermediate_size=width,
        vocab_size=shape.vocab_size,
        sequence=sequence,
        batch=batch,
    )
    lines = activation_lines(run, family=shape.model_type, checkpointing=recompute)
    if not scores(shape):
        lines = tuple(line for line in lines if line.name != "logits")
    return Step(tuple(with_numbers(run, shape, line) for line in lines), note=caution(shape))


def with_numbers(run: Run, shape: Shape, line: Line) -> Line:
    """The line with this run's numbers in its formula."""
    tokens = (
        f"{run.sequence:,} tokens" if run.batch == 1 else f"{run.batch:,} × {run.sequence:,} tokens"
    )
    if line.name == "logits":
        each = f"{FEWEST_LOGIT_BYTES} to {MOST_LOGIT_BYTES}"
        return replace(line, formula=f"{each} × {tokens} × {run.vocab_size:,}")
    if line.size.exact:
        formula = f"{run.layers} × {HIDDEN_BYTES} × {tokens} × {run.hidden_size:,}"
        return replace(line, formula=formula)
    times = "" if line.name == "one layer" else f"{run.layers} × "
    low, high = ends_of_layer(run, shape.model_type)
    return replace(line, formula=f"{times}{tokens} × ({low}, to {high})")


def ends_of_layer(run: Run, family: str) -> tuple[str, str]:
    """What one token costs in one layer at both ends of `layer_span`, as its formula says it."""
    h, i = run.hidden_size, run.intermediate_size
    rows = COPIES.get(family) or {name: n for row in COPIES.values() for name, n in row.items()}
    ends = {18 * h + 4 * i: f"18 × {h:,} + 4 × {i:,} by formula"}
    for name, copies in rows.items():
        size = int(copies * HIDDEN_BYTES * h)
        ends.setdefault(size, f"{float(copies):g} × {HIDDEN_BYTES} × {h:,} as {name} kept")
    span = layer_span(run, family).size
    low, high = (min(ends, key=lambda size: abs(size * run.tokens - end)) for end in
                 (span.low, span.high))  # fmt: skip
    return ends[low], ends[high]


def active_width(layer: Layer) -> int:
    """The columns of all matrices that lead back out of the feed-forward part for one token."""
    return sum(
        tensor.columns * tensor.active
        for tensor in layer.tensors
        if tensor.gguf.startswith("ffn_down") and not tensor.name.endswith(".bias")
    )


def scores(shape: Shape) -> bool:
    return shape.generates or bool(shape.parts["lm_head"])


def caution(shape: Shape) -> str:
    """What makes this model's estimate weaker than that of a measured one."""
    if shape.experts:
        return (
            "No mixture of experts was measured: the activations take each token’s experts as one"
            " feed-forward part, and experts that draw more tokens than others need more."
        )
    if shape.model_type not in COPIES:
        return (
            "No model of this family was measured: the activations’ range is that of all that were."
        )
    return ""
