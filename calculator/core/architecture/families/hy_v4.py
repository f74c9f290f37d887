"""Hunyuan 4: latent attention with a gate, sinks and shared choices, hyper-connections, experts.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.dense import LLAMA, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Latent,
    Tensors,
    latent_attention,
    linear,
    matrix,
    stack,
    vector,
)
from calculator.core.architecture.parts_experts import read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import (
    blocks,
    finished,
    indexer,
    latent_heads,
    latent_layer,
    read_latent,
)
from calculator.core.architecture.vocabulary import Layer, Shape

HY_V4 = {
    "vocab_size": 120832,
    "hidden_size": 2816,
    "intermediate_size": 6912,
    "moe_intermediate_size": 768,
    "num_hidden_layers": 34,
    "num_attention_heads": 32,
    "max_position_embeddings": 262144,
    "tie_word_embeddings": False,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 192,
    "qk_rope_head_dim": 64,
    "v_head_dim": 256,
    "index_head_dim": 128,
    "index_n_heads": 16,
    "hc_mult": 4,
}


@family("hy_v4", defaults=HY_V4, names={"n_routed_experts": ("num_local_experts", "num_experts")})
def hy_v4(fields: Fields) -> Shape:
    latent, layers = read_latent(fields), fields.layers()
    mixture = read_mixture(fields, count="n_routed_experts", shared="n_shared_experts")
    where = sparse_from(fields, layers, 1)
    after = blocks(fields, mixture, where)
    common = (*_attention(fields, latent), *layer_norms(latent.width, LLAMA))
    size, streams = fields.size("index_head_dim"), fields.size("hc_mult")
    common = (*common, *_hyper(latent.width, streams))
    picking = indexer(latent, fields.size("index_n_heads"), size)

    def build(key: tuple[bool, bool]) -> Layer:
        own = picking if key[0] else ()
        tensors = (*common, *own, *after[key[1]])
        return latent_layer(latent, tensors, extra=size if key[0] else 0)

    keys = zip(_indexed(fields, layers), where, strict=True)
    shape = finished(fields, stack(keys, build), latent_heads(latent), mixture=mixture)
    return replace(shape, outer=(*shape.outer, *_head(latent.width, streams)))


def _attention(fields: Fields, latent: Latent) -> Tensors:
    out, part = latent.count * latent.value, "attention"
    return (
        *latent_attention(latent, bias=fields.flag("attention_bias")),
        *linear("self_attn.gate_proj", latent.width, out, part, gguf="attn_gate"),
        *vector("self_attn.sinks", latent.count, part, gguf="attn_sinks"),
    )


def _hyper(width: int, streams: int) -> Tensors:
    """How `streams` copies of the residual are read and written around each block."""
    mixed = 2 * streams
    found: list[Tensors] = []
    for name, part in (("attn_hc", "attention"), ("ffn_hc", "mlp")):
        found += [
            matrix(f"{name}.fn", mixed, streams * width, part),
            vector(f"{name}.base", mixed, part),
            vector(f"{name}.scale", 2, part),
        ]
    return tuple(tensor for tensors in found for tensor in tensors)


def _head(width: int, streams: int) -> Tensors:
    return (
        *matrix("hc_head.hc_fn", streams, streams * width, "other"),
        *vector("hc_head.hc_base", streams, "other"),
        *vector("hc_head.hc_scale", 1, "other"),
    )


def _indexed(fields: Fields, layers: int) -> Sequence[bool]:
    """Which layers choose themselves: by list, else the first two and every fourth after."""
    listed = fields.items("indexer_types")
    if listed is None:
        return [number == 0 or number % 4 == 1 for number in range(layers)]
    if len(listed) != layers or not set(map(str, listed)) <= {"full", "shared"}:
        raise fields.refuse("indexer_types", "must say “full” or “shared” of each layer")
    return [kind == "full" for kind in listed]
