"""Qwen 1 to 3, dense: biases on q, k and v up to 2.5, norms on the heads from 3 on.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026; for the first
Qwen those of its own code (QwenLM/Qwen, configuration_qwen.py), checked against the published
7,721,324,544 parameters of Qwen-7B.
"""

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import Style, dense, late_windows
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

QWEN2 = {
    "vocab_size": 151936,
    "hidden_size": 4096,
    "intermediate_size": 22016,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
    "sliding_window": 4096,
    "max_window_layers": 28,
}
QWEN2_VL = QWEN2 | {
    "vocab_size": 152064,
    "hidden_size": 8192,
    "intermediate_size": 29568,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "max_window_layers": 80,
}
QWEN3 = QWEN2 | {"head_dim": 128}


def qwen2(fields: Fields) -> Shape:
    """The biases are not in the file: every Qwen2 has them on q, k and v."""
    window_of = late_windows(fields, fields.layers())
    return dense(fields, Style(bias="qkv"), window_of=window_of)


def qwen3(fields: Fields) -> Shape:
    bias = "qkvo" if fields.flag("attention_bias") else ""
    window_of = late_windows(fields, fields.layers())
    return dense(fields, Style(bias=bias, qk_norm="head"), window_of=window_of)


family("qwen2", defaults=QWEN2)(qwen2)
family("qwen2_vl_text", "qwen2_5_vl_text", defaults=QWEN2_VL)(qwen2)
family("qwen3", defaults=QWEN3)(qwen3)
family("qwen3_vl_text", defaults=QWEN3 | {"max_position_embeddings": 128000})(qwen3)


@family(
    "qwen",
    defaults=QWEN2 | {"kv_channels": 128, "num_key_value_heads": None, "no_bias": True},
    names={"head_dim": ("kv_channels",), "max_position_embeddings": ("seq_length",)},
)
def qwen(fields: Fields) -> Shape:
    """`intermediate_size` counts both halves of the gated block."""
    biased = not fields.flag("no_bias")
    style = Style(
        bias="qo" if biased else "q",
        attention="attn.",
        fused_qkv=("c_attn", "c_proj"),
        names=("w2", "w1", "c_proj"),
        mlp_bias=biased,
        norms=(("ln_1", "attn_norm"), ("ln_2", "ffn_norm")),
        final="ln_f",
    )
    whole = fields.size("intermediate_size")
    inner = fields.divide("intermediate_size", whole, "the two halves of the block", 2)
    return dense(fields, style, heads=read_heads(fields), inner=inner)
