"""Hunyuan with experts (Hunyuan-Large, Hunyuan-A13B): one shared block as wide as one expert.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import MOST_EXPERTS, Fields
from calculator.core.architecture.parts_experts import Mixture, Naming
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

HUNYUAN = {
    "vocab_size": 290943,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "num_experts": 1,
    "moe_topk": 1,
}
NAMES = Naming(router="gate.wg", shared="shared_mlp.")


@family(
    "hunyuan_v1_moe",
    defaults=HUNYUAN,
    names={
        "moe_topk": ("num_experts_per_tok",),
        "num_experts": ("num_local_experts",),
        "head_dim": ("attention_head_dim",),
    },
)
def hunyuan_v1_moe(fields: Fields) -> Shape:
    """Files say experts and choices once, or once for each layer; layers must agree here."""
    count, chosen = _one(fields, "num_experts"), _one(fields, "moe_topk")
    if chosen > count:
        raise fields.refuse("moe_topk", f"is {chosen}, more than the {count} experts there are")
    inner = fields.size("intermediate_size")
    mixture = Mixture(count=count, chosen=chosen, inner=inner, shared=inner, names=NAMES)
    style = Style(
        bias="qkvo" if fields.flag("attention_bias") else "",
        qk_norm="head",
        qk_names=("self_attn.query_layernorm", "self_attn.key_layernorm"),
    )
    return sparse(fields, mixture, [True] * fields.layers(), style)


def _one(fields: Fields, name: str) -> int:
    if not isinstance(fields.raw(name), list):
        return fields.size(name, most=MOST_EXPERTS)
    different = set(fields.numbers(name) or [])
    if len(different) != 1 or 0 in different:
        raise fields.refuse(name, "must be the same number for every layer")
    return different.pop()
