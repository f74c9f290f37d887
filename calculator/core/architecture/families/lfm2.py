"""LFM2: short convolutions with a state of a few tokens, attention in some layers.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import Around, read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import stack
from calculator.core.architecture.parts_experts import Mixture, Naming, read_mixture
from calculator.core.architecture.parts_mixers import convolution_cache, short_convolution
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import Blocks, blocks, finished
from calculator.core.architecture.vocabulary import Layer, Shape

LFM2 = {
    "vocab_size": 65536,
    "hidden_size": 2560,
    "intermediate_size": 12288,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 128000,
    "tie_word_embeddings": True,
    "conv_bias": False,
    "conv_L_cache": 3,
    "block_multiple_of": 256,
    "block_ffn_dim_multiplier": 1.0,
    "block_auto_adjust_ff_dim": True,
}
LFM2_MOE = LFM2 | {
    "hidden_size": 2048,
    "intermediate_size": 7168,
    "moe_intermediate_size": 1792,
    "num_dense_layers": 2,
    "num_experts_per_tok": 4,
    "num_experts": 32,
}
PROJECTIONS = ("w1", "w3", "w2")
STYLE = Style(
    projections=("q_proj", "k_proj", "v_proj", "out_proj"),
    qk_norm="head",
    qk_names=("self_attn.q_layernorm", "self_attn.k_layernorm"),
    mlp="feed_forward.",
    names=PROJECTIONS,
    norms=(("operator_norm", "attn_norm"), ("ffn_norm", "ffn_norm")),
    final="embedding_norm",
)
NAMES = Naming(prefix="feed_forward.", projections=PROJECTIONS)
KINDS = {"full_attention": "full", "attention": "full", "conv": "conv"}


@family("lfm2", defaults=LFM2)
def lfm2(fields: Fields) -> Shape:
    layers = fields.layers()
    inner = adjusted(fields)
    after = Blocks((), feed_tensors(fields.size("hidden_size"), inner, STYLE))
    kinds = _kinds(fields, layers) or ["full"] * layers
    return built(fields, kinds, after, [False] * layers)


@family("lfm2_moe", defaults=LFM2_MOE)
def lfm2_moe(fields: Fields) -> Shape:
    """`layer_types` must be there: the family has no default for it."""
    layers = fields.layers()
    kinds = _kinds(fields, layers)
    if kinds is None:
        raise fields.refuse("layer_types", "is missing: a model of type lfm2_moe needs it")
    mixture = read_mixture(fields, names=NAMES)
    dense = fields.number("num_dense_layers")
    where = [number >= dense for number in range(layers)]
    return built(fields, kinds, blocks(fields, mixture, where, STYLE), where, mixture)


def _kinds(fields: Fields, layers: int) -> Sequence[str] | None:
    """By `layer_types`, else by Liquid's own list of the layers that attend."""
    attending = fields.numbers("full_attn_idxs")
    kinds = fields.layer_kinds(layers, KINDS)
    if kinds is not None or attending is None:
        return kinds
    return ["full" if number in attending else "conv" for number in range(layers)]


def built(
    fields: Fields,
    kinds: Sequence[str],
    after: Blocks,
    where: Sequence[bool],
    mixture: Mixture | None = None,
) -> Shape:
    heads, kernel = read_heads(fields), fields.size("conv_L_cache")
    norms = layer_norms(heads.width, STYLE)
    seeing = attention_tensors(heads, STYLE)
    mixing = short_convolution(heads.width, kernel, bias=fields.flag("conv_bias"))

    def build(key: tuple[str, bool]) -> Layer:
        rest = (*after[key[1]], *norms)
        if key[0] == "full":
            return attention_layer((*seeing, *rest), heads)
        cache = convolution_cache(heads.width, kernel)
        return Layer(tensors=(*mixing, *rest), cache=cache, kind="conv")

    layers = stack(zip(kinds, where, strict=True), build)
    # Where both names of the switch are there, transformers follows Liquid's own.
    name = "tie_embedding" if fields.has("tie_embedding") else "tie_word_embeddings"
    style = replace(STYLE, around=Around(tied=fields.flag(name)))
    return finished(fields, layers, heads, style, mixture)


def adjusted(fields: Fields) -> int:
    """The width of the block: ⅔ of the field, rounded up to a multiple, unless switched off.

    `block_ff_dim` of Liquid's own files wins over `intermediate_size`.
    """
    inner = fields.optional("block_ff_dim") or fields.size("intermediate_size")
    if not fields.flag("block_auto_adjust_ff_dim"):
        return inner
    inner = 2 * inner // 3
    factor = fields.raw("block_ffn_dim_multiplier")
    if factor is None:
        return inner
    if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not 0 < factor < 100:
        raise fields.refuse("block_ffn_dim_multiplier", "must be a number from 0 to 100")
    step = fields.size("block_multiple_of")
    return step * -(-int(factor * inner) // step)
