"""Gemma 4 of one embedding for text, images and sound: without tables layer by layer.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.families.gemma4 import GEMMA4, gemma4
from calculator.core.architecture.registry import family

UNIFIED = GEMMA4 | {
    "max_position_embeddings": 262144,
    "sliding_window": 1024,
    "hidden_size_per_layer_input": 0,
}
family("gemma4_unified_text", defaults=UNIFIED)(gemma4)
