"""Gemma 3n: several streams side by side (AltUp), inputs for each layer, and shared caches.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around, decoder, every, read_heads, windows
from calculator.core.architecture.dense import attention_layer, layer_norms
from calculator.core.architecture.families.gemma4 import (
    GEMMA4,
    NORMS,
    finish,
    own_attention,
    per_layer,
    per_layer_tables,
    shared_from,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, feed_forward, linear, norm, stack, vector
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape

GEMMA3N = GEMMA4 | {
    "vocab_size": 262400,
    "hidden_size": 2048,
    "intermediate_size": 16384,
    "num_hidden_layers": 35,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32768,
    "num_kv_shared_layers": 15,
    "laurel_rank": 64,
    "altup_num_inputs": 4,
}


@family("gemma3n_text", defaults=GEMMA3N)
def gemma3n(fields: Fields) -> Shape:
    """Every fifth layer sees everything; several streams run side by side (AltUp)."""
    heads = read_heads(fields)
    width, layers = heads.width, fields.layers()
    window_of = windows(fields, layers, pattern=every(layers, 5))
    inners = inner_widths(fields, layers)
    first = shared_from(fields, layers)
    rest = (
        *layer_norms(width, NORMS),
        *per_layer(fields, width),
        *streams(fields, width),
        *laurel(fields, width),
    )

    def build(kind: tuple[int, bool, int]) -> Layer:
        window, shared, inner = kind
        own = own_attention(fields, heads, shared=shared, one=False)
        layer = attention_layer((*own, *feed_forward(width, inner), *rest), heads, window)
        return finish(layer, shared=shared)

    kinds = [
        (window, number >= first, inner)
        for number, (window, inner) in enumerate(zip(window_of, inners, strict=True))
    ]
    more = (*per_layer_tables(fields, width, layers), *stream_projections(fields, width))
    return decoder(fields, stack(kinds, build), heads, Around(more=more))


def inner_widths(fields: Fields, layers: int) -> list[int]:
    """One inner width for all layers, or a list with one for each."""
    if not isinstance(fields.raw("intermediate_size"), list):
        return [fields.size("intermediate_size")] * layers
    found = fields.numbers("intermediate_size", least=1) or []
    return fields.by_layer("intermediate_size", found, layers)


def streams(fields: Fields, width: int) -> Tensors:
    """AltUp: predicts and corrects the streams that a layer does not compute."""
    count = fields.size("altup_num_inputs")
    return (
        *vector("altup.correct_output_scale", width, "other", gguf="altup_correct_scale"),
        *linear("altup.correction_coefs", count, count, "other", gguf="altup_correct_coef"),
        *linear("altup.prediction_coefs", count, count**2, "other", gguf="altup_predict_coef"),
        *linear("altup.modality_router", width, count, "other", gguf="altup_router"),
        *norm("altup.router_norm", width, gguf="altup_router_norm"),
    )


def stream_projections(fields: Fields, width: int) -> Tensors:
    """The projections into the further streams and back out of them."""
    further = fields.size("altup_num_inputs") - 1
    names = ("altup_projections", "altup_proj"), ("altup_unembed_projections", "altup_unembd_proj")
    return tuple(
        replace(tensor, copies=further, active=further)
        for name, role in names
        if further
        for tensor in linear(name, width, width, "other", gguf=role)
    )


def laurel(fields: Fields, width: int) -> Tensors:
    """A learned residual of low rank beside the attention."""
    rank = fields.size("laurel_rank")
    return (
        *linear("laurel.linear_left", width, rank, "other", gguf="laurel_l"),
        *linear("laurel.linear_right", rank, width, "other", gguf="laurel_r"),
        *norm("laurel.post_laurel_norm", width, gguf="laurel_post_norm"),
    )
