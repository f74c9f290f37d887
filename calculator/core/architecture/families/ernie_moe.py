"""ERNIE 4.5 with experts: a first and a last layer of experts, and a tied head by default.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence

from calculator.core.architecture.decoder import Around
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

ERNIE = {
    "vocab_size": 103424,
    "hidden_size": 2560,
    "intermediate_size": 12288,
    "num_hidden_layers": 28,
    "num_attention_heads": 20,
    "num_key_value_heads": 4,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
    "moe_intermediate_size": 1536,
    "moe_k": 6,
    "moe_num_experts": 64,
    "moe_num_shared_experts": 2,
    "moe_layer_start_index": 1,
    "moe_layer_end_index": -1,
    "moe_layer_interval": 1,
}
# transformers holds the balancing bias as a parameter that is not trained.
NAMES = Naming(balance="gate.moe_statics.e_score_correction_bias")


@family(
    "ernie4_5_moe",
    defaults=ERNIE,
    names={
        "moe_num_experts": ("num_experts", "num_local_experts"),
        "moe_k": ("num_experts_per_tok",),
    },
)
def ernie4_5_moe(fields: Fields) -> Shape:
    biased = fields.flag("use_bias")
    mixture = read_mixture(
        fields,
        count="moe_num_experts",
        chosen="moe_k",
        shared="moe_num_shared_experts",
        names=NAMES,
        bias=biased,
    )
    around = Around(head_bias=biased)
    style = Style(bias="qkvo" if biased else "", mlp_bias=biased, around=around)
    return sparse(fields, mixture, _where(fields), style)


def _where(fields: Fields) -> Sequence[bool]:
    layers = fields.layers()
    first = fields.number("moe_layer_start_index")
    last = fields.raw("moe_layer_end_index")
    end = layers - 1 if last in (None, -1) else fields.number("moe_layer_end_index")
    step = fields.size("moe_layer_interval")
    return [first <= number <= end and (number + 1) % step == 0 for number in range(layers)]
