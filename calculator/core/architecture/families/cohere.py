"""Cohere's Command and Aya: one norm a layer, attention and feed-forward side by side, tied.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import every, windows
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

COHERE = {
    "vocab_size": 256000,
    "hidden_size": 8192,
    "intermediate_size": 22528,
    "num_hidden_layers": 40,
    "num_attention_heads": 64,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
}
COHERE2 = COHERE | {"sliding_window": 4096, "sliding_window_pattern": 4}
ONE = (("input_layernorm", "attn_norm"),)


def bias(fields: Fields) -> str:
    return "qkvo" if fields.flag("attention_bias") else ""


@family("cohere", defaults=COHERE)
def cohere(fields: Fields) -> Shape:
    norms = "all" if fields.flag("use_qk_norm") else ""
    return dense(fields, Style(bias=bias(fields), norms=ONE, qk_norm=norms))


@family("cohere2", defaults=COHERE2, names={"sliding_window_pattern": ("_sliding_window_pattern",)})
def cohere2(fields: Fields) -> Shape:
    """Every fourth layer sees everything."""
    layers = fields.layers()
    pattern = every(layers, fields.size("sliding_window_pattern"))
    window_of = windows(fields, layers, pattern=pattern)
    return dense(fields, Style(bias=bias(fields), norms=ONE), window_of=window_of)
