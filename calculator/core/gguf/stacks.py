"""What a GGUF file of an encoder with a decoder holds: two numbered stacks, named apart (T5)."""

from collections.abc import Iterator
from dataclasses import replace

from calculator.core.architecture import Shape, Tensor

CROSS = "EncDecAttention."
SIDES = {"encoder": "enc", "decoder": "dec"}


def two_stacks(shape: Shape) -> Iterator[Tensor]:
    """Return the tensors of both stacks, each with its whole name in the file.

    llama-quantize numbers no layers in such a file: it takes the tensors in order of these names.
    Left out: nothing. Source: llama.cpp, gguf.constants (MODEL_ARCH.T5), November 2026.
    """
    yield from (
        replace(tensor, gguf=tensor.gguf.replace("_output", ".output")) for tensor in shape.outer
    )
    for kind, side in SIDES.items():
        layers = [layer for layer in shape.layers if layer.kind == kind]
        for number, layer in enumerate(layers):
            for tensor in layer.tensors:
                yield replace(tensor, gguf=f"{side}.blk.{number}.{role(tensor, side)}")


def role(tensor: Tensor, side: str) -> str:
    """Attention from the decoder to the encoder has the roles of attention, and "cross_"."""
    own = tensor.gguf.removeprefix(f"{side}_").replace("attn_output", "attn_o")
    return f"cross_{own}" if tensor.name.startswith(CROSS) else own
