"""RWKV-4: time mixing with a state of five vectors a layer, and channel mixing; no attention.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around, decoder
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, linear, norm, vector
from calculator.core.architecture.parts_mixers import learned, mixing
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

RWKV = {
    "vocab_size": 50277,
    "context_length": 1024,
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "tie_word_embeddings": False,
}


@family("rwkv", defaults=RWKV, names={"max_position_embeddings": ("context_length",)})
def rwkv(fields: Fields) -> Shape:
    """The first layer also normalises the embedding."""
    width = fields.size("hidden_size")
    tensors = (*_time_mixing(fields, width), *_channel_mixing(fields, width), *_norms(width))
    # Of the five vectors the two last inputs follow the model's type, the sums are 32-bit.
    cache = Cache("state", state=3 * width, matched=2 * width)
    layer = Layer(tensors=tensors, cache=cache, kind="linear")
    first = replace(layer, tensors=(*norm("pre_ln", width, bias=True), *tensors))
    layers = (first, *(layer,) * (fields.layers() - 1))
    final = norm("ln_out", width, bias=True, gguf="output_norm")
    return decoder(fields, layers, around=Around(table="embeddings", head="head", final=final))


def _time_mixing(fields: Fields, width: int, prefix: str = "attention.") -> Tensors:
    inner = fields.optional("attention_hidden_size") or width
    mixes = ("key", "value", "receptance")
    return (
        *learned(f"{prefix}time_decay", inner),
        *learned(f"{prefix}time_first", inner),
        *(tensor for name in mixes for tensor in learned(f"{prefix}time_mix_{name}", width)),
        *(tensor for name in mixes for tensor in mixing(f"{prefix}{name}", width, inner, "")),
        *mixing(f"{prefix}output", inner, width, ""),
    )


def _channel_mixing(fields: Fields, width: int, prefix: str = "feed_forward.") -> Tensors:
    inner = fields.optional("intermediate_size") or 4 * width
    return (
        *vector(f"{prefix}time_mix_key", width, "mlp"),
        *vector(f"{prefix}time_mix_receptance", width, "mlp"),
        *linear(f"{prefix}key", width, inner, "mlp"),
        *linear(f"{prefix}receptance", width, width, "mlp"),
        *linear(f"{prefix}value", inner, width, "mlp"),
    )


def _norms(width: int) -> Tensors:
    return (*norm("ln1", width, bias=True), *norm("ln2", width, bias=True))
