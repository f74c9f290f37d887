"""DBRX: its attention and its experts are described in objects of their own inside the file.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import Around
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

DBRX = {
    "vocab_size": 32000,
    "hidden_size": 2048,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "max_position_embeddings": 2048,
}
FEED = {"ffn_hidden_size": 3584, "moe_num_experts": 4, "moe_top_k": 1}
NAMES = Naming(
    prefix="ffn.", router="router.layer", experts="experts.mlp.", projections=("w1", "v1", "w2")
)
STYLE = Style(
    attention="norm_attn_norm.attn.",
    fused_qkv=("Wqkv", "out_proj"),
    norms=(("norm_attn_norm.norm_1", "attn_norm"), ("norm_attn_norm.norm_2", "attn_output_norm")),
    final="norm_f",
    around=Around(table="wte"),
)


@family(
    "dbrx",
    defaults=DBRX,
    names={
        "hidden_size": ("d_model",),
        "num_hidden_layers": ("n_layers",),
        "num_attention_heads": ("n_heads",),
        "max_position_embeddings": ("max_seq_len",),
    },
)
def dbrx(fields: Fields) -> Shape:
    if fields.flag("tie_word_embeddings"):
        raise fields.refuse("tie_word_embeddings", "is true, which DBRX does not allow")
    inside = fields.below("ffn_config", defaults=FEED)
    mixture = read_mixture(
        inside,
        count="moe_num_experts",
        chosen="moe_top_k",
        inner="ffn_hidden_size",
        names=NAMES,
    )
    where = [True] * fields.layers()
    return sparse(fields, mixture, where, STYLE, heads=_heads(fields))


def _heads(fields: Fields) -> Heads:
    inside = fields.below("attn_config", defaults={"kv_n_heads": 1})
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    groups = inside.size("kv_n_heads")
    fields.divide("num_attention_heads", count, "attn_config.kv_n_heads", groups)
    size = fields.divide("hidden_size", width, "num_attention_heads", count)
    return Heads(width, count, groups, size)
