"""LongCat-Flash: two latent attentions and two dense blocks in each layer, experts beside them.

Some of the experts that the router may choose do nothing (“zero experts”) and have no weights.
Shapes and defaults: transformers 5.23.0 and Meituan's report (arXiv 2509.01322, 560 billion
parameters of which 18.6 to 31.3 billion are active), read on 22 November 2026.
"""

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Latent,
    Tensors,
    experts,
    feed_forward,
    latent_attention,
    latent_cache,
    norm,
    router,
)
from calculator.core.architecture.parts_experts import Mixture, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished, latent_heads, read_latent
from calculator.core.architecture.vocabulary import Layer, Shape

LONGCAT = {
    "vocab_size": 131072,
    "hidden_size": 6144,
    "num_layers": 28,
    "num_attention_heads": 64,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "ffn_hidden_size": 12288,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "moe_topk": 12,
    "n_routed_experts": 512,
    "zero_expert_num": 256,
    "expert_ffn_hidden_size": 2048,
}
NOTE = (
    "Active parameters are the most a token can use: where it chooses experts without weights, "
    "it uses fewer."
)


@family(
    "longcat_flash",
    defaults=LONGCAT,
    names={
        "n_routed_experts": ("num_local_experts",),
        "moe_topk": ("num_experts_per_tok",),
        "ffn_hidden_size": ("intermediate_size",),
        "expert_ffn_hidden_size": ("moe_intermediate_size",),
    },
)
def longcat_flash(fields: Fields) -> Shape:
    """`num_layers` counts the double layers, which is half of what other files count."""
    latent = read_latent(fields)
    mixture = read_mixture(
        fields, count="n_routed_experts", chosen="moe_topk", inner="expert_ffn_hidden_size"
    )
    halves = (*_half(fields, latent, 0), *_half(fields, latent, 1))
    layer = Layer(
        tensors=(*halves, *_mixture(fields, latent.width, mixture)),
        cache=latent_cache(latent),
        kind="mla",
        heads=latent.count,
        kv_heads=latent.count,
        head_dim=latent.plain + latent.rotary,
        more=(latent_cache(latent),),
    )
    if fields.number("zero_expert_num"):
        fields.notes.append(NOTE)
    layers = (layer,) * _layers(fields)
    return finished(fields, layers, latent_heads(latent), mixture=mixture)


def _layers(fields: Fields) -> int:
    """`num_hidden_layers`, one for each attention, follows from `num_layers` in transformers."""
    if fields.has("num_hidden_layers") and not fields.has("num_layers"):
        return fields.divide("num_hidden_layers", fields.layers(), "attentions per layer", 2)
    return fields.layers("num_layers")


def _half(fields: Fields, latent: Latent, number: int) -> Tensors:
    """One of the two attentions of a layer with its dense block and its norms."""
    bias, width = fields.flag("attention_bias"), latent.width
    return (
        *latent_attention(latent, bias=bias, prefix=f"self_attn.{number}."),
        *feed_forward(width, fields.size("ffn_hidden_size"), prefix=f"mlps.{number}."),
        *norm(f"input_layernorm.{number}", width, gguf="attn_norm"),
        *norm(f"post_attention_layernorm.{number}", width, gguf="ffn_norm"),
    )


def _mixture(fields: Fields, width: int, mixture: Mixture) -> Tensors:
    """The router also scores the experts without weights."""
    scored = mixture.count + fields.number("zero_expert_num")
    bias = fields.flag("router_bias")
    return (
        *router(width, scored, name="mlp.router.classifier", bias=bias),
        *experts(width, mixture.inner, count=mixture.count, chosen=mixture.chosen),
    )
