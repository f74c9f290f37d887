"""MiniMax-01 and M1: lightning attention with a constant state, full attention in between.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026. The files of
MiniMax's own releases say `attn_type_list` (0 for lightning) instead of `layer_types`.
"""

from collections.abc import Sequence

from calculator.core.architecture.decoder import read_heads
from calculator.core.architecture.dense import LLAMA, attention_layer, layer_norms
from calculator.core.architecture.families.mixtral import LOCAL, MIXTRAL, local
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, attention, linear, norm, stack
from calculator.core.architecture.parts_experts import mixture_tensors
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import finished
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

KINDS = {"full_attention": "full", "attention": "full", "linear_attention": "linear"}


@family("minimax", "minimax_text_01", "minimax_m1", defaults=MIXTRAL, names=LOCAL)
def minimax(fields: Fields) -> Shape:
    heads, mixture = read_heads(fields), local(fields)
    after = (*mixture_tensors(heads.width, mixture), *layer_norms(heads.width, LLAMA))

    def build(kind: str) -> Layer:
        if kind == "full":
            return attention_layer((*attention(heads), *after), heads)
        state = Cache("state", matched=heads.count * heads.size * heads.size)
        tensors = (*_lightning(heads), *after)
        return Layer(tensors=tensors, cache=state, kind="linear")

    return finished(fields, stack(_kinds(fields), build), heads, mixture=mixture)


def _lightning(heads: Heads, prefix: str = "self_attn.") -> Tensors:
    width, inner, part = heads.width, heads.q, "attention"
    return (
        *linear(f"{prefix}qkv_proj", width, 3 * inner, part, gguf="attn_qkv"),
        *norm(f"{prefix}norm", inner, gguf="attn_sub_norm"),
        *linear(f"{prefix}output_gate", width, inner, part, gguf="attn_gate"),
        *linear(f"{prefix}out_proj", inner, width, part, gguf="attn_output"),
    )


def _kinds(fields: Fields) -> Sequence[str]:
    layers = fields.layers()
    listed = fields.numbers("attn_type_list")
    by_list = ["full" if number else "linear" for number in listed or []]
    if by_list and len(by_list) < layers:
        sentence = f"names {len(by_list)} layers, but num_hidden_layers is {layers}"
        raise fields.refuse("attn_type_list", sentence)
    named = fields.layer_kinds(layers, KINDS)
    if named and by_list and named != by_list[:layers]:
        raise fields.refuse("attn_type_list", "names other layers than layer_types does")
    if named or by_list:
        return named or by_list[:layers]
    return ["linear" if number % 2 else "full" for number in range(layers)]
