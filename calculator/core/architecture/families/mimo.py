"""Xiaomi's MiMo, which is Qwen2 put together anew, and MiMo-V2-Flash, a mixture.

MiMo-V2-Flash: sliding layers with twice the key and value heads and a sink for each head.
Shapes and defaults: the configuration class of transformers 5.23.0, read on 22 November 2026. The
files of Xiaomi's own release say `hybrid_layer_pattern` (1 slides) and give the sliding layers'
sizes under names of their own. Layers for predicting several tokens (MTP) are not counted.
"""

from collections.abc import Sequence

from calculator.core.architecture.decoder import ATTENTION_KINDS, read_heads
from calculator.core.architecture.dense import (
    LLAMA,
    Style,
    attention_layer,
    dense,
    late_windows,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, attention, stack, vector
from calculator.core.architecture.parts_experts import read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import blocks, finished
from calculator.core.architecture.vocabulary import Layer, Shape

MIMO = {
    "vocab_size": 152576,
    "hidden_size": 4096,
    "intermediate_size": 16384,
    "num_hidden_layers": 48,
    "num_attention_heads": 64,
    "num_key_value_heads": 4,
    "head_dim": 192,
    "v_head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "moe_intermediate_size": 2048,
    "num_experts_per_tok": 8,
    "n_routed_experts": 256,
    "sliding_window": 129,
    "add_swa_attention_sink_bias": True,
    "add_full_attention_sink_bias": False,
}
MIMO_7B = {
    "vocab_size": 151680,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
}
SINKS = {"full": "add_full_attention_sink_bias", "sliding": "add_swa_attention_sink_bias"}


# The sizes of MiMo-7B-Base: 7,833,409,536 on the hub (llmfit 1.1.17) with a layer of MTP.
@family("mimo", defaults=MIMO_7B)
def mimo(fields: Fields) -> Shape:
    window_of = late_windows(fields, fields.layers())
    return dense(fields, Style(bias="qkv"), window_of=window_of)


@family("mimo_v2_flash", defaults=MIMO, names={"n_routed_experts": ("num_local_experts",)})
def mimo_v2_flash(fields: Fields) -> Shape:
    heads = {"full": _full(fields), "sliding": _sliding(fields)}
    layers = fields.layers()
    mixture = read_mixture(fields, count="n_routed_experts", shared="n_shared_experts")
    where = sparse_from(fields, layers, 1)
    after = blocks(fields, mixture, where)
    norms = layer_norms(heads["full"].width, LLAMA)
    window = {"full": 0, "sliding": _window(fields)}

    def build(key: tuple[str, bool]) -> Layer:
        kind = key[0]
        before = _attention(fields, heads[kind], kind)
        return attention_layer((*before, *after[key[1]], *norms), heads[kind], window[kind])

    keys = zip(_kinds(fields, layers), where, strict=True)
    return finished(fields, stack(keys, build), heads["full"], mixture=mixture)


def _full(fields: Fields) -> Heads:
    plain = read_heads(fields)
    return Heads(plain.width, plain.count, plain.groups, plain.size, fields.size("v_head_dim"))


def _sliding(fields: Fields) -> Heads:
    full = _full(fields)
    return Heads(
        full.width,
        fields.optional("swa_num_attention_heads") or full.count,
        fields.optional("swa_num_key_value_heads") or 2 * full.groups,
        fields.optional("swa_head_dim") or full.size,
        fields.optional("swa_v_head_dim") or full.value_size,
    )


def _attention(fields: Fields, heads: Heads, kind: str) -> Tensors:
    bias = "qkv" if fields.flag("attention_bias") else ""
    sinks: Tensors = ()
    if fields.flag(SINKS[kind]):
        sinks = vector("self_attn.sinks", heads.count, "attention", gguf="attn_sinks")
    return (*attention(heads, bias=bias), *sinks)


def _window(fields: Fields) -> int:
    """Xiaomi's files count the tokens before the present one, transformers with it."""
    before = fields.optional("sliding_window_size")
    return before + 1 if before else fields.size("sliding_window")


def _kinds(fields: Fields, layers: int) -> Sequence[str]:
    """By `layer_types` or `hybrid_layer_pattern`, else full in the first and every sixth layer."""
    named = fields.layer_kinds(layers, ATTENTION_KINDS)
    if named is not None:
        return named
    marks = fields.numbers("hybrid_layer_pattern")
    if marks is None:
        return [
            "full" if number == 0 or (number + 1) % 6 == 0 else "sliding"
            for number in range(layers)
        ]
    marks = fields.by_layer("hybrid_layer_pattern", marks, layers)
    return ["sliding" if mark else "full" for mark in marks]
