"""Any model's exact shape from its config.json: tensors by layer, and what each layer caches."""

from calculator.core.architecture.reading import FAMILIES, read_config, read_text
from calculator.core.architecture.vocabulary import (
    CACHE_KINDS,
    LINES,
    PARTS,
    Cache,
    ConfigError,
    Layer,
    Shape,
    Tensor,
)

__all__ = [
    "CACHE_KINDS",
    "FAMILIES",
    "LINES",
    "PARTS",
    "Cache",
    "ConfigError",
    "Layer",
    "Shape",
    "Tensor",
    "read_config",
    "read_text",
]
