"""Mixtures whose attention slides in most layers: Mellum, Flint, Kolibri, Granite, Command.

Shapes and defaults: the configuration and modeling classes of transformers 5.23.0, read on 22
November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import every, read_heads, windows
from calculator.core.architecture.dense import BEFORE, Style
from calculator.core.architecture.families.mixtral import (
    GRANITE,
    GRANITE_NAMES,
    LOCAL,
    letters,
    local,
    shared_block,
)
from calculator.core.architecture.families.qwen_moe import SHARED, stepped
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, vector
from calculator.core.architecture.parts_experts import Mixture, read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

MELLUM = {
    "vocab_size": 98304,
    "hidden_size": 2304,
    "intermediate_size": 7168,
    "num_hidden_layers": 28,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "sliding_window": 1024,
    "moe_intermediate_size": 896,
    "num_experts_per_tok": 8,
    "num_experts": 64,
}
FLINT = MELLUM | {
    "vocab_size": 150144,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 49,
    "max_position_embeddings": 262144,
    "sliding_window": 513,
    "decoder_sparse_step": 1,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 1024,
    "num_experts_per_tok": 6,
    "num_experts": 256,
    "mlp_only_layers": [0, 1],
}
KOLIBRI = MELLUM | {
    "vocab_size": 128000,
    "hidden_size": 2560,
    "num_hidden_layers": 50,
    "num_attention_heads": 48,
    "max_position_embeddings": 262144,
    "sliding_window": 513,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512,
    "num_experts_per_tok": 6,
    "num_experts": 384,
}
COMMAND = {
    "vocab_size": 256000,
    "hidden_size": 8192,
    "intermediate_size": 22528,
    "num_hidden_layers": 40,
    "num_attention_heads": 64,
    "head_dim": 128,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
    "sliding_window": 4096,
    "num_experts_per_tok": 2,
    "num_experts": 8,
    "num_shared_experts": 0,
    "prefix_dense_sliding_window_pattern": 1,
    "sliding_window_pattern": 4,
}
NUMBERED = {"num_experts": ("num_local_experts",)}
KOLIBRI_NORMS = (
    ("input_layernorm", "attn_norm"),
    ("post_self_attn_layernorm", "post_attention_norm"),
    ("post_attention_layernorm", "ffn_norm"),
    ("post_mlp_layernorm", "post_ffw_norm"),
)


def sinks(heads: Heads) -> Tensors:
    """A score a head that draws attention away from all tokens, as gpt-oss has it."""
    return vector("self_attn.sinks", heads.count, "attention", gguf="attn_sinks")


def beside(fields: Fields, mixture: Mixture) -> Mixture:
    """The mixture with a shared expert that has a width of its own."""
    return replace(mixture, shared=fields.size("shared_expert_intermediate_size", least=0))


@family("mellum", defaults=MELLUM, names=NUMBERED)
def mellum(fields: Fields) -> Shape:
    layers = fields.layers()
    return sparse(
        fields,
        read_mixture(fields),
        sparse_from(fields, layers, 0),
        Style(bias=letters(fields), qk_norm="head"),
        window_of=windows(fields, layers, pattern=["full"] * layers),
    )


@family("flint", defaults=FLINT, names=NUMBERED)
def flint(fields: Fields) -> Shape:
    """Full attention in the first two layers, every fourth after them, and the last."""
    layers, heads = fields.layers(), read_heads(fields)
    full = {0, layers - 1}
    kinds = ["full" if number in full or number % 4 == 1 else "sliding" for number in range(layers)]
    return sparse(
        fields,
        beside(fields, read_mixture(fields, names=SHARED)),
        stepped(fields),
        Style(bias=letters(fields), qk_norm="head"),
        window_of=windows(fields, layers, pattern=kinds),
        heads=heads,
        own=sinks(heads),
    )


@family("kolibri1", defaults=KOLIBRI, names=NUMBERED)
def kolibri1(fields: Fields) -> Shape:
    layers = fields.layers()
    return sparse(
        fields,
        beside(fields, read_mixture(fields)),
        [True] * layers,
        Style(qk_norm="head", norms=KOLIBRI_NORMS),
        window_of=windows(fields, layers, pattern=every(layers, 5)),
    )


@family("granitemoe_swa", defaults=GRANITE | {"sliding_window": 128}, names=LOCAL)
def granitemoe_swa(fields: Fields) -> Shape:
    """Full attention in every fourth layer from the first on, and sinks in all of them."""
    layers, heads = fields.layers(), read_heads(fields)
    kinds = ["sliding" if number % 4 else "full" for number in range(layers)]
    return sparse(
        fields,
        local(fields, GRANITE_NAMES),
        [True] * layers,
        Style(bias=letters(fields)),
        window_of=windows(fields, layers, pattern=kinds),
        heads=heads,
        own=(*sinks(heads), *shared_block(fields)),
    )


@family("cohere2_moe", defaults=COMMAND, names=NUMBERED)
def cohere2_moe(fields: Fields) -> Shape:
    """Attention and block side by side behind one norm; dense layers may be wider."""
    layers = fields.layers()
    mixture = read_mixture(fields, inner="intermediate_size", shared="num_shared_experts")
    if fields.has("prefix_dense_intermediate_size"):
        mixture = replace(mixture, plain="prefix_dense_intermediate_size")
    return sparse(
        fields,
        mixture,
        sparse_from(fields, layers),
        Style(bias=letters(fields), norms=BEFORE[:1]),
        window_of=windows(fields, layers, pattern=_prefixed(fields, layers)),
    )


def _prefixed(fields: Fields, layers: int) -> Sequence[str]:
    """The dense layers in front repeat a pattern of their own."""
    first = min(fields.number("first_k_dense_replace"), layers)
    front = every(first, fields.size("prefix_dense_sliding_window_pattern"))
    return [*front, *every(layers - first, fields.size("sliding_window_pattern"))]
