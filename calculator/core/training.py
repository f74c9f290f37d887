"""Bytes that training keeps for each parameter, put together from switches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from calculator.core.ranges import Line, exactly

WIDTHS: Mapping[str, int] = MappingProxyType({"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1})

# bitsandbytes quantizes optimizer states in blocks of 256, each with one 32-bit maximum.
BLOCK = 256
EIGHT_BIT_STATE = 1 + Fraction(4, BLOCK)

MEGATRON = "NVIDIA/Megatron-LM, megatron/training/theoretical_memory_usage.py (18, or 6 + 12/d)"
ZERO = "Rajbhandari et al. 2019, ZeRO, arXiv:1910.02054, section 3.1 (2 + 2 + 12)"
TORCH = "measured on a 9.7-million-parameter Llama with PyTorch 2.13"
DEEPSPEED = "deepspeedai/DeepSpeed, deepspeed/runtime/zero/stage_1_and_2.py (2 + 18/d)"
BITSANDBYTES = "bitsandbytes-foundation/bitsandbytes#1365 (blocks of 256 since v0.44)"
PEFT = "Hu et al. 2021, LoRA, arXiv:2106.09685; peft 0.21 makes 32-bit adapters on a 16-bit base"


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How many numbers an optimizer keeps for each parameter.

    `states` are as wide as the recipe says unless `state_bytes` fixes them; `embedding_states` are
    kept instead for embeddings, head and norms where an optimizer hands those to Adam.
    """

    name: str
    states: int
    source: str
    state_bytes: Fraction | None = None
    embedding_states: int | None = None
    note: str = ""


OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        "adamw": Optimizer("AdamW", 2, TORCH),
        "adamw-amsgrad": Optimizer("AdamW with amsgrad", 3, TORCH),
        "adamw-8bit": Optimizer("8-bit AdamW", 2, BITSANDBYTES, state_bytes=EIGHT_BIT_STATE),
        "adafactor": Optimizer(
            "Adafactor",
            0,
            TORCH,
            note="rows and columns instead of a matrix: about 0.02 bytes a parameter, see "
            "adafactor_state_bytes",
        ),
        "adafactor-momentum": Optimizer(
            "Adafactor with momentum", 1, "Shazeer and Stern 2018, Adafactor, arXiv:1804.04235"
        ),
        "sgd": Optimizer("SGD", 0, TORCH),
        "sgd-momentum": Optimizer("SGD with momentum", 1, TORCH),
        "lion": Optimizer("Lion", 1, "Chen et al. 2023, Lion, arXiv:2302.06675"),
        "muon": Optimizer(
            "Muon",
            1,
            "KellerJordan/Muon@50c4225d:README.md: hidden matrices; AdamW for embeddings, head, "
            "gains and biases, checked 2026-11-22",
            embedding_states=2,
        ),
    }
)


class TrainingError(ValueError):
    """A recipe that cannot be: `str()` is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Part:
    """One addend of the bytes per parameter. `kept` says what ZeRO shards it with."""

    name: str
    size: Fraction
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The switches of one way to train.

    `master_copy` is the 32-bit copy of 16-bit weights that the optimizer updates;
    `gradient_copy` the 32-bit copy of 16-bit gradients that some programs make for that update;
    `embedding_share` the part of the parameters in embeddings, head and norms (0 to 1), which
    only Muon asks for. Errors: TrainingError for an unknown name or a share outside 0 to 1.
    """

    weights: str = "bf16"
    gradients: str = "bf16"
    master_copy: bool = True
    gradient_copy: bool = False
    optimizer: str = "adamw"
    states: str = "fp32"
    embedding_share: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        for width in (self.weights, self.gradients, self.states):
            if width not in WIDTHS:
                raise TrainingError(f"“{width}” is not a number format: use {', '.join(WIDTHS)}")
        if self.optimizer not in OPTIMIZERS:
            known = ", ".join(OPTIMIZERS)
            raise TrainingError(f"“{self.optimizer}” is not an optimizer known here: use {known}")
        if not 0 <= self.embedding_share <= 1:
            raise TrainingError(f"a share lies from 0 to 1, not at {self.embedding_share}")

    @property
    def parts(self) -> tuple[Part, ...]:
        """The addends, those of 0 bytes left out."""
        rows = (
            Part(f"weights, {self.weights}", Fraction(WIDTHS[self.weights]), "weights"),
            Part(f"gradients, {self.gradients}", Fraction(WIDTHS[self.gradients]), "gradients"),
            Part("32-bit copy of the weights", Fraction(4 * self.master_copy), "optimizer"),
            Part("32-bit copy of the gradients", Fraction(4 * self.gradient_copy), "optimizer"),
            Part(f"states of {OPTIMIZERS[self.optimizer].name}", self.state_size, "optimizer"),
        )
        return tuple(part for part in rows if part.size)

    @property
    def state_size(self) -> Fraction:
        optimizer = OPTIMIZERS[self.optimizer]
        each = optimizer.state_bytes or Fraction(WIDTHS[self.states])
        if optimizer.embedding_states is None:
            return optimizer.states * each
        extra = (optimizer.embedding_states - optimizer.states) * self.embedding_share
        return (optimizer.states + extra) * each

    @property
    def bytes_per_parameter(self) -> Fraction:
        """Bytes that each trained parameter costs without activations.

        weights + gradients + 32-bit copy of the weights + 32-bit copy of the gradients + states

        Left out: activations, the program itself, buffers for communication, fragmentation, and
        Adafactor's row and column sums (`adafactor_state_bytes`).
        Source: the sizes of the tensors; equal to PyTorch's own in the tests.
        """
        return sum((part.size for part in self.parts), Fraction(0))

    def group(self, kept: str) -> Fraction:
        """Bytes per parameter of "weights", "gradients" or "optimizer"."""
        return sum((part.size for part in self.parts if part.kept == kept), Fraction(0))


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe that people quote by its number, and who counts it that way."""

    name: str
    recipe: Recipe
    why: str
    source: str


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "bf16": Preset(
            "8: everything in 16 bits",
            Recipe(master_copy=False, states="bf16"),
            "2 weights + 2 gradients + 4 for both averages; small updates are lost to rounding",
            TORCH,
        ),
        "sgd-fp32": Preset(
            "8: plain SGD in 32 bits",
            Recipe(weights="fp32", gradients="fp32", master_copy=False, optimizer="sgd"),
            "4 weights + 4 gradients, no state",
            TORCH,
        ),
        "momentum-fp32": Preset(
            "12: SGD with momentum in 32 bits",
            Recipe(weights="fp32", gradients="fp32", master_copy=False, optimizer="sgd-momentum"),
            "4 weights + 4 gradients + 4 momentum",
            TORCH,
        ),
        "bf16-fp32-states": Preset(
            "12: 16-bit weights, 32-bit averages, no copy",
            Recipe(master_copy=False),
            "2 weights + 2 gradients + 8; also what ZeRO counts for copy and averages alone",
            ZERO,
        ),
        "mixed": Preset(
            "16: mixed precision",
            Recipe(),
            "2 weights + 2 gradients + 4 copy + 8 averages",
            ZERO,
        ),
        "fp32": Preset(
            "16: everything in 32 bits",
            Recipe(weights="fp32", gradients="fp32", master_copy=False),
            "4 weights + 4 gradients + 8 averages; autocast keeps these too",
            TORCH,
        ),
        "mixed-fp32-gradients": Preset(
            "18: mixed precision, gradients in 32 bits",
            Recipe(gradients="fp32"),
            "2 weights + 4 gradients + 4 copy + 8 averages",
            MEGATRON,
        ),
        "mixed-both-gradients": Preset(
            "20: mixed precision, gradients in both widths",
            Recipe(gradient_copy=True),
            "2 weights + 2 gradients + 4 copy + 4 copy of the gradients + 8 averages",
            f"{DEEPSPEED}; {TORCH}",
        ),
        "amsgrad-fp32": Preset(
            "20: amsgrad in 32 bits",
            Recipe(weights="fp32", gradients="fp32", master_copy=False, optimizer="adamw-amsgrad"),
            "4 weights + 4 gradients + 12 for two averages and the largest one seen",
            TORCH,
        ),
        "mixed-8bit": Preset(
            "10: mixed precision with 8-bit Adam",
            Recipe(optimizer="adamw-8bit"),
            "2 weights + 2 gradients + 4 copy + 2 averages and 0.03 for the scales of their blocks",
            BITSANDBYTES,
        ),
    }
)


def state_bytes(*, parameters: int, recipe: Recipe) -> int:
    """Return the bytes of weights, gradients and optimizer on one device.

    bytes = parameters × bytes per parameter, rounded up

    Units: parameters that are trained; bytes. Errors: TrainingError below 0 parameters.
    Left out: activations and everything `Recipe.bytes_per_parameter` leaves out.
    Source: as `Recipe.bytes_per_parameter`.
    """
    if parameters < 0:
        raise TrainingError("the number of parameters cannot be negative")
    return ceil(parameters * recipe.bytes_per_parameter)


def adafactor_state_bytes(shapes: Iterable[tuple[int, ...]], width: int = 4) -> int:
    """Return the bytes of Adafactor's factored second moments.

    rows + columns numbers for a matrix, as many as its length for a vector; each `width` bytes

    Units: shapes in elements; bytes. Left out: the step counters, momentum (4 bytes a parameter).
    Source: torch.optim.Adafactor; equal to the bytes it was measured to keep in the tests.
    """
    return width * sum(sum(shape) for shape in shapes)


def adapter_lines(
    *, base: int, adapter: int, recipe: Recipe = PRESETS["fp32"].recipe
) -> tuple[Line, ...]:
    """Return what fine-tuning keeps when only an adapter is trained (LoRA; QLoRA on 4 bits).

    bytes = bytes of the frozen base + adapter parameters × bytes per trained parameter (16 in
    32 bits: 4 weight, 4 gradient, 8 averages). The base has no gradients and no states.

    Units: base in bytes, in whatever format it is stored; adapter in parameters (with the full
    copies that modules_to_save adds); bytes. Errors: TrainingError for negative numbers.
    Left out: activations, the 16-bit copy of one layer that 4-bit weights are unpacked into.
    Source: the sizes of the tensors; the adapter's bytes equal those measured, in the tests.
    """
    if base < 0:
        raise TrainingError("the bytes of the base cannot be negative")
    trained = state_bytes(parameters=adapter, recipe=recipe)
    each = float(recipe.bytes_per_parameter)
    return (
        Line("frozen base", exactly(base), f"{base:,}", "the stored weights"),
        Line("adapter in training", exactly(trained), f"{adapter:,} × {each:g}", PEFT),
    )
