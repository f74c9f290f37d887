"""Mistral and Ministral: Llama's layers, with a window in older and in the smallest models.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import windows
from calculator.core.architecture.dense import dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

MISTRAL = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "sliding_window": 4096,
}
MINISTRAL_3 = MISTRAL | {
    "vocab_size": 131072,
    "num_hidden_layers": 34,
    "head_dim": 128,
    "max_position_embeddings": 262144,
    "sliding_window": None,
}


def mistral(fields: Fields) -> Shape:
    """A window, where there is one, holds in every layer unless `layer_types` says otherwise."""
    return dense(fields, window_of=windows(fields, fields.layers()))


family("mistral", "ministral", defaults=MISTRAL)(mistral)
family("ministral3", defaults=MINISTRAL_3)(mistral)
