"""Reads settings into shapes as tests write them, and says what of a shape is of interest."""

from typing import Any

import pytest

from calculator.core.architecture import ConfigError, Shape, read_config


def read(model_type: str, **fields: Any) -> Shape:
    return read_config({"model_type": model_type, **fields})


def refusal(model_type: str, **fields: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read(model_type, **fields)
    return str(caught.value)


def kinds(shape: Shape) -> list[str]:
    return [layer.kind for layer in shape.layers]


def sparse_layers(shape: Shape) -> list[bool]:
    return [any(part.line == "moe_experts" for part in layer.tensors) for layer in shape.layers]
