"""Bytes of a saved model: its weights, and with them what training needs to go on."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core.memory import weights_bytes
from calculator.core.training import PRESETS, WIDTHS

MIXED = PRESETS["mixed"].recipe
# Adam in mixed precision keeps three 32-bit numbers for every parameter beside its weight.
STATE_PARTS = (
    ("32-bit copy of the weights", WIDTHS["fp32"]),
    ("Adam’s average of the gradients", WIDTHS[MIXED.states]),
    ("Adam’s average of their squares", WIDTHS[MIXED.states]),
)
STATE_BYTES = int(MIXED.group("optimizer"))


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of content of a saved file."""

    name: str
    size: Decimal


def checkpoint_parts(
    *, parameters: Decimal, bits: Decimal, training_state: bool
) -> tuple[Part, ...]:
    """Return what is in the file, in bytes; the sum is the size of the checkpoint.

    bytes = parameters × (bits ÷ 8 + 12 with training state)

    The 12 bytes are Adam's: a 32-bit copy of each weight and two 32-bit running averages.
    Left out: file headers, the tokenizer, the state of the data loader, sharding.
    Source: Hugging Face Transformers documentation, “GPU memory usage” (32-bit copy 4, momentum 4,
    variance 4), read November 2026.
    """
    weights = Part("Weights", weights_bytes(parameters=parameters, bits=bits))
    if not training_state:
        return (weights,)
    return (weights, *(Part(name, parameters * each) for name, each in STATE_PARTS))
