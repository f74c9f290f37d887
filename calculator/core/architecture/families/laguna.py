"""Laguna: a number of query heads for each layer, and a gate on the attention's output.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import read_heads, windows
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, linear, stack
from calculator.core.architecture.parts_experts import Naming, read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import blocks, finished
from calculator.core.architecture.vocabulary import Layer, Shape

LAGUNA = {
    "vocab_size": 100352,
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 40,
    "num_attention_heads": 48,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "sliding_window": 512,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512,
    "num_experts_per_tok": 8,
    "num_experts": 256,
    "gating": True,
}
NAMES = Naming(balance="gate.e_score_correction_bias")


@family("laguna", defaults=LAGUNA, names={"num_experts": ("num_local_experts",)})
def laguna(fields: Fields) -> Shape:
    """The balancing bias is a parameter here."""
    heads, layers = read_heads(fields), fields.layers()
    style = Style(bias="qkvo" if fields.flag("attention_bias") else "", qk_norm="head")
    mixture = read_mixture(fields, names=NAMES)
    mixture = replace(mixture, shared=fields.size("shared_expert_intermediate_size", least=0))
    where = sparse_from(fields, layers, 1)
    after = blocks(fields, mixture, where)
    norms = layer_norms(heads.width, style)

    def build(key: tuple[int, int, bool]) -> Layer:
        own = replace(heads, count=key[0])
        before = (*attention_tensors(own, style), *_gate(fields, own))
        return attention_layer((*before, *after[key[2]], *norms), own, key[1])

    window_of = windows(fields, layers, pattern=["full"] * layers)
    keys = zip(_counts(fields, heads, layers), window_of, where, strict=True)
    return finished(fields, stack(keys, build), heads, style, mixture)


def _gate(fields: Fields, heads: Heads) -> Tensors:
    """One gate a head, or one a channel."""
    by_head = fields.raw("gating") in (True, "per-head")
    outputs = heads.count if by_head else heads.q
    return linear("self_attn.g_proj", heads.width, outputs, "attention", gguf="attn_gate")


def _counts(fields: Fields, heads: Heads, layers: int) -> Sequence[int]:
    name = "num_attention_heads_per_layer"
    counts = fields.numbers(name, least=1)
    if counts is None:
        return [heads.count] * layers
    for count in fields.by_layer(name, counts, layers):
        fields.divide(name, count, "num_key_value_heads", heads.groups)
    return counts
