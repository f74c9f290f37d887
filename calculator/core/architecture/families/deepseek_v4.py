"""DeepSeek-V4: compressed attention of two kinds, grouped output, hyper-connections, experts.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calculator.core.architecture.dense import LLAMA, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    linear,
    matrix,
    norm,
    stack,
    vector,
)
from calculator.core.architecture.parts_experts import mixture_tensors, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Layer, Shape

V4 = {
    "vocab_size": 129280,
    "hidden_size": 4096,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 43,
    "num_attention_heads": 64,
    "head_dim": 512,
    "q_lora_rank": 1024,
    "num_experts_per_tok": 6,
    "n_routed_experts": 256,
    "max_position_embeddings": 1048576,
    "hc_mult": 4,
    "o_groups": 8,
    "o_lora_rank": 1024,
    "index_n_heads": 64,
    "index_head_dim": 128,
    "tie_word_embeddings": False,
}
SPARSE, HEAVY, SLIDING = (
    "compressed_sparse_attention",
    "heavily_compressed_attention",
    "sliding_attention",
)
KINDS = {kind: kind for kind in (SPARSE, HEAVY, SLIDING)}
RATES = {SPARSE: 4, HEAVY: 128}
BY_RATIO = {0: SLIDING, 4: SPARSE, 128: HEAVY}
UNKNOWN = (
    "DeepSeek-V4 keeps a sliding window and entries compressed 4 and 128 times; their bytes for "
    "each token are not derived here"
)
A = "attention"


@dataclass(frozen=True, slots=True)
class Sizes:
    """The widths of the attention: one key-value head that all query heads share."""

    width: int
    count: int
    size: int
    rank: int
    groups: int
    out_rank: int


@family(
    "deepseek_v4",
    defaults=V4,
    names={
        "n_routed_experts": ("num_local_experts",),
        "moe_intermediate_size": ("intermediate_size",),
    },
)
def deepseek_v4(fields: Fields) -> Shape:
    """The first layers choose experts by the token itself; the router's weights are there still."""
    sizes = _sizes(fields)
    mixture = read_mixture(fields, count="n_routed_experts")
    # The class holds one shared expert whatever `n_shared_experts` says.
    bias = fields.flag("mlp_bias")
    mixture = replace(mixture, shared=mixture.inner, shared_bias=bias)
    streams = fields.size("hc_mult")
    common = (
        *_attention(sizes),
        *mixture_tensors(sizes.width, mixture),
        *layer_norms(sizes.width, LLAMA),
        *_hyper("attn_hc", A, sizes.width, streams),
        *_hyper("ffn_hc", "mlp", sizes.width, streams),
    )

    def build(kind: str) -> Layer:
        own = () if kind == SLIDING else _compressor(fields, sizes, kind)
        return Layer(
            tensors=(*common, *own),
            kind="compressed" if own else "sliding",
            heads=sizes.count,
            kv_heads=1,
            head_dim=sizes.size,
        )

    heads = Heads(sizes.width, sizes.count, 1, sizes.size)
    shape = finished(fields, stack(_kinds(fields), build), heads, mixture=mixture)
    head = _head(sizes.width, streams)
    return replace(shape, outer=(*shape.outer, *head), cache_unknown=UNKNOWN)


def _sizes(fields: Fields) -> Sizes:
    count, size = fields.size("num_attention_heads"), fields.size("head_dim")
    groups = fields.size("o_groups")
    fields.divide("num_attention_heads × head_dim", count * size, "o_groups", groups)
    width, rank = fields.size("hidden_size"), fields.size("q_lora_rank")
    return Sizes(width, count, size, rank, groups, fields.size("o_lora_rank"))


def _attention(sizes: Sizes, prefix: str = "self_attn.") -> Tensors:
    """The output goes through one matrix for each group of heads, then one for all."""
    inner, joined = sizes.count * sizes.size, sizes.groups * sizes.out_rank
    return (
        *linear(f"{prefix}q_a_proj", sizes.width, sizes.rank, A, gguf="attn_q_a"),
        *norm(f"{prefix}q_a_norm", sizes.rank, gguf="attn_q_a_norm"),
        *linear(f"{prefix}q_b_proj", sizes.rank, inner, A, gguf="attn_q_b"),
        *linear(f"{prefix}kv_proj", sizes.width, sizes.size, A, gguf="attn_kv"),
        *norm(f"{prefix}kv_norm", sizes.size, gguf="attn_kv_a_norm"),
        *linear(f"{prefix}o_a_proj", inner // sizes.groups, joined, A, gguf="attn_output_a"),
        *linear(f"{prefix}o_b_proj", joined, sizes.width, A, gguf="attn_output_b"),
        *vector(f"{prefix}sinks", sizes.count, A, gguf="attn_sinks"),
    )


def _compressor(fields: Fields, sizes: Sizes, kind: str) -> Tensors:
    """What turns several tokens into one entry; the finer kind looks at two windows and picks."""
    rate = _rates(fields)[kind]
    prefix = "self_attn.compressor."
    if kind == HEAVY:
        return _pooling(prefix, sizes.width, sizes.size, rate, series=1)
    index, heads = fields.size("index_head_dim"), fields.size("index_n_heads")
    picking = f"{prefix}indexer."
    return (
        *_pooling(prefix, sizes.width, sizes.size, rate, series=2),
        *_pooling(picking, sizes.width, index, rate, series=2),
        *linear(f"{picking}q_b_proj", sizes.rank, heads * index, A, gguf="indexer.attn_q_b"),
        *linear(f"{picking}scorer.weights_proj", sizes.width, heads, A, gguf="indexer.proj"),
    )


def _pooling(prefix: str, width: int, size: int, rate: int, *, series: int) -> Tensors:
    wide = series * size
    role = "indexer_compressor" if prefix.endswith("indexer.") else "attn_compressor"
    return (
        *linear(f"{prefix}kv_proj", width, wide, A, gguf=f"{role}_kv"),
        *linear(f"{prefix}gate_proj", width, wide, A, gguf=f"{role}_gate"),
        *matrix(f"{prefix}position_bias", rate, wide, A, gguf=f"{role}_ape"),
        *norm(f"{prefix}kv_norm", size, gguf=f"{role}_norm"),
    )


def _rates(fields: Fields) -> dict[str, int]:
    """Tokens for each compressed entry, by kind."""
    given = {**RATES, **fields.inside("compress_rates")}
    return {
        kind: fields.whole(f"compress_rates.{kind}", given[kind], least=1, most=10**6)
        for kind in RATES
    }


def _hyper(name: str, part: str, width: int, streams: int) -> Tensors:
    """A hyper-connection: how `streams` copies of the residual are mixed before a block."""
    mixed = (2 + streams) * streams
    role = f"hc_{name.removesuffix('_hc')}"
    return (
        *matrix(f"{name}.fn", mixed, streams * width, part, gguf=f"{role}_fn"),
        *vector(f"{name}.base", mixed, part, gguf=f"{role}_base"),
        *vector(f"{name}.scale", 3, part, gguf=f"{role}_scale"),
    )


def _head(width: int, streams: int) -> Tensors:
    name, part = "hc_head", "other"
    return (
        *matrix(f"{name}.hc_fn", streams, streams * width, part, gguf="output_hc_fn"),
        *vector(f"{name}.hc_base", streams, part, gguf="output_hc_base"),
        *vector(f"{name}.hc_scale", 1, part, gguf="output_hc_scale"),
    )


def _kinds(fields: Fields) -> Sequence[str]:
    """By `layer_types`, else DeepSeek's own `compress_ratios`, else two heavy and then in turn."""
    layers = fields.layers()
    named = fields.layer_kinds(layers, KINDS)
    if named is not None:
        return named
    ratios = fields.numbers("compress_ratios")
    if ratios is None:
        return [SPARSE if number > 1 and number % 2 else HEAVY for number in range(layers)]
    if len(ratios) < layers or not set(ratios) <= set(BY_RATIO):
        raise fields.refuse("compress_ratios", "must say 0, 4 or 128 of each layer")
    return [BY_RATIO[ratio] for ratio in ratios[:layers]]
