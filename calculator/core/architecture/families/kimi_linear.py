"""Kimi Linear and Ling hybrid: delta attention with a constant state, latent attention in between.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calculator.core.architecture.dense import LLAMA, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Latent,
    Tensors,
    latent_attention,
    linear,
    norm,
    stack,
)
from calculator.core.architecture.parts_experts import Mixture, read_mixture, sparse_from
from calculator.core.architecture.parts_mixers import convolution, learned
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import (
    blocks,
    finished,
    latent_heads,
    latent_layer,
    read_latent,
)
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

KIMI = {
    "vocab_size": 163840,
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "moe_intermediate_size": 1024,
    "num_hidden_layers": 27,
    "num_attention_heads": 32,
    "num_shared_experts": 1,
    "kv_lora_rank": 512,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "qk_nope_head_dim": 128,
    "num_experts_per_token": 8,
    "max_position_embeddings": 1048576,
    "tie_word_embeddings": False,
    "num_experts": 256,
    "first_k_dense_replace": 1,
    "linear_head_dim": 128,
    "linear_num_heads": 32,
    "linear_conv_kernel_dim": 4,
}
# Ling's delta attention takes its sizes from the others, unless the file names them.
OWN = ("linear_head_dim", "linear_num_heads", "linear_conv_kernel_dim")
LING = {name: value for name, value in KIMI.items() if name not in OWN} | {
    "vocab_size": 157184,
    "hidden_size": 2560,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_hidden_layers": 42,
    "max_position_embeddings": 262144,
    "num_experts": 512,
    "first_k_dense_replace": 2,
    "head_dim": 128,
    "short_conv_kernel_size": 4,
    "layer_group_size": 6,
}
NAMES = {
    "max_position_embeddings": ("model_max_length",),
    "num_experts": ("num_local_experts",),
    "num_experts_per_token": ("num_experts_per_tok",),
    "num_shared_experts": ("n_shared_experts",),
}
KINDS = {"full_attention": "mla", "linear_attention": "linear"}


@dataclass(frozen=True, slots=True)
class Recall:
    """The widths of Kimi's delta attention (arXiv 2510.26692): every head has its own keys."""

    width: int
    heads: int
    size: int
    kernel: int

    @property
    def inner(self) -> int:
        return self.heads * self.size

    @property
    def cache(self) -> Cache:
        return Cache(
            "state",
            state=self.inner * self.size,
            conv_channels=3 * self.inner,
            conv_kernel=self.kernel,
        )


# What Kimi-K3 adds under the same model_type; its parts are not published as a class yet.
BEYOND = ("routed_expert_hidden_size", "mla_use_output_gate", "attn_res_block_size")


@family("kimi_linear", defaults=KIMI, names=NAMES)
def kimi_linear(fields: Fields) -> Shape:
    """Forget gate and output gate are made of two narrow projections each."""
    for name in BEYOND:
        if fields.raw(name):
            raise fields.refuse(name, "is a part of Kimi-K3, which is not known here")
    nested = _nested(fields)
    recall = Recall(
        fields.size("hidden_size"),
        nested.size("linear_num_heads"),
        nested.size("linear_head_dim"),
        nested.size("linear_conv_kernel_dim"),
    )
    kinds = fields.layer_kinds(fields.layers(), KINDS) or _listed(fields, nested)
    gates = (
        *_narrow("f_a_proj", "f_b_proj", recall, "ssm_f_a", "ssm_f_b"),
        *_narrow("g_a_proj", "g_b_proj", recall, "ssm_g_a", "ssm_g_b"),
    )
    return _built(fields, kinds, recall, gates, lambda _: ())


@family("bailing_hybrid", defaults=LING, names=NAMES)
def bailing_hybrid(fields: Fields) -> Shape:
    """Ling: whole projections for the gates, and a gate for each head of the latent attention."""
    recall = Recall(
        fields.size("hidden_size"),
        fields.optional("linear_num_heads") or fields.size("num_attention_heads"),
        fields.optional("linear_head_dim") or fields.size("head_dim"),
        fields.optional("linear_conv_kernel_dim") or fields.size("short_conv_kernel_size"),
    )
    layers, group = fields.layers(), fields.size("layer_group_size")
    kinds = fields.layer_kinds(layers, KINDS) or [
        "linear" if (number + 1) % group else "mla" for number in range(layers)
    ]
    gates = (
        *_attends("f_proj", recall.width, recall.inner, "ssm_f"),
        *_attends("g_proj", recall.width, recall.inner, "ssm_g"),
    )
    return _built(
        fields, kinds, recall, gates, lambda latent: _attends("g_proj", latent.width, latent.count)
    )


def _built(
    fields: Fields,
    kinds: Sequence[str],
    recall: Recall,
    gates: Tensors,
    more: Callable[[Latent], Tensors],
) -> Shape:
    latent, mixture = read_latent(fields), _mixture(fields)
    where = sparse_from(fields, len(kinds))
    after = blocks(fields, mixture, where)
    norms = layer_norms(latent.width, LLAMA)
    seeing = (*latent_attention(latent, bias=fields.flag("attention_bias")), *more(latent))
    recalling = _delta(recall, gates)

    def build(key: tuple[str, bool]) -> Layer:
        mixer = seeing if key[0] == "mla" else recalling
        tensors = (*mixer, *after[key[1]], *norms)
        if key[0] == "mla":
            return latent_layer(latent, tensors)
        return Layer(tensors=tensors, cache=recall.cache, kind="linear")

    built = stack(zip(kinds, where, strict=True), build)
    return finished(fields, built, latent_heads(latent), mixture=mixture)


def _mixture(fields: Fields) -> Mixture:
    return read_mixture(fields, chosen="num_experts_per_token", shared="num_shared_experts")


def _attends(name: str, inputs: int, outputs: int, gguf: str = "attn_gate") -> Tensors:
    return linear(f"self_attn.{name}", inputs, outputs, "attention", gguf=gguf)


def _narrow(first: str, second: str, recall: Recall, *roles: str) -> Tensors:
    return (
        *_attends(first, recall.width, recall.size, roles[0]),
        *_attends(second, recall.size, recall.inner, roles[1]),
    )


def _delta(recall: Recall, gates: Tensors, prefix: str = "self_attn.") -> Tensors:
    """Queries, keys and values through one convolution; a decay for each channel of each head."""
    width, inner = recall.width, recall.inner
    return (
        *_attends("q_proj", width, inner, "attn_q"),
        *_attends("k_proj", width, inner, "attn_k"),
        *_attends("v_proj", width, inner, "attn_v"),
        *convolution(f"{prefix}conv1d", 3 * inner, recall.kernel, bias=False),
        *gates,
        *learned(f"{prefix}dt_bias", inner, "ssm_dt.bias"),
        *learned(f"{prefix}A_log", recall.heads, "ssm_a"),
        *_attends("b_proj", width, recall.heads, "ssm_beta"),
        *norm(f"{prefix}o_norm", recall.size, gguf="ssm_norm"),
        *_attends("o_proj", inner, width, "attn_output"),
    )


def _nested(fields: Fields) -> Fields:
    """The delta attention's own fields: Moonshot's files keep them in `linear_attn_config`."""
    if not fields.inside("linear_attn_config"):
        return fields
    names = {
        "linear_head_dim": ("head_dim",),
        "linear_num_heads": ("num_heads",),
        "linear_conv_kernel_dim": ("short_conv_kernel_size",),
    }
    return fields.below("linear_attn_config", defaults=fields.defaults, names=names)


def _listed(fields: Fields, nested: Fields) -> Sequence[str]:
    """By lists of layers counted from 1, else latent attention in every fourth layer from 4."""
    layers = fields.layers()
    full, recalling = nested.numbers("full_attn_layers"), nested.numbers("kda_layers")
    if full is None or recalling is None:
        return ["mla" if number and number % 4 == 0 else "linear" for number in range(layers)]
    if sorted([*full, *recalling]) != list(range(1, layers + 1)):
        sentence = "with kda_layers must name each layer once, counted from 1"
        raise nested.refuse("full_attn_layers", sentence)
    return ["mla" if number + 1 in full else "linear" for number in range(layers)]
