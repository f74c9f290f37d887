"""Gemma 1 to 3: a head size of its own, tied embeddings, and from Gemma 2 on layers that slide.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import every, windows
from calculator.core.architecture.dense import AROUND_BOTH, Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

GEMMA = {
    "vocab_size": 256000,
    "hidden_size": 3072,
    "intermediate_size": 24576,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "head_dim": 256,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
}
GEMMA2 = GEMMA | {
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "num_hidden_layers": 26,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "sliding_window": 4096,
}
GEMMA3 = GEMMA2 | {
    "vocab_size": 262208,
    "max_position_embeddings": 131072,
    "sliding_window_pattern": 6,
}


def bias(fields: Fields) -> str:
    return "qkvo" if fields.flag("attention_bias") else ""


@family("gemma", defaults=GEMMA)
def gemma(fields: Fields) -> Shape:
    return dense(fields, Style(bias=bias(fields)))


@family("gemma2", defaults=GEMMA2)
def gemma2(fields: Fields) -> Shape:
    """Every second layer sees everything."""
    layers = fields.layers()
    window_of = windows(fields, layers, pattern=every(layers, 2))
    return dense(fields, Style(bias=bias(fields), norms=AROUND_BOTH), window_of=window_of)


@family("vaultgemma", defaults=GEMMA2)
def vaultgemma(fields: Fields) -> Shape:
    """Gemma 2 without the norms behind its blocks."""
    layers = fields.layers()
    norms = (AROUND_BOTH[0], AROUND_BOTH[2])
    window_of = windows(fields, layers, pattern=every(layers, 2))
    return dense(fields, Style(bias=bias(fields), norms=norms), window_of=window_of)


@family(
    "gemma3_text", defaults=GEMMA3, names={"sliding_window_pattern": ("_sliding_window_pattern",)}
)
def gemma3(fields: Fields) -> Shape:
    """Every sixth layer sees everything; one that looks both ways halves the window."""
    layers = fields.layers()
    pattern = every(layers, fields.size("sliding_window_pattern"))
    window_of = windows(fields, layers, pattern=pattern)
    if fields.flag("use_bidirectional_attention"):
        window_of = tuple(window // 2 + 1 if window else 0 for window in window_of)
    style = Style(bias=bias(fields), norms=AROUND_BOTH, qk_norm="head")
    return dense(fields, style, window_of=window_of)
