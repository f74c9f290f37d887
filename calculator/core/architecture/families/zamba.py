"""Zamba and Zamba2: Mamba layers, and attention blocks whose weights several layers share.

A shared block is counted once, outside the layers; each layer that uses it keeps its own keys and
values, its own projection behind the block, and in Zamba2 its own small adapters.
Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.dense import Style
from calculator.core.architecture.families.mamba import automatic
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    feed_forward,
    fused_feed_forward,
    grouped_cache,
    linear,
    norm,
    stack,
)
from calculator.core.architecture.parts_mixers import Mamba, Mamba2, mamba, mamba2
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

ZAMBA = {
    "vocab_size": 32000,
    "hidden_size": 3712,
    "intermediate_size": 14848,
    "num_hidden_layers": 76,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": True,
    "attn_layer_period": 6,
    "attn_layer_offset": 4,
    "mamba_d_state": 16,
    "mamba_d_conv": 4,
    "mamba_expand": 2,
    "mamba_dt_rank": "auto",
    "mamba_conv_bias": True,
}
ZAMBA2 = {
    "vocab_size": 32000,
    "hidden_size": 2560,
    "num_hidden_layers": 54,
    "num_attention_heads": 32,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": True,
    "mamba_d_state": 64,
    "mamba_d_conv": 4,
    "mamba_expand": 2,
    "mamba_ngroups": 1,
    "n_mamba_heads": 8,
    "num_mem_blocks": 1,
    "adapter_rank": 128,
}
NAMES = {"layer_types": ("layers_block_type",)}
KINDS = {"linear_attention": "mamba", "mamba": "mamba", "hybrid": "hybrid"}
STYLE = Style(final="final_layernorm")


def built(
    fields: Fields,
    kinds: Sequence[str],
    mixer: tuple[Tensors, Cache, str],
    heads: Heads,
    own: Tensors,
    shared: Tensors,
) -> Shape:
    """Mamba layers; the hybrid ones also cache, and hold `own`; `shared` lies outside of them."""
    width = fields.size("hidden_size")
    tensors, state, kind = mixer
    behind = linear("linear", width, width, "other")

    def build(name: str) -> Layer:
        if name == "mamba":
            return Layer(
                tensors=(*tensors, *norm("input_layernorm", width)), cache=state, kind=kind
            )
        return Layer(
            tensors=(*tensors, *norm("mamba_decoder.input_layernorm", width), *behind, *own),
            cache=grouped_cache(heads),
            kind=f"full+{kind}",
            heads=heads.count,
            kv_heads=heads.groups,
            head_dim=heads.size,
            more=(state,),
        )

    shape = finished(fields, stack(kinds, build), heads, STYLE)
    return replace(shape, outer=(*shape.outer, *shared))


def wide_attention(width: int, heads: Heads, prefix: str) -> Tensors:
    """Attention on the stream and the embedding side by side: twice as wide as what it returns."""
    *queries, output = attention(heads, prefix=f"{prefix}self_attn.")
    return (
        *queries,
        replace(output, rows=width),
        *norm(f"{prefix}input_layernorm", heads.width),
        *norm(f"{prefix}pre_ff_layernorm", width),
    )


def read_wide_heads(fields: Fields) -> Heads:
    width, count = 2 * fields.size("hidden_size"), fields.size("num_attention_heads")
    groups = fields.optional("num_key_value_heads") or count
    size = fields.optional("attention_head_dim") or fields.divide(
        "hidden_size × 2", width, "num_attention_heads", count
    )
    return Heads(fields.optional("attention_hidden_size") or width, count, groups, size)


@family("zamba", defaults=ZAMBA, names=NAMES)
def zamba(fields: Fields) -> Shape:
    """The Mamba mixer works in heads, which does not change how many parameters it has."""
    width, layers = fields.size("hidden_size"), fields.layers()
    heads = read_wide_heads(fields)
    biased = fields.flag("mamba_proj_bias")
    sizes = Mamba(
        width=width,
        inner=fields.size("mamba_expand") * width,
        state=fields.size("mamba_d_state"),
        kernel=fields.size("mamba_d_conv"),
        rank=automatic(fields, "mamba_dt_rank", lambda: -(-width // 16)),
        bias=biased,
        conv_bias=fields.flag("mamba_conv_bias"),
    )
    prefix = "shared_transf."
    inner = fields.size("intermediate_size")
    shared = (
        *wide_attention(width, heads, prefix),
        *feed_forward(width, inner, prefix=f"{prefix}feed_forward."),
    )
    kinds = fields.layer_kinds(layers, KINDS) or _zamba_kinds(fields, layers)
    mixer = (mamba(sizes, "mamba."), sizes.cache, "mamba")
    return built(fields, kinds, mixer, heads, (), shared)


def _zamba_kinds(fields: Fields, layers: int) -> list[str]:
    period, offset = fields.size("attn_layer_period"), fields.number("attn_layer_offset")
    rest = ["hybrid" if number % period == offset else "mamba" for number in range(layers - 3)]
    return ["mamba", "mamba", "hybrid", *rest][:layers]


@family("zamba2", defaults=ZAMBA2, names=NAMES)
def zamba2(fields: Fields) -> Shape:
    width, heads = fields.size("hidden_size"), read_wide_heads(fields)
    inner = fields.optional("intermediate_size") or 4 * width
    sizes = _mixer(fields)
    blocks = [
        tensor
        for number in range(fields.size("num_mem_blocks", most=100))
        for tensor in _block(fields, heads, inner, f"shared_transformer.{number}.")
    ]
    mixer = (mamba2(sizes, "mamba."), sizes.cache, "mamba2")
    kinds = _zamba2_kinds(fields)
    return built(fields, kinds, mixer, heads, _adapters(fields, heads, inner), tuple(blocks))


def _mixer(fields: Fields) -> Mamba2:
    width, count = fields.size("hidden_size"), fields.size("n_mamba_heads")
    inner = fields.size("mamba_expand") * width
    biased = fields.flag("add_bias_linear")
    return Mamba2(
        width=width,
        heads=count,
        size=fields.divide("mamba_expand × hidden_size", inner, "n_mamba_heads", count),
        state=fields.size("mamba_d_state"),
        groups=fields.size("mamba_ngroups"),
        kernel=fields.size("mamba_d_conv"),
        bias=biased,
        out_bias=biased,
    )


def _block(fields: Fields, heads: Heads, inner: int, prefix: str) -> Tensors:
    width, biased = fields.size("hidden_size"), fields.flag("add_bias_linear")
    return (
        *wide_attention(width, heads, prefix),
        *fused_feed_forward(width, inner, bias=biased, prefix=f"{prefix}feed_forward."),
    )


def _adapters(fields: Fields, heads: Heads, inner: int) -> Tensors:
    """What one layer adds to the shared block: two narrow projections for each wide one."""
    width, rank = fields.size("hidden_size"), fields.size("adapter_rank")
    name = "feed_forward.gate_up_proj_adapter"
    found = [
        *linear(f"{name}.0", width, rank, "mlp"),
        *linear(f"{name}.1", rank, 2 * inner, "mlp"),
    ]
    if fields.flag("use_shared_attention_adapter"):
        for letter in "qkv":
            name = f"self_attn.linear_{letter}_adapter"
            found += linear(f"{name}.0", heads.width, rank, "attention")
            found += linear(f"{name}.1", rank, heads.width, "attention")
    return tuple(found)


def _zamba2_kinds(fields: Fields) -> list[str]:
    """Without a list, that of Zamba2-2.7B, which has 54 layers."""
    layers = fields.layers()
    hybrid = {6, 12, 18, 24, 30, 36, 42, 47, 51}
    standard = ["hybrid" if number in hybrid else "mamba" for number in range(54)]
    named = fields.layer_kinds(layers, KINDS)
    if named is None and layers != len(standard):
        raise fields.refuse("layers_block_type", "is missing: it says which layers attend")
    return named or standard
