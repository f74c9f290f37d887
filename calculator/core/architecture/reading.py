"""From the text or the fields of a config.json to a shape, by its `model_type`."""

import importlib
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calculator.core.architecture import families
from calculator.core.architecture.registry import FAMILIES
from calculator.core.architecture.rotary import rope_factors
from calculator.core.architecture.vocabulary import ConfigError, Shape

__all__ = ["FAMILIES", "read_config", "read_text"]

LARGEST_TEXT = 2**20


def read_text(text: str) -> Shape:
    """Return the shape that the text of a config.json describes.

    Raises ConfigError for text that is not a JSON object, is longer than 1 MiB, or describes a
    model that is not known or contradicts itself.
    """
    if len(text) > LARGEST_TEXT:
        raise ConfigError("The file is longer than 1 MiB: a config.json is far smaller")
    try:
        values = json.loads(text, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError(f"The file is not valid JSON{where}") from error
    return read_config(values)


def read_config(values: Any) -> Shape:
    """Return the shape that the fields of a config.json describe.

    A field that is missing takes the published default of its family, and the shape's notes say
    which sizes were taken so. Raises ConfigError, one sentence naming the field, for an unknown
    `model_type`, a size that is no whole number or out of range, and fields that contradict.
    """
    if not isinstance(values, Mapping):
        raise ConfigError("A config.json must be one JSON object")
    model_type = values.get("model_type")
    if model_type is None:
        raise ConfigError("model_type is missing: it names the family of the model")
    if not isinstance(model_type, str):
        raise ConfigError("model_type must be a text such as “llama”")
    family = FAMILIES.get(model_type)
    if family is None:
        raise ConfigError(f"model_type “{model_type[:40]}” is not a family known here")
    fields = family.fields(values)
    shape = family.build(fields)
    return replace(
        shape,
        rope_factors=rope_factors(values, shape.head_dim),
        notes=(*shape.notes, *fields.notes, *_assumed(fields.assumed, model_type)),
    )


def _assumed(assumed: Mapping[str, int], model_type: str) -> tuple[str, ...]:
    if not assumed:
        return ()
    sizes = ", ".join(f"{name} {number}" for name, number in assumed.items())
    return (f"Not in the file, taken from the published defaults of {model_type}: {sizes}.",)


def _constant(name: str) -> float:
    # State-space models write Infinity for a limit of time; no size may be one.
    return float(name)


def discover() -> None:
    for module in pkgutil.iter_modules(families.__path__):
        importlib.import_module(f"{families.__name__}.{module.name}")


discover()
