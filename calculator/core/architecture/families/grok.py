"""Grok-1: eight experts in every layer, norms before and behind both blocks.

Shape: xAI's own run.py and model.py (github.com/xai-org/grok-1: “314B”, which counts the layers:
with the embedding, shared with the head, it is 315.7 billion), and the conversion's field names
(hpcai-tech/grok-1), read on 22 November 2026.
"""

from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

GROK = {
    "vocab_size": 131072,
    "hidden_size": 6144,
    "intermediate_size": 32768,
    "num_hidden_layers": 64,
    "num_attention_heads": 48,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
    "num_experts": 8,
    "num_experts_per_tok": 2,
}
NAMES = Naming(prefix="moe_block.", projections=("linear", "linear_v", "linear_1"))
STYLE = Style(
    attention="attn.",
    norms=(
        ("pre_attn_norm", "attn_norm"),
        ("post_attn_norm", "attn_output_norm"),
        ("pre_moe_norm", "ffn_norm"),
        ("post_moe_norm", "layer_output_norm"),
    ),
)


@family("grok-1", defaults=GROK, names={"num_experts": ("num_local_experts",)})
def grok(fields: Fields) -> Shape:
    mixture = read_mixture(fields, inner="intermediate_size", names=NAMES)
    return sparse(fields, mixture, [True] * fields.layers(), STYLE)
