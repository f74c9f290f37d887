"""Microsoft's Phi: biases everywhere in 1 to 2, fused projections without any from 3 on.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around, windows
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.families.gpt import four_times
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import ONLY_TEXT, Shape

PHI = {
    "vocab_size": 51200,
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 24,
    "num_attention_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}
PHI3 = PHI | {
    "vocab_size": 32064,
    "hidden_size": 3072,
    "num_hidden_layers": 32,
    "max_position_embeddings": 4096,
}
PHI4_MULTIMODAL = PHI3 | {
    "vocab_size": 200064,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131072,
}


@family("phi", defaults=PHI)
def phi(fields: Fields) -> Shape:
    style = Style(
        bias="qkvo",
        projections=("q_proj", "k_proj", "v_proj", "dense"),
        qk_norm="head" if fields.flag("qk_layernorm") else "",
        qk_names=("self_attn.q_layernorm", "self_attn.k_layernorm"),
        qk_affine=True,
        norms=(("input_layernorm", "attn_norm"),),
        affine=True,
        names=("fc1", "fc2"),
        mlp_bias=True,
        final="final_layernorm",
        around=Around(head_bias=True),
    )
    return dense(fields, style)


# Microsoft's own first code for Phi 1.5 and 2 (microsoft/phi-2, configuration_phi.py).
@family(
    "phi-msft",
    defaults=PHI,
    names={
        "hidden_size": ("n_embd",),
        "intermediate_size": ("n_inner",),
        "num_hidden_layers": ("n_layer",),
        "num_attention_heads": ("n_head",),
        "num_key_value_heads": ("n_head_kv",),
        "max_position_embeddings": ("n_positions",),
    },
)
def phi_first(fields: Fields) -> Shape:
    style = Style(
        bias="qo",
        attention="mixer.",
        fused_qkv=("Wqkv", "out_proj"),
        norms=(("ln", "attn_norm"),),
        affine=True,
        names=("fc1", "fc2"),
        mlp_bias=True,
        final="lm_head.ln",
        around=Around(table="embd.wte", head="lm_head.linear", head_bias=True),
    )
    return dense(fields, style, inner=four_times(fields))


@family("phi3", defaults=PHI3)
def phi3(fields: Fields) -> Shape:
    style = Style(fused_qkv=("qkv_proj", "o_proj"), fused=True)
    return dense(fields, style, window_of=windows(fields, fields.layers()))


def with_towers(fields: Fields) -> Shape:
    return replace(phi3(fields), notes=(ONLY_TEXT,))


family("phi4_multimodal", "phi4mm", defaults=PHI4_MULTIMODAL)(with_towers)
family("phi3_v", defaults=PHI3)(with_towers)
