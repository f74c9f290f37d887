"""Llama and the models that are put together as it is, up to a bias or a norm.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import read_heads, windows
from calculator.core.architecture.dense import PLAIN, Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, norm, vector
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

LLAMA = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}


def switched(fields: Fields, letters: str = "qkvo") -> Style:
    """Llama's own switches: `attention_bias` for these projections, `mlp_bias` for the others."""
    bias = letters if fields.flag("attention_bias") else ""
    return Style(bias=bias, mlp_bias=fields.flag("mlp_bias"))


# 01.AI's first files (01-ai/Yi-6B) named a type of their own for what is Llama.
@family("llama", "granite", "Yi", defaults=LLAMA)
def llama(fields: Fields) -> Shape:
    return dense(fields, switched(fields))


@family(
    "iquestcoder",
    defaults=LLAMA
    | {
        "vocab_size": 76800,
        "hidden_size": 5120,
        "intermediate_size": 27648,
        "num_hidden_layers": 80,
        "num_attention_heads": 40,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 131072,
    },
)
def iquestcoder(fields: Fields) -> Shape:
    return dense(fields, switched(fields))


@family(
    "internlm3",
    defaults=LLAMA
    | {
        "vocab_size": 128512,
        "intermediate_size": 10240,
        "num_hidden_layers": 48,
        "num_key_value_heads": 2,
        "head_dim": 128,
        "max_position_embeddings": 32768,
    },
    names={"attention_bias": ("qkv_bias",), "mlp_bias": ("bias",)},
)
def internlm3(fields: Fields) -> Shape:
    style = switched(fields)
    if bool(style.bias) != style.mlp_bias:
        raise fields.refuse("qkv_bias", "differs from bias, which InternLM3 does not allow")
    return dense(fields, style)


# Shanghai AI Laboratory's own code (internlm/internlm2-7b): one projection for q, k and v.
@family("internlm2", defaults=LLAMA | {"vocab_size": 103168, "bias": True})
def internlm2(fields: Fields) -> Shape:
    style = Style(
        bias="qo" if fields.flag("bias") else "",
        attention="attention.",
        fused_qkv=("wqkv", "wo"),
        mlp="feed_forward.",
        names=("w1", "w3", "w2"),
        norms=(("attention_norm", "attn_norm"), ("ffn_norm", "ffn_norm")),
    )
    return dense(fields, style)


@family(
    "smollm3",
    defaults={
        "vocab_size": 128256,
        "hidden_size": 2048,
        "intermediate_size": 11008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 4,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": True,
        "no_rope_layer_interval": 4,
    },
)
def smollm3(fields: Fields) -> Shape:
    """Layers without rotary positions may slide; by default none does."""
    layers = fields.layers()
    rotary = fields.numbers("no_rope_layers")
    if rotary is None:
        interval = fields.size("no_rope_layer_interval")
        rotary = [int((number + 1) % interval != 0) for number in range(layers)]
    rotary = fields.by_layer("no_rope_layers", rotary, layers)
    slides = fields.flag("use_sliding_window")
    pattern = ["sliding" if slides and not has else "full" for has in rotary]
    return dense(fields, switched(fields), window_of=windows(fields, layers, pattern=pattern))


@family(
    "seed_oss",
    defaults=LLAMA
    | {
        "vocab_size": 155136,
        "intermediate_size": 27648,
        "num_hidden_layers": 64,
        "num_attention_heads": 80,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 524288,
        "attention_bias": True,
    },
)
def seed_oss(fields: Fields) -> Shape:
    style = switched(fields, "qkv")
    out = "o" if fields.flag("attention_out_bias") else ""
    return dense(fields, replace(style, bias=style.bias + out))


@family(
    "helium",
    defaults=LLAMA
    | {
        "vocab_size": 48000,
        "hidden_size": 2560,
        "intermediate_size": 7040,
        "num_hidden_layers": 24,
        "num_attention_heads": 20,
        "num_key_value_heads": 20,
        "head_dim": 128,
        "max_position_embeddings": 4096,
    },
)
def helium(fields: Fields) -> Shape:
    return dense(fields, switched(fields, "qkv"))


@family(
    "hunyuan_v1_dense", defaults=LLAMA | {"vocab_size": 290943, "max_position_embeddings": 2048}
)
def hunyuan(fields: Fields) -> Shape:
    names = ("self_attn.query_layernorm", "self_attn.key_layernorm")
    style = replace(switched(fields), mlp_bias=False, qk_norm="head", qk_names=names)
    return dense(fields, style)


@family(
    "arcee",
    defaults=LLAMA
    | {"hidden_size": 2560, "intermediate_size": 18432, "max_position_embeddings": 4096},
)
def arcee(fields: Fields) -> Shape:
    return dense(fields, replace(switched(fields), names=PLAIN))


@family(
    "jais2",
    defaults=LLAMA
    | {
        "vocab_size": 150272,
        "hidden_size": 3328,
        "intermediate_size": 26624,
        "num_attention_heads": 26,
        "max_position_embeddings": 8192,
        "attention_bias": True,
        "mlp_bias": True,
    },
)
def jais2(fields: Fields) -> Shape:
    return dense(fields, replace(switched(fields), names=PLAIN, affine=True))


@family(
    "apertus",
    defaults=LLAMA
    | {"vocab_size": 131072, "intermediate_size": 14336, "max_position_embeddings": 65536},
)
def apertus(fields: Fields) -> Shape:
    """Its activation function, xIELU, has two learned numbers a layer."""
    names = (("attention_layernorm", "attn_norm"), ("feedforward_layernorm", "ffn_norm"))
    style = replace(switched(fields), mlp_bias=False, names=PLAIN, qk_norm="head", norms=names)
    learned = vector("mlp.act_fn.alpha_p", 1, "mlp") + vector("mlp.act_fn.alpha_n", 1, "mlp")
    return dense(fields, style, more=lambda *_: learned)


@family(
    "bitnet",
    defaults=LLAMA
    | {
        "vocab_size": 128256,
        "hidden_size": 2560,
        "intermediate_size": 6912,
        "num_hidden_layers": 30,
        "num_attention_heads": 20,
        "num_key_value_heads": 5,
    },
)
def bitnet(fields: Fields) -> Shape:
    """Two further norms stand inside the attention and the feed-forward block."""

    def inside(heads: Heads, inner: int) -> Tensors:
        return (
            *norm("self_attn.attn_sub_norm", heads.width, gguf="attn_sub_norm"),
            *norm("mlp.ffn_sub_norm", inner, gguf="ffn_sub_norm"),
        )

    style = replace(switched(fields), mlp_bias=False)
    return dense(fields, style, heads=read_heads(fields), more=inside)


@family(
    "nanochat",
    defaults=LLAMA
    | {
        "vocab_size": 50304,
        "hidden_size": 768,
        "intermediate_size": 8192,
        "num_hidden_layers": 12,
        "num_attention_heads": 6,
    },
)
def nanochat(fields: Fields) -> Shape:
    """Its norms have nothing to learn."""
    style = replace(switched(fields), mlp_bias=False, names=("fc1", "fc2"), norms=(), final="")
    return dense(fields, style)


@family(
    "ernie4_5",
    defaults=LLAMA
    | {
        "vocab_size": 103424,
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_hidden_layers": 18,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "head_dim": 128,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": True,
    },
)
def ernie(fields: Fields) -> Shape:
    biased = fields.flag("use_bias")
    return dense(fields, Style(bias="qkvo" if biased else "", mlp_bias=biased))
