"""Mamba-2 with attention: Bamba and Granite 4 in turn, Falcon-H1 side by side in every layer.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.families.mamba import automatic, expanded
from calculator.core.architecture.families.mixtral import (
    GRANITE_NAMES,
    letters,
    local,
    shared_block,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, stack
from calculator.core.architecture.parts_experts import Mixture, mixture_tensors
from calculator.core.architecture.parts_mixers import Mamba2, mamba2
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Layer, Shape

BAMBA = {
    "vocab_size": 128000,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 262144,
    "tie_word_embeddings": False,
    "mamba_n_heads": 128,
    "mamba_d_head": "auto",
    "mamba_n_groups": 1,
    "mamba_d_state": 256,
    "mamba_d_conv": 4,
    "mamba_expand": 2,
    "mamba_conv_bias": True,
    "mamba_proj_bias": False,
}
FALCON_H1 = BAMBA | {
    "max_position_embeddings": 8192,
    "mamba_d_ssm": 1024,
    "mamba_rms_norm": False,
}
GRANITE = BAMBA | {
    "vocab_size": 32000,
    "intermediate_size": 11008,
    "num_key_value_heads": None,
    "max_position_embeddings": 2048,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "shared_intermediate_size": 1024,
}
BEFORE = (("input_layernorm", "attn_norm"), ("pre_ff_layernorm", "ffn_norm"))
KINDS = {
    "full_attention": "full",
    "attention": "full",
    "linear_attention": "mamba2",
    "mamba": "mamba2",
}


def read_mamba2(fields: Fields, inner: int) -> Mamba2:
    """The mixer's widths as IBM and TII name them; heads must fill the inner width."""
    heads = fields.size("mamba_n_heads")
    size = automatic(
        fields,
        "mamba_d_head",
        lambda: fields.divide("inner width of the mixer", inner, "mamba_n_heads", heads),
    )
    if heads * size != inner:
        sentence = f"is {size}, but {heads} heads of it do not fill the mixer's {inner} channels"
        raise fields.refuse("mamba_d_head", sentence)
    biased = fields.flag("mamba_proj_bias")
    return Mamba2(
        width=fields.size("hidden_size"),
        heads=heads,
        size=size,
        state=fields.size("mamba_d_state"),
        groups=fields.size("mamba_n_groups"),
        kernel=fields.size("mamba_d_conv"),
        bias=biased,
        out_bias=biased,
        conv_bias=fields.flag("mamba_conv_bias"),
    )


def switched(fields: Fields) -> Style:
    """These families call their feed-forward block and its norm differently from Llama's."""
    return Style(
        bias=letters(fields),
        mlp_bias=fields.flag("mlp_bias"),
        mlp="feed_forward.",
        norms=BEFORE,
        final="final_layernorm",
    )


def alternating(
    fields: Fields,
    kinds: Sequence[str],
    after: Tensors,
    style: Style,
    mixture: Mixture | None = None,
) -> Shape:
    """Layers that either attend or hold a Mamba-2 mixer, all with the same block behind."""
    heads = read_heads(fields)

    def build(kind: str) -> Layer:
        if kind == "full":
            return attention_layer((*attention_tensors(heads, style), *after), heads)
        sizes = read_mamba2(fields, expanded(fields, "mamba_expand"))
        tensors = (*mamba2(sizes, "mamba."), *after)
        return Layer(tensors=tensors, cache=sizes.cache, kind="mamba2")

    return finished(fields, stack(kinds, build), heads, style, mixture)


@family("bamba", defaults=BAMBA)
def bamba(fields: Fields) -> Shape:
    style, layers = switched(fields), fields.layers()
    attending = set(fields.numbers("attn_layer_indices") or [])
    kinds = ["full" if number in attending else "mamba2" for number in range(layers)]
    width, inner = fields.size("hidden_size"), fields.size("intermediate_size")
    after = (*feed_tensors(width, inner, style), *layer_norms(width, style))
    return alternating(fields, kinds, after, style)


@family("granitemoehybrid", defaults=GRANITE, names={"layer_types": ("layers_block_type",)})
def granitemoehybrid(fields: Fields) -> Shape:
    """Without experts (`num_local_experts` 0) the shared block is the only one."""
    kinds = fields.layer_kinds(fields.layers(), KINDS) or ["mamba2"] * fields.layers()
    style, width = Style(bias=letters(fields)), fields.size("hidden_size")
    mixture = local(fields, GRANITE_NAMES) if fields.number("num_local_experts") else None
    after = (
        *(mixture_tensors(width, mixture) if mixture else ()),
        *shared_block(fields, line="moe_shared" if mixture else ""),
        *layer_norms(width, style),
    )
    return alternating(fields, kinds, after, style, mixture)


@family("falcon_h1", defaults=FALCON_H1)
def falcon_h1(fields: Fields) -> Shape:
    """Every layer attends and mixes; the mixer's norm is there on request."""
    heads, style = read_heads(fields), switched(fields)
    inner = automatic(fields, "mamba_d_ssm", lambda: expanded(fields, "mamba_expand"))
    sizes = replace(
        read_mamba2(fields, inner),
        out_bias=fields.flag("projectors_bias"),
        normed=fields.flag("mamba_rms_norm"),
    )
    layer = attention_layer(_side_by_side(fields, heads, sizes, style), heads)
    layer = replace(layer, kind="full+mamba2", more=(sizes.cache,))
    return finished(fields, (layer,) * fields.layers(), heads, style)


def _side_by_side(fields: Fields, heads: Heads, sizes: Mamba2, style: Style) -> Tensors:
    inner = fields.size("intermediate_size")
    return (
        *attention_tensors(heads, style),
        *mamba2(sizes, "mamba."),
        *feed_tensors(heads.width, inner, style),
        *layer_norms(heads.width, style),
    )
