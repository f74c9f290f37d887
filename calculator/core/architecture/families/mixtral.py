"""Mixtral and the models of experts in every layer: MiniMax-M2, Phi-3.5-MoE, OLMoE, Granite MoE.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around
from calculator.core.architecture.dense import AFTER, Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, feed_forward
from calculator.core.architecture.parts_experts import (
    BLOCK_NAMES,
    Mixture,
    Naming,
    read_mixture,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

MIXTRAL = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 2,
    "num_local_experts": 8,
}
LOCAL = {"num_local_experts": ("num_experts",)}
MINIMAX_M2 = MIXTRAL | {
    "vocab_size": 200064,
    "hidden_size": 3072,
    "intermediate_size": 1536,
    "num_hidden_layers": 62,
    "num_attention_heads": 48,
    "head_dim": 128,
    "max_position_embeddings": 196608,
    "num_experts_per_tok": 8,
    "num_local_experts": 256,
}
PHIMOE = MIXTRAL | {"vocab_size": 32064, "intermediate_size": 6400, "num_local_experts": 16}
OLMOE = {
    "vocab_size": 50304,
    "hidden_size": 2048,
    "intermediate_size": 2048,
    "num_hidden_layers": 16,
    "num_attention_heads": 16,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 8,
    "num_experts": 64,
}
FLEX_OLMO = OLMOE | {
    "vocab_size": 100352,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_experts_per_tok": 5,
    "num_experts": 7,
}
GRANITE = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 2,
    "num_local_experts": 8,
    "shared_intermediate_size": 0,
}
GRANITE_NAMES = Naming(prefix="block_sparse_moe.", router="router.layer")


def letters(fields: Fields) -> str:
    return "qkvo" if fields.flag("attention_bias") else ""


def local(fields: Fields, names: Naming = BLOCK_NAMES) -> Mixture:
    return read_mixture(fields, count="num_local_experts", inner="intermediate_size", names=names)


def everywhere(
    fields: Fields,
    mixture: Mixture,
    style: Style,
    own: Tensors = (),
    *,
    window: int = 0,
) -> Shape:
    """Experts in every layer, and the same window, if any, in all of them."""
    layers = fields.layers()
    return sparse(fields, mixture, [True] * layers, style, window_of=[window] * layers, own=own)


@family("mixtral", defaults=MIXTRAL, names=LOCAL)
def mixtral(fields: Fields) -> Shape:
    window = fields.optional("sliding_window", least=0) or 0
    return everywhere(fields, local(fields), Style(), window=window)


@family("minimax_m2", defaults=MINIMAX_M2, names=LOCAL)
def minimax_m2(fields: Fields) -> Shape:
    return everywhere(fields, local(fields), Style(qk_norm="all"))


@family("phimoe", defaults=PHIMOE, names=LOCAL)
def phimoe(fields: Fields) -> Shape:
    """Its norms are LayerNorms with an offset; every layer may slide."""
    window = fields.optional("sliding_window", least=0) or 0
    around = Around(head_bias=fields.flag("lm_head_bias"))
    style = Style(bias=letters(fields), affine=True, around=around)
    return everywhere(fields, local(fields), style, window=window)


def olmoe_mixture(fields: Fields) -> Mixture:
    return read_mixture(fields, inner="intermediate_size")


@family("olmoe", defaults=OLMOE, names={"num_experts": ("num_local_experts",)})
def olmoe(fields: Fields) -> Shape:
    return everywhere(fields, olmoe_mixture(fields), Style(bias=letters(fields), qk_norm="all"))


@family("flex_olmo", defaults=FLEX_OLMO, names={"num_experts": ("num_local_experts",)})
def flex_olmo(fields: Fields) -> Shape:
    style = Style(bias=letters(fields), qk_norm="all", norms=AFTER)
    return everywhere(fields, olmoe_mixture(fields), style)


@family("granitemoe", "granitemoeshared", defaults=GRANITE, names=LOCAL)
def granitemoe(fields: Fields) -> Shape:
    """Granite's shared block has a width of its own, 0 where there is none."""
    mixture = local(fields, GRANITE_NAMES)
    own = shared_block(fields)
    return everywhere(fields, replace(mixture, shared=0), Style(bias=letters(fields)), own)


def shared_block(fields: Fields, *, line: str = "moe_shared") -> Tensors:
    """Granite's block for every token beside the experts, or instead of them."""
    inner = fields.number("shared_intermediate_size")
    if not inner:
        return ()
    width = fields.size("hidden_size")
    role = "shexp" if line else ""
    return feed_forward(width, inner, prefix="shared_mlp.", role=role, line=line)
