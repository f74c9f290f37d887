"""Ling and Ring (bailing_moe) and Snowflake Arctic, which transformers itself does not hold.

Read on 22 November 2026 from the makers' own modeling code; checked against published sizes:
16,255,643,392 values of Ling-mini-2.0 (4,864 of them balancing biases, which are buffers), and
Arctic's “10B dense + 128 × 3.66B”.
"""

from calculator.core.architecture.decoder import Around, read_heads
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, feed_forward, norm
from calculator.core.architecture.parts_experts import (
    BLOCK_NAMES,
    read_mixture,
    sparse_from,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

LING = {
    "vocab_size": 30592,
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "max_position_embeddings": 16384,
    "tie_word_embeddings": False,
    "use_bias": True,
    "num_experts": 16,
    "num_shared_experts": 0,
    "num_experts_per_tok": 2,
    "first_k_dense_replace": 0,
}
LING2 = {
    "vocab_size": 157184,
    "hidden_size": 2048,
    "intermediate_size": 5120,
    "num_hidden_layers": 20,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
    "use_qk_norm": True,
    "num_experts": 256,
    "num_shared_experts": 1,
    "num_experts_per_tok": 8,
    "moe_intermediate_size": 512,
    "first_k_dense_replace": 1,
}
ARCTIC = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 1,
    "num_local_experts": 8,
    "moe_layer_frequency": 2,
    "parallel_attn_mlp_res": False,
}


def bailing_moe(fields: Fields) -> Shape:
    """One projection for q, k and v; from 2.0 on norms on the heads and dense first layers."""
    letters = ("q" if fields.flag("use_qkv_bias") else "") + (
        "o" if fields.flag("use_bias") else ""
    )
    style = Style(
        bias=letters,
        attention="attention.",
        fused_qkv=("query_key_value", "dense"),
        qk_norm="head" if fields.flag("use_qk_norm") else "",
        qk_names=("attention.query_layernorm", "attention.key_layernorm"),
        around=Around(table="word_embeddings"),
    )
    mixture = read_mixture(fields, shared="num_shared_experts")
    return sparse(fields, mixture, sparse_from(fields, fields.layers()), style)


# Files of Ling 2.0 still say bailing_moe; they give every size.
family("bailing_moe", defaults=LING)(bailing_moe)
# LLaDA2 is Ling 2.0 trained to fill in masks: the same shape, and the same stored total.
family("bailing_moe_v2", "llada2_moe", defaults=LING2)(bailing_moe)


@family("arctic", defaults=ARCTIC)
def arctic(fields: Fields) -> Shape:
    """Beside its experts, a layer holds a block as wide as the stream, with a norm of its own."""
    layers, heads = fields.layers(), read_heads(fields)
    period = fields.size("moe_layer_frequency")
    if period != 1:
        raise fields.refuse(
            "moe_layer_frequency", f"is {period}: only Arctic's own 1 is known here"
        )
    own = _residual(heads) if fields.flag("parallel_attn_mlp_res") else ()
    mixture = read_mixture(
        fields, count="num_local_experts", inner="intermediate_size", names=BLOCK_NAMES
    )
    return sparse(fields, mixture, [True] * layers, heads=heads, own=own)


def _residual(heads: Heads) -> Tensors:
    return (
        *feed_forward(heads.width, heads.width, prefix="residual_mlp.", names=("w1", "w3", "w2")),
        *norm("residual_layernorm", heads.width, gguf="ffn_norm_exps"),
    )
