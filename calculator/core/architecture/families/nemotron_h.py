"""Nemotron-H and Nemotron 3: each layer is one thing: Mamba-2, attention, a block, or experts.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence

from calculator.core.architecture.decoder import Around, read_heads
from calculator.core.architecture.dense import PLAIN, Style, attention_layer, attention_tensors
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Tensors,
    experts,
    feed_forward,
    linear,
    norm,
    router,
    shared_experts,
    stack,
)
from calculator.core.architecture.parts_experts import Mixture, read_mixture
from calculator.core.architecture.parts_mixers import Mamba2, mamba2
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Layer, Shape

NEMOTRON = {
    "vocab_size": 131072,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "intermediate_size": 21504,
    "ssm_state_size": 128,
    "mamba_num_heads": 128,
    "mamba_head_dim": 64,
    "n_groups": 8,
    "conv_kernel": 4,
    "use_conv_bias": True,
    "n_routed_experts": 8,
    "moe_intermediate_size": 7688,
    "moe_shared_expert_intermediate_size": 7688,
    "num_experts_per_tok": 2,
}
KINDS = {
    "linear_attention": "mamba2",
    "mamba": "mamba2",
    "full_attention": "full",
    "attention": "full",
    "mlp": "mlp",
    "moe": "moe",
}
MARKS = {"M": "mamba2", "*": "full", "-": "mlp", "E": "moe"}
STYLE = Style(attention="mixer.", final="norm_f", around=Around(table="embeddings"))


@family(
    "nemotron_h",
    defaults=NEMOTRON,
    names={
        "layer_types": ("layers_block_type",),
        "head_dim": ("attention_head_dim",),
        "n_routed_experts": ("num_local_experts",),
        "n_groups": ("mamba_n_groups",),
        "conv_kernel": ("mamba_d_conv",),
        "use_conv_bias": ("mamba_conv_bias",),
    },
)
def nemotron_h(fields: Fields) -> Shape:
    kinds, heads = _kinds(fields), read_heads(fields)
    before = norm("norm", heads.width, gguf="attn_norm")
    mixture = read_mixture(fields, count="n_routed_experts") if "moe" in kinds else None

    def build(kind: str) -> Layer:
        if kind == "full":
            return attention_layer((*before, *attention_tensors(heads, STYLE)), heads)
        if kind == "mamba2":
            sizes = _mixer(fields)
            tensors = (*before, *mamba2(sizes, "mixer."))
            return Layer(tensors=tensors, cache=sizes.cache, kind=kind)
        block = _experts(fields, mixture) if mixture and kind == "moe" else _block(fields)
        return Layer(tensors=(*before, *block), kind=kind)

    return finished(fields, stack(kinds, build), heads, STYLE, mixture)


def _mixer(fields: Fields) -> Mamba2:
    biased = fields.flag("use_bias")
    return Mamba2(
        width=fields.size("hidden_size"),
        heads=fields.size("mamba_num_heads"),
        size=fields.size("mamba_head_dim"),
        state=fields.size("ssm_state_size"),
        groups=fields.size("n_groups"),
        kernel=fields.size("conv_kernel"),
        bias=biased,
        out_bias=biased,
        conv_bias=fields.flag("use_conv_bias"),
    )


def _block(fields: Fields) -> Tensors:
    width, inner = fields.size("hidden_size"), fields.size("intermediate_size")
    return feed_forward(width, inner, bias=fields.flag("mlp_bias"), prefix="mixer.", names=PLAIN)


def _experts(fields: Fields, mixture: Mixture) -> Tensors:
    """Experts without a gate; with `moe_latent_size` they work on a narrower vector."""
    width, biased = fields.size("hidden_size"), fields.flag("mlp_bias")
    narrow = fields.optional("moe_latent_size")
    latent: Tensors = ()
    if narrow:
        latent = (
            *linear("mixer.fc1_latent_proj", width, narrow, "mlp", bias=biased),
            *linear("mixer.fc2_latent_proj", narrow, width, "mlp", bias=biased),
        )
    return (
        *router(width, mixture.count, name="mixer.gate"),
        *experts(
            narrow or width,
            mixture.inner,
            count=mixture.count,
            chosen=mixture.chosen,
            prefix="mixer.experts.",
            names=PLAIN,
        ),
        *latent,
        *shared_experts(
            width,
            fields.size("moe_shared_expert_intermediate_size"),
            prefix="mixer.shared_experts.",
            names=PLAIN,
            bias=biased,
        ),
    )


def _kinds(fields: Fields) -> Sequence[str]:
    """By `layers_block_type`, else by the marks of `hybrid_override_pattern`; one must be there."""
    pattern = fields.text("hybrid_override_pattern")
    if not set(pattern) <= set(MARKS):
        raise fields.refuse("hybrid_override_pattern", "must be made of M, *, - and E")
    marked = [MARKS[mark] for mark in pattern]
    listed = fields.items("layer_types")
    count = len(listed if listed is not None else marked)
    if not count:
        raise fields.refuse("hybrid_override_pattern", "is missing: it says what each layer is")
    if fields.has("num_hidden_layers") and fields.layers() != count:
        sentence = f"is {fields.layers()}, but the file describes {count} layers"
        raise fields.refuse("num_hidden_layers", sentence)
    named = fields.layer_kinds(count, KINDS)
    if named and marked and named != marked:
        raise fields.refuse("hybrid_override_pattern", "names other layers than layers_block_type")
    return named or marked
