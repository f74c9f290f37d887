"""Llama 3.2 with vision: layers that read the image stand between Llama's own.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around, decoder, read_heads
from calculator.core.architecture.dense import LLAMA as LIKE_LLAMA
from calculator.core.architecture.dense import attention_layer, attention_tensors, layer_norms
from calculator.core.architecture.families.llama import LLAMA
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import attention, feed_forward, head_norms, vector
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

CROSSING = "The layers that read the image keep its keys and values once, not for each token."
# Rows of the input table for the image's own tokens, which the head cannot produce.
EXTRA_ROWS = 8
DEFAULTS = LLAMA | {
    "vocab_size": 128256,
    "intermediate_size": 14336,
    "num_hidden_layers": 40,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131072,
    "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38],
}


@family("mllama_text_model", defaults=DEFAULTS)
def mllama(fields: Fields) -> Shape:
    """The head is never the input table, which has rows of its own."""
    heads = read_heads(fields)
    crossing = set(fields.numbers("cross_attention_layers") or ())
    shared = (
        *feed_forward(heads.width, fields.size("intermediate_size")),
        *layer_norms(heads.width, LIKE_LLAMA),
    )
    own = attention_layer((*attention_tensors(heads, LIKE_LLAMA), *shared), heads)
    names = ("cross_attn.q_norm", "cross_attn.k_norm")
    tensors = (
        *attention(heads, prefix="cross_attn."),
        *head_norms(heads.size, heads.size, names=names),
        *vector("cross_attn_attn_gate", 1, "attention"),
        *vector("cross_attn_mlp_gate", 1, "mlp"),
        *shared,
    )
    image: Layer = replace(own, tensors=tensors, kind="decoder", cache=Cache())
    layers = [image if number in crossing else own for number in range(fields.layers())]
    shape = decoder(fields, tuple(layers), heads, Around(tied=False))
    table, *outer = shape.outer
    table = replace(table, rows=table.rows + EXTRA_ROWS)
    return replace(shape, outer=(table, *outer), notes=(CROSSING,))
