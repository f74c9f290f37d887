"""GLM-4, dense: few key-value heads, biases on q, k and v, gate and up projections fused.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026; for ChatGLM
those of its own code (configuration_chatglm.py of THUDM/glm-4-9b).
"""

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

GLM = {
    "vocab_size": 151552,
    "hidden_size": 4096,
    "intermediate_size": 13696,
    "num_hidden_layers": 40,
    "num_attention_heads": 32,
    "num_key_value_heads": 2,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "attention_bias": True,
}
FOUR = (
    ("input_layernorm", "attn_norm"),
    ("post_self_attn_layernorm", "post_attention_norm"),
    ("post_attention_layernorm", "ffn_norm"),
    ("post_mlp_layernorm", "post_ffw_norm"),
)


def bias(fields: Fields) -> str:
    return "qkv" if fields.flag("attention_bias") else ""


@family("glm", defaults=GLM)
def glm(fields: Fields) -> Shape:
    return dense(fields, Style(bias=bias(fields), fused=True))


@family("glm4", defaults=GLM)
def glm4(fields: Fields) -> Shape:
    return dense(fields, Style(bias=bias(fields), fused=True, norms=FOUR))


@family("glm4v_text", defaults=GLM | {"max_position_embeddings": 32768, "head_dim": None})
def glm4v(fields: Fields) -> Shape:
    """Its class has the biases whatever the file says."""
    return dense(fields, Style(bias="qkv", fused=True, norms=FOUR))


@family(
    "chatglm",
    defaults={"add_qkv_bias": True, "tie_word_embeddings": False},
    names={
        "num_hidden_layers": ("num_layers",),
        "vocab_size": ("padded_vocab_size",),
        "head_dim": ("kv_channels",),
        "num_key_value_heads": ("multi_query_group_num",),
        "intermediate_size": ("ffn_hidden_size",),
        "max_position_embeddings": ("seq_length",),
    },
)
def chatglm(fields: Fields) -> Shape:
    heads = read_heads(fields)
    if not fields.flag("multi_query_attention"):
        heads = Heads(heads.width, heads.count, heads.count, heads.size)
    biased = fields.flag("add_bias_linear")
    letters = "q" if biased or fields.flag("add_qkv_bias") else ""
    style = Style(
        bias=letters + ("o" if biased else ""),
        attention="self_attention.",
        fused_qkv=("query_key_value", "dense"),
        fused=True,
        mlp_bias=biased,
        final="final_layernorm",
    )
    return dense(fields, style, heads=heads)
