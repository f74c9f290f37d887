"""Reads settings into shapes as tests write them, and says what of a shape is of interest."""

import json
from pathlib import Path
from typing import Any

import pytest

from calculator.core.architecture import ConfigError, Shape, read_config
from calculator.core.formats import weights
from calculator.core.serving import Run

DATA = Path(__file__).parent / "data"
CONFIGS: dict[str, dict[str, Any]] = {
    row["id"]: row["config"] for row in json.loads((DATA / "models.json").read_text("utf-8"))
}


def read(model_type: str, **fields: Any) -> Shape:
    return read_config({"model_type": model_type, **fields})


def shape_of(name: str, **changes: Any) -> Shape:
    """A published model of tests/data/models.json, some of its fields changed."""
    return read_config({**CONFIGS[name], **changes})


def run_of(name: str, file_format: str = "bf16", **asked: Any) -> Run:
    shape = shape_of(name)
    size = weights(shape, file_format).bytes
    return Run(shape=shape, weights=size, format=file_format, **{"context": 8192, **asked})


def refusal(model_type: str, **fields: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read(model_type, **fields)
    return str(caught.value)


def kinds(shape: Shape) -> list[str]:
    return [layer.kind for layer in shape.layers]


def sparse_layers(shape: Shape) -> list[bool]:
    return [any(part.line == "moe_experts" for part in layer.tensors) for layer in shape.layers]
