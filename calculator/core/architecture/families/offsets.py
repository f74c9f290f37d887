"""StableLM, Nemotron, Persimmon: modern layers whose norms keep an offset; and LG's EXAONE.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026; for EXAONE 3
those of its own code (configuration_exaone.py of LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct).
"""

from calculator.core.architecture.decoder import read_heads, windows
from calculator.core.architecture.dense import AFTER, PLAIN, Style, dense
from calculator.core.architecture.families.gpt import plain_heads
from calculator.core.architecture.families.llama import LLAMA
from calculator.core.architecture.fields import MOST_LAYERS, Fields
from calculator.core.architecture.parts import Heads, Tensors, norm
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

ONE = (("input_layernorm", "attn_norm"),)
TWO = (*ONE, ("post_attention_layernorm", "ffn_norm"))


@family(
    "stablelm",
    "stablelm_epoch",
    defaults=LLAMA
    | {
        "vocab_size": 50304,
        "hidden_size": 2560,
        "intermediate_size": 6912,
        "num_key_value_heads": 32,
        "max_position_embeddings": 4096,
    },
)
def stablelm(fields: Fields) -> Shape:
    """Its norms on queries and keys are one for each head, without offsets."""

    def one_a_head(heads: Heads, inner: int) -> Tensors:
        return (
            *norm("self_attn.q_layernorm", heads.q, gguf="attn_q_norm"),
            *norm("self_attn.k_layernorm", heads.k, gguf="attn_k_norm"),
        )

    style = Style(
        bias="qkv" if fields.flag("use_qkv_bias") else "",
        norms=ONE if fields.flag("use_parallel_residual") else TWO,
        affine=True,
    )
    more = one_a_head if fields.flag("qk_layernorm") else None
    return dense(fields, style, heads=read_heads(fields), more=more)


@family(
    "nemotron",
    defaults=LLAMA
    | {
        "vocab_size": 256000,
        "hidden_size": 6144,
        "intermediate_size": 24576,
        "num_attention_heads": 48,
        "max_position_embeddings": 4096,
    },
)
def nemotron(fields: Fields) -> Shape:
    bias = "qkvo" if fields.flag("attention_bias") else ""
    style = Style(bias=bias, affine=True, names=PLAIN, mlp_bias=fields.flag("mlp_bias"))
    return dense(fields, style)


@family(
    "persimmon",
    defaults=LLAMA
    | {
        "vocab_size": 262144,
        "intermediate_size": 16384,
        "num_hidden_layers": 36,
        "num_attention_heads": 64,
        "max_position_embeddings": 16384,
        "qk_layernorm": True,
    },
)
def persimmon(fields: Fields) -> Shape:
    style = Style(
        bias="qo",
        fused_qkv=("query_key_value", "dense"),
        qk_norm="head" if fields.flag("qk_layernorm") else "",
        qk_names=("self_attn.q_layernorm", "self_attn.k_layernorm"),
        qk_affine=True,
        affine=True,
        names=("dense_h_to_4h", "dense_4h_to_h"),
        mlp_bias=True,
        final="final_layernorm",
    )
    return dense(fields, style, heads=plain_heads(fields))


@family(
    "exaone",
    defaults=LLAMA | {"vocab_size": 102400},
    names={"num_hidden_layers": ("num_layers",)},
)
def exaone(fields: Fields) -> Shape:
    style = Style(
        attention="attn.attention.",
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        names=("c_fc_0", "c_fc_1", "c_proj"),
        norms=(("ln_1", "attn_norm"), ("ln_2", "ffn_norm")),
        final="ln_f",
    )
    return dense(fields, style)


@family(
    "exaone4",
    defaults=LLAMA
    | {
        "vocab_size": 102400,
        "intermediate_size": 16384,
        "num_key_value_heads": 32,
        "sliding_window": 4096,
        "sliding_window_pattern": 4,
    },
)
def exaone4(fields: Fields) -> Shape:
    """`sliding_window_pattern` is a period in some files and a word such as LLLG in others."""
    layers = fields.layers()
    window_of = windows(fields, layers, pattern=exaone_pattern(fields, layers))
    return dense(fields, Style(qk_norm="head", norms=AFTER), window_of=window_of)


def exaone_pattern(fields: Fields, layers: int) -> list[str]:
    pattern = fields.raw("sliding_window_pattern")
    word = pattern if isinstance(pattern, str) else ""
    if not word:
        period = fields.optional("sliding_window_pattern", least=0, most=MOST_LAYERS) or 1
        word = "L" * (period - 1) + "G"
    if set(word) - {"L", "G"}:
        raise fields.refuse("sliding_window_pattern", "may hold only the letters L and G")
    return ["full" if word[number % len(word)] == "G" else "sliding" for number in range(layers)]
