"""OLMo Hybrid: gated delta rules, and attention with norms behind it in every fourth layer.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    AFTER,
    LLAMA,
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, norm, stack
from calculator.core.architecture.parts_mixers import Delta, convolution, learned, mixing
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Layer, Shape

OLMO_HYBRID = {
    "vocab_size": 100352,
    "hidden_size": 3840,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 30,
    "max_position_embeddings": 65536,
    "tie_word_embeddings": False,
    "linear_conv_kernel_dim": 4,
}
KINDS = {"full_attention": "full", "attention": "full", "linear_attention": "linear"}


@family("olmo_hybrid", defaults=OLMO_HYBRID)
def olmo_hybrid(fields: Fields) -> Shape:
    heads, sizes, layers = read_heads(fields), _delta(fields), fields.layers()
    bias = "qkvo" if fields.flag("attention_bias") else ""
    style = Style(bias=bias, qk_norm="all", norms=AFTER)
    block = feed_tensors(heads.width, fields.size("intermediate_size"), style)

    def build(kind: str) -> Layer:
        if kind == "full":
            tensors = (*attention_tensors(heads, style), *block, *layer_norms(heads.width, style))
            return attention_layer(tensors, heads)
        recalling = (*_recalling(sizes), *block, *layer_norms(heads.width, LLAMA))
        return Layer(tensors=recalling, cache=sizes.cache, kind="linear")

    return finished(fields, stack(_kinds(fields, layers), build), heads, style)


def _delta(fields: Fields) -> Delta:
    """Heads as many as the attention's; a key of ¾ of the width, a value twice as wide."""
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    keys = fields.optional("linear_num_key_heads") or count
    size = fields.optional("linear_key_head_dim") or 3 * width // (4 * keys)
    return Delta(
        width=width,
        key_heads=keys,
        value_heads=fields.optional("linear_num_value_heads") or count,
        key_size=size,
        value_size=fields.optional("linear_value_head_dim") or 2 * size,
        kernel=fields.size("linear_conv_kernel_dim"),
    )


def _recalling(sizes: Delta, prefix: str = "linear_attn.") -> Tensors:
    """A gated delta rule with a projection for each of its inputs."""
    width, heads = sizes.width, sizes.value_heads
    return (
        *mixing(f"{prefix}q_proj", width, sizes.key, "attn_q"),
        *mixing(f"{prefix}k_proj", width, sizes.key, "attn_k"),
        *mixing(f"{prefix}v_proj", width, sizes.value, "attn_v"),
        *mixing(f"{prefix}a_proj", width, heads, "ssm_alpha"),
        *mixing(f"{prefix}b_proj", width, heads, "ssm_beta"),
        *mixing(f"{prefix}g_proj", width, sizes.value, "attn_gate"),
        *convolution(f"{prefix}conv1d", sizes.channels, sizes.kernel, bias=False),
        *learned(f"{prefix}dt_bias", heads, "ssm_dt.bias"),
        *learned(f"{prefix}A_log", heads, "ssm_a"),
        *norm(f"{prefix}o_norm", sizes.value_size, gguf="ssm_norm"),
        *mixing(f"{prefix}o_proj", sizes.value, width, "ssm_out"),
    )


def _kinds(fields: Fields, layers: int) -> Sequence[str]:
    """Without a list, attention in every fourth layer, and in the last if there are fewer."""
    named = fields.layer_kinds(layers, KINDS)
    if named is not None:
        return named
    last = layers - 1 if layers < 4 else -1
    return ["full" if number % 4 == 3 or number == last else "linear" for number in range(layers)]
