"""JetMoE: experts in the attention as well: queries and outputs are routed, keys and values shared.

Shapes and defaults: transformers 5.23.0 and arXiv 2404.07413 (8.52 billion parameters, 2.2 billion
active), read on 22 November 2026.
"""

from calculator.core.architecture.dense import LLAMA, attention_layer, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, linear, router, vector
from calculator.core.architecture.parts_experts import Mixture, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Shape, Tensor

JETMOE = {
    "vocab_size": 32000,
    "hidden_size": 2048,
    "num_hidden_layers": 12,
    "num_key_value_heads": 16,
    "kv_channels": 128,
    "intermediate_size": 5632,
    "max_position_embeddings": 4096,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "tie_word_embeddings": True,
}


@family(
    "jetmoe",
    defaults=JETMOE,
    names={
        "kv_channels": ("head_dim",),
        "num_local_experts": ("moe_num_experts", "num_experts"),
        "num_experts_per_tok": ("moe_top_k",),
        "intermediate_size": ("ffn_hidden_size",),
    },
)
def jetmoe(fields: Fields) -> Shape:
    """A token's query heads are those of the experts it chooses, each with all the key heads."""
    mixture = read_mixture(fields, count="num_local_experts", inner="intermediate_size")
    width, groups = fields.size("hidden_size"), fields.size("num_key_value_heads")
    heads = Heads(width, groups * mixture.chosen, groups, fields.size("kv_channels"))
    tensors = (
        *_attention(heads, mixture),
        *_block(width, mixture),
        *layer_norms(width, LLAMA),
    )
    layer = attention_layer(tensors, heads)
    return finished(fields, (layer,) * fields.layers(), heads, mixture=mixture)


def _attention(heads: Heads, mixture: Mixture) -> Tensors:
    prefix, part = "self_attention.experts.", "attention"
    return (
        *linear("self_attention.kv_proj", heads.width, heads.k + heads.v, part),
        _expert(f"{prefix}input_linear", heads.width, heads.k, part, mixture),
        _expert(f"{prefix}output_linear", heads.k, heads.width, part, mixture),
        *linear(f"{prefix}router.layer", heads.width, mixture.count, part),
        *vector(f"{prefix}bias", heads.width, part),
    )


def _block(width: int, mixture: Mixture) -> Tensors:
    inner, part = mixture.inner, "mlp"
    return (
        _expert("mlp.input_linear", width, 2 * inner, part, mixture, line="moe_experts"),
        _expert("mlp.output_linear", inner, width, part, mixture, line="moe_experts"),
        *router(width, mixture.count, name="mlp.router.layer"),
        *vector("mlp.bias", width, part),
    )


def _expert(
    name: str, inputs: int, outputs: int, part: str, mixture: Mixture, *, line: str = ""
) -> Tensor:
    return Tensor(
        name,
        outputs,
        inputs,
        part,
        "expert",
        copies=mixture.count,
        active=mixture.chosen,
        line=line,
    )
