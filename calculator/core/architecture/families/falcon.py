"""Falcon 1: one key-value head in 7B, eight in 40B and 180B.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.families.gpt import plain_heads
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape

TWO = (("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"))
ONE = (("input_layernorm", "attn_norm"),)
PARALLEL = (("ln_attn", "attn_norm_2"), ("ln_mlp", "attn_norm"))


def newer(fields: Fields) -> bool:
    """Whether the layers have the newer layout.

    The first files of Falcon 40B (RefinedWeb) say it only by giving `n_head_kv`. Source:
    transformers, models/falcon/convert_custom_code_checkpoint.py, read on 22 November 2026.
    """
    return fields.flag("new_decoder_architecture", default="n_head_kv" in fields.values)


def groups(fields: Fields, heads: Heads) -> int:
    """Key-value heads: the older layout has one, or as many as heads, and reads no count."""
    if not newer(fields):
        return 1 if fields.flag("multi_query") else heads.count
    count = fields.optional("num_kv_heads") or heads.count
    fields.divide("num_attention_heads", heads.count, "num_kv_heads", count)
    return count


def norms(fields: Fields) -> tuple[tuple[str, str], ...]:
    """One norm before both blocks, one before each (new layout), or one after the other."""
    if not fields.flag("parallel_attn"):
        return TWO
    standard = 2 if newer(fields) else 1
    return PARALLEL if fields.number("num_ln_in_parallel_attn", standard) == 2 else ONE


@family(
    "falcon",
    "RefinedWebModel",
    "RefinedWeb",
    defaults={
        "vocab_size": 65024,
        "hidden_size": 4544,
        "num_hidden_layers": 32,
        "num_attention_heads": 71,
        "max_position_embeddings": 2048,
        "multi_query": True,
        "parallel_attn": True,
        "tie_word_embeddings": True,
    },
    names={
        "hidden_size": ("n_embed",),
        "num_hidden_layers": ("n_layer",),
        "num_attention_heads": ("n_head",),
        "num_kv_heads": ("n_head_kv",),
        "intermediate_size": ("ffn_hidden_size",),
    },
)
def falcon(fields: Fields) -> Shape:
    heads = plain_heads(fields)
    heads = replace(heads, groups=groups(fields, heads))
    biased = fields.flag("bias")
    style = Style(
        bias="qo" if biased else "",
        attention="self_attention.",
        fused_qkv=("query_key_value", "dense"),
        norms=norms(fields),
        affine=True,
        names=("dense_h_to_4h", "dense_4h_to_h"),
        mlp_bias=biased,
        final="ln_f",
        around=Around(table="word_embeddings"),
    )
    inner = fields.optional("intermediate_size") or 4 * heads.width
    shape = dense(fields, style, heads=heads, inner=inner)
    if not newer(fields):
        return shape
    layer = broadcast(shape.layers[0], heads)
    return replace(shape, layers=(layer,) * len(shape.layers))


def broadcast(layer: Layer, heads: Heads) -> Layer:
    """In this layout transformers copies keys and values to all heads before it caches them."""
    return replace(layer, cache=replace(layer.cache, expanded=2 * heads.count * heads.size))
