"""Relatives of Llama whose layers have one part more, fewer windows, or fused projections.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026. Baichuan's own
code (baichuan-inc/Baichuan2-7B-Base, modeling_baichuan.py) has no sizes to fall back on; InternLM's
and Orion's are those of theirs (internlm/internlm-7b, OrionStarAI/Orion-14B-Base).
"""

from dataclasses import replace

from calculator.core.architecture.decoder import windows
from calculator.core.architecture.dense import BEFORE, Style, dense
from calculator.core.architecture.families.gpt import plain_heads
from calculator.core.architecture.families.llama import LLAMA, switched
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, vector
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

PERI = (*BEFORE, ("post_norm1", "post_attention_norm"), ("post_norm2", "post_ffw_norm"))


@family("hyperclovax", defaults=LLAMA | {"use_post_norm": True})
def hyperclovax(fields: Fields) -> Shape:
    norms = PERI if fields.flag("use_post_norm") else BEFORE
    return dense(fields, replace(switched(fields), norms=norms))


@family(
    "granite_swa",
    defaults=LLAMA
    | {
        "vocab_size": 100352,
        "hidden_size": 2560,
        "intermediate_size": 8192,
        "num_hidden_layers": 24,
        "num_attention_heads": 20,
        "num_key_value_heads": 4,
        "max_position_embeddings": 8192,
        "tie_word_embeddings": True,
        "sliding_window": 128,
    },
)
def granite_swa(fields: Fields) -> Shape:
    """Every fourth layer from the first on sees everything; each head has a learned sink."""

    def sinks(heads: Heads, inner: int) -> Tensors:
        return vector("self_attn.sinks", heads.count, "attention", gguf="attn_sinks")

    layers = fields.layers()
    pattern = ["sliding" if number % 4 else "full" for number in range(layers)]
    window_of = windows(fields, layers, pattern=pattern)
    return dense(fields, switched(fields), window_of=window_of, more=sinks)


@family("baichuan", names={"max_position_embeddings": ("model_max_length",)})
def baichuan(fields: Fields) -> Shape:
    style = Style(fused_qkv=("W_pack", "o_proj"))
    return dense(fields, style, heads=plain_heads(fields))


@family("internlm", defaults=LLAMA | {"vocab_size": 103168, "bias": True})
def internlm(fields: Fields) -> Shape:
    return dense(fields, Style(bias="qkvo" if fields.flag("bias") else ""))


@family("orion", defaults=LLAMA | {"vocab_size": 84608, "max_position_embeddings": 4096})
def orion(fields: Fields) -> Shape:
    """Its norms have an offset beside their gain."""
    return dense(fields, replace(switched(fields), mlp_bias=False, affine=True))
