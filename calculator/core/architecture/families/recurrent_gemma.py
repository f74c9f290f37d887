"""RecurrentGemma (Griffin): gated linear recurrences, and every third layer a sliding window.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, stack
from calculator.core.architecture.parts_mixers import LINE, convolution, learned, mixing
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Cache, Layer, Shape, Tensor

RECURRENT = {
    "vocab_size": 256000,
    "hidden_size": 2560,
    "intermediate_size": 7680,
    "num_hidden_layers": 26,
    "num_attention_heads": 10,
    "attention_window_size": 2048,
    "conv1d_width": 4,
    "block_types": ["recurrent", "recurrent", "attention"],
    "tie_word_embeddings": True,
    # The class has no such field: positions are not limited, the model was trained on this many.
    "max_position_embeddings": 8192,
}
STYLE = Style(
    attention="temporal_block.",
    mlp="mlp_block.",
    mlp_bias=True,
    norms=(("temporal_pre_norm", "attn_norm"), ("channel_pre_norm", "ffn_norm")),
    final="final_norm",
)
KINDS = {"recurrent": "linear", "attention": "sliding"}


@family(
    "recurrent_gemma",
    defaults=RECURRENT,
    names={"attention_window_size": ("sliding_window",), "block_types": ("_block_types",)},
)
def recurrent_gemma(fields: Fields) -> Shape:
    """`intermediate_size` counts both halves of the gated block."""
    heads, width = read_heads(fields), fields.size("hidden_size")
    style = replace(STYLE, bias="qkvo" if fields.flag("attention_bias") else "o")
    whole = fields.size("intermediate_size")
    inner = fields.divide("intermediate_size", whole, "the two halves of the block", 2)
    after = (*feed_tensors(width, inner, style), *layer_norms(width, style))
    lru = fields.optional("lru_width") or width
    block = fields.divide("lru_width", lru, "num_attention_heads", heads.count)
    kernel, window = fields.size("conv1d_width"), fields.size("attention_window_size")

    def build(kind: str) -> Layer:
        if kind == "sliding":
            return attention_layer((*attention_tensors(heads, style), *after), heads, window)
        # It keeps one input fewer than the kernel is long.
        cache = Cache("state", state=lru, conv_channels=lru, conv_kernel=kernel - 1)
        tensors = (*_recurrent(width, lru, kernel, heads.count, block), *after)
        return Layer(tensors=tensors, cache=cache, kind="linear")

    return finished(fields, stack(_kinds(fields), build), heads, style)


def _recurrent(width: int, lru: int, kernel: int, count: int, block: int) -> Tensors:
    prefix = "temporal_block."
    gates: list[Tensor] = []
    for name in ("input_gate", "recurrent_gate"):
        path = f"{prefix}rg_lru.{name}"
        gates.append(Tensor(f"{path}_weight", count * block, block, "other", "matrix", line=LINE))
        gates += learned(f"{path}_bias", lru)
    return (
        *mixing(f"{prefix}linear_y", width, lru, "", bias=True),
        *mixing(f"{prefix}linear_x", width, lru, "", bias=True),
        *mixing(f"{prefix}linear_out", lru, width, "", bias=True),
        *convolution(f"{prefix}conv_1d", lru, kernel, bias=True),
        *learned(f"{prefix}rg_lru.recurrent_param", lru),
        *gates,
    )


def _kinds(fields: Fields) -> list[str]:
    layers, pattern = fields.layers(), fields.items("block_types")
    if not pattern or not set(map(str, pattern)) <= set(KINDS):
        raise fields.refuse("block_types", "must be a list of “recurrent” and “attention”")
    return [KINDS[pattern[number % len(pattern)]] for number in range(layers)]
