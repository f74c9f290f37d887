"""LFM3: short convolutions between sliding and full attention, norms around both blocks.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, linear, stack
from calculator.core.architecture.parts_mixers import convolution_cache, short_convolution
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Layer, Shape

LFM3 = {
    "vocab_size": 128000,
    "hidden_size": 2048,
    "intermediate_size": 7680,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "max_position_embeddings": 128000,
    "tie_word_embeddings": True,
    "conv_L_cache": 7,
    "sliding_window": 256,
    "use_sandwich_norm": True,
    "use_attention_gate": True,
}
BEFORE = (("operator_norm", "attn_norm"), ("ffn_norm", "ffn_norm"))
BEHIND = (("post_operator_norm", "post_attention_norm"), ("post_ffn_norm", "post_ffw_norm"))
KINDS = {"full_attention": "full", "sliding_attention": "sliding", "conv": "conv"}


@family("lfm3", defaults=LFM3)
def lfm3(fields: Fields) -> Shape:
    heads, style = read_heads(fields), _style(fields)
    kernel, window = fields.size("conv_L_cache"), fields.number("sliding_window")
    inner = fields.size("intermediate_size")
    rest = (*feed_tensors(heads.width, inner, style), *layer_norms(heads.width, style))
    mixing = short_convolution(heads.width, kernel, bias=fields.flag("conv_bias"))
    seeing = (*attention_tensors(heads, style), *_gate(fields, heads))

    def build(kind: str) -> Layer:
        if kind == "conv":
            cache = convolution_cache(heads.width, kernel)
            return Layer(tensors=(*mixing, *rest), cache=cache, kind="conv")
        return attention_layer((*seeing, *rest), heads, window if kind == "sliding" else 0)

    return finished(fields, stack(_kinds(fields), build), heads, style)


def _style(fields: Fields) -> Style:
    return Style(
        bias="qkvo" if fields.flag("attention_bias") else "",
        qk_norm="head",
        mlp="feed_forward.",
        names=("w1", "w3", "w2"),
        norms=(*BEFORE, *BEHIND) if fields.flag("use_sandwich_norm") else BEFORE,
        final="embedding_norm",
    )


def _gate(fields: Fields, heads: Heads) -> Tensors:
    if not fields.flag("use_attention_gate"):
        return ()
    return linear("self_attn.g_proj", heads.width, heads.count, "attention", gguf="attn_gate")


def _kinds(fields: Fields) -> list[str]:
    """In fours: convolution, convolution, full; then sliding instead of the first."""
    layers = fields.layers()
    pattern = ("sliding", "conv", "full", "conv")
    return fields.layer_kinds(layers, KINDS) or [
        pattern[number % 4] if number else "conv" for number in range(layers)
    ]
