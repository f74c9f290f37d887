"""Jamba: Mamba with attention in one of eight layers, and experts in every second layer.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import (
    Style,
    attention_layer,
    attention_tensors,
    layer_norms,
)
from calculator.core.architecture.families.mamba import automatic, expanded
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, norm, stack
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.parts_mixers import Mamba, mamba
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import blocks, finished
from calculator.core.architecture.vocabulary import Layer, Shape

JAMBA = {
    "vocab_size": 65536,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 262144,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 2,
    "num_experts": 16,
    "expert_layer_period": 2,
    "expert_layer_offset": 1,
    "attn_layer_period": 8,
    "attn_layer_offset": 4,
    "mamba_d_state": 16,
    "mamba_d_conv": 4,
    "mamba_expand": 2,
    "mamba_dt_rank": "auto",
    "mamba_conv_bias": True,
    "mamba_proj_bias": False,
}
STYLE = Style(
    mlp="feed_forward.",
    norms=(("input_layernorm", "attn_norm"), ("pre_ff_layernorm", "ffn_norm")),
    final="final_layernorm",
)
NAMES = Naming(prefix="feed_forward.", router="router")


@family("jamba", defaults=JAMBA, names={"num_experts": ("num_local_experts",)})
def jamba(fields: Fields) -> Shape:
    """With one expert (Jamba Reasoning) every layer holds one plain block."""
    heads, sizes = read_heads(fields), _sizes(fields)
    attends = _every(fields, "attn_layer")
    mixture = None
    where = [False] * len(attends)
    if fields.experts("num_experts") > 1:
        mixture = read_mixture(fields, inner="intermediate_size", names=NAMES)
        where = _every(fields, "expert_layer")
    after = blocks(fields, mixture, where, STYLE)
    norms = layer_norms(heads.width, STYLE)
    seeing, mixing = attention_tensors(heads, STYLE), _mixer(sizes)

    def build(key: tuple[bool, bool]) -> Layer:
        rest = (*after[key[1]], *norms)
        if key[0]:
            return attention_layer((*seeing, *rest), heads)
        return Layer(tensors=(*mixing, *rest), cache=sizes.cache, kind="mamba")

    built = stack(zip(attends, where, strict=True), build)
    return finished(fields, built, heads, STYLE, mixture)


def _sizes(fields: Fields) -> Mamba:
    width = fields.size("hidden_size")
    return Mamba(
        width=width,
        inner=expanded(fields, "mamba_expand"),
        state=fields.size("mamba_d_state"),
        kernel=fields.size("mamba_d_conv"),
        rank=automatic(fields, "mamba_dt_rank", lambda: -(-width // 16)),
        bias=fields.flag("mamba_proj_bias"),
        conv_bias=fields.flag("mamba_conv_bias"),
    )


def _mixer(sizes: Mamba, prefix: str = "mamba.") -> Tensors:
    """Mamba with a norm on each of the three parts of its selection."""
    return (
        *mamba(sizes, prefix),
        *norm(f"{prefix}dt_layernorm", sizes.rank, gguf="ssm_dt_norm"),
        *norm(f"{prefix}b_layernorm", sizes.state, gguf="ssm_b_norm"),
        *norm(f"{prefix}c_layernorm", sizes.state, gguf="ssm_c_norm"),
    )


def _every(fields: Fields, name: str) -> list[bool]:
    period, offset = fields.size(f"{name}_period"), fields.number(f"{name}_offset")
    if offset >= period:
        raise fields.refuse(f"{name}_offset", f"is {offset}, not smaller than the period, {period}")
    return [number % period == offset for number in range(fields.layers())]
