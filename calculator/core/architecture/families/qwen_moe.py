"""Qwen's mixtures of experts, and its hybrids of gated delta rules and gated attention.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import every, read_heads, windows
from calculator.core.architecture.dense import Style, attention_layer, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, attention, head_norms, stack
from calculator.core.architecture.parts_experts import Mixture, Naming, read_mixture
from calculator.core.architecture.parts_mixers import Delta, gated_delta
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import Blocks, blocks, finished, sparse
from calculator.core.architecture.vocabulary import Layer, Shape

QWEN2_MOE = {
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 5632,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
    "sliding_window": 4096,
    "max_window_layers": 28,
    "decoder_sparse_step": 1,
    "moe_intermediate_size": 1408,
    "shared_expert_intermediate_size": 5632,
    "num_experts_per_tok": 4,
    "num_experts": 60,
    "qkv_bias": True,
}
QWEN3_MOE = QWEN2_MOE | {
    "intermediate_size": 6144,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "moe_intermediate_size": 768,
    "num_experts_per_tok": 8,
    "num_experts": 128,
}
QWEN3_VL_MOE = QWEN2_MOE | {"max_position_embeddings": 128000, "tie_word_embeddings": True}
QWEN3_NEXT = {
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 5632,
    "num_hidden_layers": 48,
    "num_attention_heads": 16,
    "num_key_value_heads": 2,
    "head_dim": 256,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
    "full_attention_interval": 4,
    "linear_conv_kernel_dim": 4,
    "linear_key_head_dim": 128,
    "linear_value_head_dim": 128,
    "linear_num_key_heads": 16,
    "linear_num_value_heads": 32,
    "decoder_sparse_step": 1,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512,
    "num_experts_per_tok": 10,
    "num_experts": 512,
}
QWEN35_MOE = QWEN3_NEXT | {
    "vocab_size": 248320,
    "num_hidden_layers": 40,
    "num_experts_per_tok": 8,
    "num_experts": 256,
}
QWEN35 = QWEN3_NEXT | {
    "vocab_size": 248320,
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_hidden_layers": 32,
    "num_key_value_heads": 4,
}
SHARED = Naming(shared="shared_expert.")
KINDS = {"full_attention": "full", "attention": "full", "linear_attention": "linear"}


def mixture(fields: Fields, *, shared: bool) -> Mixture:
    """The shared expert has a width of its own, and a score by which it is weighed."""
    plain = read_mixture(fields, names=SHARED)
    if not shared:
        return plain
    width = fields.size("shared_expert_intermediate_size", least=0)
    return replace(plain, shared=width, scored=True)


def stepped(fields: Fields) -> list[bool]:
    """Experts in every `decoder_sparse_step`-th layer, less those of `mlp_only_layers`."""
    step = fields.size("decoder_sparse_step")
    plain = set(fields.numbers("mlp_only_layers") or [])
    return [number not in plain and (number + 1) % step == 0 for number in range(fields.layers())]


@family("qwen2_moe", defaults=QWEN2_MOE, names={"num_experts": ("num_local_experts",)})
def qwen2_moe(fields: Fields) -> Shape:
    """With `use_sliding_window`, every second of the first `max_window_layers` layers slides."""
    layers = fields.layers()
    window_of: Sequence[int] = [0] * layers
    if fields.flag("use_sliding_window"):
        last = fields.number("max_window_layers")
        pattern = [
            "sliding" if number % 2 == 0 and number < last else "full" for number in range(layers)
        ]
        window_of = windows(fields, layers, pattern=pattern)
    style = Style(bias="qkv" if fields.flag("qkv_bias") else "")
    experts = mixture(fields, shared=True)
    return sparse(fields, experts, stepped(fields), style, window_of=window_of)


def qwen3_moe(fields: Fields) -> Shape:
    """With `use_sliding_window`, every layer slides."""
    layers = fields.layers()
    slides = fields.flag("use_sliding_window")
    window = (fields.optional("sliding_window", least=0) or 0) if slides else 0
    style = Style(bias="qkvo" if fields.flag("attention_bias") else "", qk_norm="head")
    experts = mixture(fields, shared=False)
    return sparse(fields, experts, stepped(fields), style, window_of=[window] * layers)


LOCAL = {"num_experts": ("num_local_experts",)}
family("qwen3_moe", defaults=QWEN3_MOE, names=LOCAL)(qwen3_moe)
family("qwen3_vl_moe_text", defaults=QWEN3_VL_MOE, names=LOCAL)(qwen3_moe)


def gated_attention(fields: Fields, heads: Heads) -> Tensors:
    """Attention whose query projection also gives a gate for the output, and norms on the heads."""
    bias = "qkvo" if fields.flag("attention_bias") else ""
    query, *rest = attention(heads, bias=bias)
    doubled = [replace(query, rows=2 * query.rows)]
    if bias:
        doubled.append(replace(rest[0], columns=2 * rest[0].columns))
        rest = rest[1:]
    return (*doubled, *rest, *head_norms(heads.size, heads.size))


def delta(fields: Fields) -> Delta:
    return Delta(
        width=fields.size("hidden_size"),
        key_heads=fields.size("linear_num_key_heads"),
        value_heads=fields.size("linear_num_value_heads"),
        key_size=fields.size("linear_key_head_dim"),
        value_size=fields.size("linear_value_head_dim"),
        kernel=fields.size("linear_conv_kernel_dim"),
    )


def hybrid(
    fields: Fields, after: Blocks, where: Sequence[bool], experts: Mixture | None, *, fused: bool
) -> Shape:
    """Delta rules, and gated attention in every `full_attention_interval`-th layer."""
    heads, sizes, layers = read_heads(fields), delta(fields), fields.layers()
    kinds = fields.layer_kinds(layers, KINDS) or every(
        layers, fields.size("full_attention_interval"), others="linear"
    )
    norms = layer_norms(heads.width, Style())
    seeing, recalling = gated_attention(fields, heads), gated_delta(sizes, fused=fused)

    def build(key: tuple[str, bool]) -> Layer:
        kind, holds_experts = key
        mixer = seeing if kind == "full" else recalling
        tensors = (*mixer, *after[holds_experts], *norms)
        if kind == "full":
            return attention_layer(tensors, heads)
        return Layer(tensors=tensors, cache=sizes.cache, kind="linear")

    built = stack(zip(kinds, where, strict=True), build)
    return finished(fields, built, heads, mixture=experts)


@family("qwen3_next", defaults=QWEN3_NEXT)
def qwen3_next(fields: Fields) -> Shape:
    experts, where = mixture(fields, shared=True), stepped(fields)
    return hybrid(fields, blocks(fields, experts, where), where, experts, fused=True)


@family("qwen3_5_moe_text", defaults=QWEN35_MOE)
def qwen3_5_moe(fields: Fields) -> Shape:
    experts, where = mixture(fields, shared=True), [True] * fields.layers()
    return hybrid(fields, blocks(fields, experts, where), where, experts, fused=False)


@family("qwen3_5_text", defaults=QWEN35)
def qwen3_5(fields: Fields) -> Shape:
    where = [False] * fields.layers()
    after = blocks(fields, None, where)
    return hybrid(fields, after, where, None, fused=False)
