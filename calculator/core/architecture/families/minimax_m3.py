"""MiniMax-M3: an indexer in the sparse layers picks blocks of tokens, a shared expert in each.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026. MiniMax's own files keep the
indexer's fields in `sparse_attention_config`.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, linear, norm, stack
from calculator.core.architecture.parts_experts import read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import blocks, finished
from calculator.core.architecture.vocabulary import Layer, Shape

MINIMAX_M3 = {
    "vocab_size": 200064,
    "hidden_size": 6144,
    "intermediate_size": 3072,
    "num_hidden_layers": 60,
    "num_attention_heads": 64,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "max_position_embeddings": 524288,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 4,
    "num_local_experts": 128,
    "dense_intermediate_size": 12288,
    "shared_intermediate_size": 3072,
    "index_n_heads": 4,
    "index_head_dim": 128,
}
KINDS = {"full_attention": "full", "minimax_m3_sparse": "indexed"}
STYLE = Style(qk_norm="head")


@family(
    "minimax_m3_vl_text",
    "minimax_m3",
    defaults=MINIMAX_M3,
    names={"num_local_experts": ("num_experts",)},
)
def minimax_m3(fields: Fields) -> Shape:
    heads, layers = read_heads(fields), fields.layers()
    mixture = read_mixture(fields, count="num_local_experts", inner="intermediate_size")
    shared = fields.size("shared_intermediate_size")
    mixture = replace(mixture, shared=shared, plain="dense_intermediate_size")
    where = sparse_from(fields, layers, 0)
    after = blocks(fields, mixture, where)
    common = (*attention_tensors(heads, STYLE), *layer_norms(heads.width, STYLE))
    picking = _indexer(fields, heads)

    def build(key: tuple[str, bool]) -> Layer:
        plain = attention_layer((*common, *after[key[1]]), heads)
        if key[0] == "full":
            return plain
        cache = replace(plain.cache, extra=_nested(fields).size("index_head_dim"))
        return replace(plain, tensors=(*plain.tensors, *picking), cache=cache)

    keys = zip(_kinds(fields, layers), where, strict=True)
    return finished(fields, stack(keys, build), heads, STYLE, mixture)


def _nested(fields: Fields) -> Fields:
    if not fields.inside("sparse_attention_config"):
        return fields
    names = {
        "index_n_heads": ("sparse_num_index_heads",),
        "index_head_dim": ("sparse_index_dim",),
    }
    return fields.below("sparse_attention_config", defaults=fields.defaults, names=names)


def _indexer(fields: Fields, heads: Heads, prefix: str = "self_attn.indexer.") -> Tensors:
    nested = _nested(fields)
    count, size = nested.size("index_n_heads"), nested.size("index_head_dim")
    return (
        *linear(f"{prefix}q_proj", heads.width, count * size, "attention", gguf="indexer.attn_q"),
        *linear(f"{prefix}k_proj", heads.width, size, "attention", gguf="indexer.attn_k"),
        *norm(f"{prefix}q_norm", size, gguf="indexer.q_norm"),
        *norm(f"{prefix}k_norm", size, gguf="indexer.k_norm"),
    )


def _kinds(fields: Fields, layers: int) -> Sequence[str]:
    named = fields.layer_kinds(layers, KINDS)
    if named is not None:
        return named
    nested = _nested(fields)
    marks = nested.numbers("sparse_attention_freq")
    if marks is None:
        return ["full"] * layers
    marks = nested.by_layer("sparse_attention_freq", marks, layers)
    return ["indexed" if mark else "full" for mark in marks]
