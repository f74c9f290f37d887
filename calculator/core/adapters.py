"""Bytes of fine-tuning: everything, LoRA's small matrices, or those on a base of 4 bits."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core.memory import weights_bytes
from calculator.core.training import PRESETS

# 16-bit weight and gradient, 32-bit copy, two 32-bit averages of Adam.
FULL_BYTES = int(PRESETS["mixed"].recipe.bytes_per_parameter)
FROZEN_BITS = 16


@dataclass(frozen=True, slots=True)
class TuningMemory:
    """Bytes of one way to fine-tune: the model itself, and everything that is trained."""

    base: Decimal
    trained: Decimal

    @property
    def total(self) -> Decimal:
        return self.base + self.trained


def adapter_tuning(
    *, parameters: Decimal, bits: Decimal, adapter: Decimal, adapter_bytes: Decimal
) -> TuningMemory:
    """Return the bytes of a frozen base of `bits` a weight and an adapter that is trained.

    base = parameters × bits ÷ 8;  trained = adapter parameters × bytes for each

    12 bytes are a 16-bit weight, a 16-bit gradient and two 32-bit averages of Adam. At 16 bits
    this is LoRA, at 4 bits and a scale QLoRA. Left out: activations, which grow with the batch
    and the length of the text.
    Source: the sizes of the tensors. 4.127 bits are NF4 with double quantization: 4, an 8-bit
    scale for 64 weights and a 32-bit one for 256 of those, 4 + 8 ÷ 64 + 32 ÷ (64 × 256).
    """
    return TuningMemory(
        base=weights_bytes(parameters=parameters, bits=bits), trained=adapter * adapter_bytes
    )


def full_tuning(*, parameters: Decimal) -> TuningMemory:
    """Return the bytes of training every weight: 2 of them the weight, 14 what training adds.

    bytes = parameters × 16 (weight 2, gradient 2, 32-bit copy 4, Adam 8)

    Left out: activations, and the tricks that split or shrink these 16.
    Source: the sizes of the tensors; Hugging Face Transformers documentation, “GPU memory usage”
    (weights 2 + 4, Adam 8), read November 2026; the gradient is as wide as the weight.
    """
    weights = weights_bytes(parameters=parameters, bits=FROZEN_BITS)
    return TuningMemory(base=weights, trained=parameters * FULL_BYTES - weights)
