"""ZAYA: convolved queries and keys, one expert a token, and a router with layers of its own.

Shapes and defaults: transformers 5.23.0; 8,840,488,784 parameters and 40 × 17 balancing biases are
what Zyphra/ZAYA1-base stores on the hub (llmfit 1.1.17). Read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import LLAMA, attention_layer, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, experts, linear, norm, stack, vector
from calculator.core.architecture.parts_experts import Mixture, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Cache, Layer, Shape, Tensor

ZAYA = {
    "vocab_size": 262272,
    "hidden_size": 2048,
    "num_hidden_layers": 40,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
    "moe_intermediate_size": 2048,
    "num_experts": 16,
    "num_experts_per_tok": 1,
    "router_hidden_size": 256,
    "cca_time0": 2,
    "cca_time1": 2,
}
KINDS = {"hybrid": "full", "hybrid_sliding": "sliding"}
PLACES = ("post_attention", "post_mlp")


@dataclass(frozen=True, slots=True)
class Convolved:
    """Two convolutions over queries and keys: of each channel by itself, then of each head."""

    channels: int
    size: int
    first: int
    second: int


@family("zaya", defaults=ZAYA, names={"num_experts": ("num_local_experts",)})
def zaya(fields: Fields) -> Shape:
    heads, mixture = read_heads(fields), read_mixture(fields)
    width, window = heads.width, fields.number("sliding_window")
    convolved = Convolved(
        heads.q + heads.k, heads.size, fields.size("cca_time0"), fields.size("cca_time1")
    )
    common = (
        *_attention(heads, convolved, bias=fields.flag("attention_bias")),
        *_experts(fields, width, mixture),
        *layer_norms(width, LLAMA),
        *(tensor for place in PLACES for tensor in _scaling(f"{place}_residual_scale.", width)),
    )
    # The last inputs of both convolutions, and the half of the values that comes a token late.
    kept = Cache(
        "state",
        conv_channels=convolved.channels,
        conv_kernel=convolved.first + convolved.second - 2,
        matched=heads.k // 2,
    )

    def build(key: tuple[str, bool]) -> Layer:
        scale = () if key[1] else _scale(fields)
        tensors = (*common, *scale)
        layer = attention_layer(tensors, heads, window if key[0] == "sliding" else 0)
        return replace(layer, more=(kept,))

    keys = [(kind, number == 0) for number, kind in enumerate(_kinds(fields))]
    shape = finished(fields, stack(keys, build), heads, mixture=mixture)
    inputs = (
        *vector("input_hidden_states_scale", width, "other"),
        *vector("input_hidden_states_bias", width, "other"),
    )
    # A bias of the head stays where the head itself is the embedding.
    bias: Tensors = ()
    if fields.flag("lm_head_bias"):
        bias = vector("lm_head.bias", shape.vocab_size, "lm_head")
    return replace(shape, outer=(*shape.outer, *inputs, *bias))


def _attention(
    heads: Heads, convolved: Convolved, *, bias: bool, prefix: str = "self_attn.qkv_proj."
) -> Tensors:
    width, part, half = heads.width, "attention", heads.k // 2
    channels = convolved.channels
    inner = convolved.size * convolved.second
    return (
        *linear(f"{prefix}q_proj", width, heads.q, part, bias=bias),
        *linear(f"{prefix}k_proj", width, heads.k, part, bias=bias),
        *linear(f"{prefix}v_proj_current", width, half, part, bias=bias),
        *linear(f"{prefix}v_proj_delayed", width, half, part, bias=bias),
        Tensor(f"{prefix}conv_qk_depthwise", channels, convolved.first, part, "conv"),
        *vector(f"{prefix}conv_qk_depthwise.bias", channels, part),
        Tensor(f"{prefix}conv_qk_grouped", channels, inner, part, "conv"),
        *vector(f"{prefix}conv_qk_grouped.bias", channels, part),
        *norm("self_attn.qk_norm.temp", heads.groups),
        *linear("self_attn.o_proj", heads.q, width, part, bias=bias),
    )


def _experts(fields: Fields, width: int, mixture: Mixture) -> Tensors:
    """The router may also choose no expert, which is a score of its own."""
    inner, prefix, line = fields.size("router_hidden_size"), "mlp.gate.", "moe_router"
    deep = f"{prefix}router_mlp."
    return (
        *linear(f"{prefix}down_proj", width, inner, "mlp", bias=True, line=line),
        *norm(f"{deep}norm", inner),
        *linear(f"{deep}fc1", inner, inner, "mlp", bias=True, line=line),
        *linear(f"{deep}fc2", inner, inner, "mlp", bias=True, line=line),
        *linear(f"{deep}out_proj", inner, mixture.count + 1, "mlp", line=line),
        *experts(width, mixture.inner, count=mixture.count, chosen=mixture.chosen),
    )


def _scale(fields: Fields) -> Tensors:
    """From the second layer on, the router also reads the one before it."""
    size = fields.size("router_hidden_size")
    return vector("mlp.gate.router_states_scale", size, "mlp", line="moe_router")


def _scaling(prefix: str, width: int) -> Tensors:
    names = ("hidden_states_scale", "hidden_states_bias", "residual_scale", "residual_bias")
    return tuple(tensor for name in names for tensor in vector(prefix + name, width, "other"))


def _kinds(fields: Fields) -> Sequence[str]:
    layers = fields.layers()
    return fields.layer_kinds(layers, KINDS) or ["full"] * layers
