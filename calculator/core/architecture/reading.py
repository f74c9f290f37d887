"""From the text or the fields of a config.json to a shape, by its `model_type`."""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from calculator.core.architecture import families
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import FAMILIES, Family
from calculator.core.architecture.rotary import rope_factors
from calculator.core.architecture.vocabulary import ONLY_TEXT, ConfigError, Shape

__all__ = ["FAMILIES", "parse", "read_config", "read_text"]

# NVIDIA's MiniMax-M3-NVFP4 lists every layer it left as it was: 3.1 MB, the longest one known.
LARGEST_TEXT = 2**22
# Objects that describe a tower for images or sound beside the language model.
TOWERS = ("vision_config", "visual", "audio_config")
TOO_LONG = "is longer than 4 MiB: a config.json is smaller"


def read_text(text: str) -> Shape:
    """Return the shape that the text of a config.json describes.

    Raises ConfigError for text that is not a JSON object, is longer than 4 MiB, or describes a
    model that is not known or contradicts itself.
    """
    if len(text) > LARGEST_TEXT:
        raise ConfigError(f"The file {TOO_LONG}")
    if not text.strip():
        raise ConfigError("The file is empty")
    try:
        values = parse(text)
    except json.JSONDecodeError as error:
        where = f"{error.msg.lower()} in line {error.lineno}, column {error.colno}"
        raise ConfigError(f"The file is not valid JSON: {where}") from error
    return read_config(values)


def parse(text: str) -> Any:
    """Return the values of a JSON text.

    NaN and Infinity are read, because state-space models write them for a limit of time. Raises
    json.JSONDecodeError for text that is no JSON, and ConfigError for a name that is given two
    values, objects too deep to read and numbers of thousands of digits.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (json.JSONDecodeError, ConfigError):
        raise
    except RecursionError as error:
        raise ConfigError("The file is nested too deep to be a config.json") from error
    except ValueError as error:
        raise ConfigError("The file holds a number of thousands of digits") from error


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
    family = known(model_type)
    fields, inside = family.fields(values), values.get("text_config")
    if isinstance(inside, Mapping) and not (family.wraps or fields.has("hidden_size")):
        # Some files name the language model's own type, yet describe it one level down.
        family = known(inside.get("model_type", model_type))
        fields = family.fields(inside, "text_config.")
    # One type may name a plain model and one that sees (Qwen and Qwen-VL, ChatGLM and GLM-4V).
    left_out = not family.wraps and any(isinstance(values.get(name), Mapping) for name in TOWERS)
    shape = family.build(fields)
    return replace(
        shape,
        model_type=model_type,
        rope_factors=rope_factors(values, shape.head_dim),
        notes=tuple(dict.fromkeys(_notes(shape, fields, left_out=left_out))),
    )


def known(model_type: Any) -> Family:
    family = FAMILIES.get(model_type) if isinstance(model_type, str) else None
    if family is None:
        raise ConfigError(f"model_type “{model_type!s:.40}” is not a family known here")
    return family


def _notes(shape: Shape, fields: Fields, *, left_out: bool) -> Iterator[str]:
    yield from shape.notes
    yield from fields.notes
    if left_out:
        yield ONLY_TEXT
    yield from _assumed(fields.assumed, fields.model_type)


def _assumed(assumed: Mapping[str, int], model_type: str) -> tuple[str, ...]:
    if not assumed:
        return ()
    sizes = ", ".join(f"{name} {number}" for name, number in assumed.items())
    return (f"Not in the file, taken from the published defaults of {model_type}: {sizes}.",)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        for name, value in pairs:
            if values[name] != value:
                raise ConfigError(f"{name:.40} is given twice, with different values")
    return values


def discover() -> None:
    for module in pkgutil.iter_modules(families.__path__):
        importlib.import_module(f"{families.__name__}.{module.name}")


discover()
