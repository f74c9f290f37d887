"""Meta's Code World Model: Llama with a window in three of four layers.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import windows
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

CWM = {
    "vocab_size": 128256,
    "hidden_size": 6144,
    "intermediate_size": 21504,
    "num_hidden_layers": 64,
    "num_attention_heads": 48,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "sliding_window": 8192,
}


@family("cwm", defaults=CWM)
def cwm(fields: Fields) -> Shape:
    """Full attention in every fourth layer from the first on."""
    layers = fields.layers()
    kinds = ["sliding" if number % 4 else "full" for number in range(layers)]
    style = Style(mlp_bias=fields.flag("mlp_bias"))
    return dense(fields, style, window_of=windows(fields, layers, pattern=kinds))
