"""Reads a config.json that somebody brings, and says in words what is wrong with any other file.

Nothing that is brought is stored, logged or put into an address.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from calculator.core.architecture import ConfigError, Shape, read_config
from calculator.core.architecture.reading import parse

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 200_000
DEEPEST = 12
MOST_KEYS = 2_000
# What a zip, a GGUF file, a picture and a PDF begin with, by the name people know them under.
BINARY = {b"PK": "a zip file", b"GGUF": "a GGUF file", b"\x89PNG": "a picture", b"%PDF": "a PDF"}
# Some of the fields by which the other files of a repository are known.
OTHER_FILES = (
    ({"weight_map"}, "model.safetensors.index.json"),
    ({"added_tokens_decoder"}, "tokenizer_config.json"),
    ({"tokenizer_class"}, "tokenizer_config.json"),
    ({"version", "added_tokens"}, "tokenizer.json"),
    ({"base_model_name_or_path"}, "adapter_config.json"),
    ({"peft_type"}, "adapter_config.json"),
    ({"do_sample"}, "generation_config.json"),
    ({"temperature"}, "generation_config.json"),
    ({"dim", "n_layers"}, "params.json"),
)


class CheckForm(forms.Form):
    """Either of the two: a pasted text, or a file, which counts when there are both."""

    config = forms.CharField(
        label="Paste a config.json",
        required=False,
        strip=False,
        widget=forms.Textarea,
    )
    file = forms.FileField(label="Or choose the file", required=False, allow_empty_file=True)

    shape: Shape | None = None
    text: str = ""
    refusal: str = ""

    @property
    def shown(self) -> str:
        """What was brought, kept in the field: the text of the file, else what was pasted."""
        return self.text or str(self.data.get("config") or "")[:MOST_BYTES]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.refusal:
            self.add_error("config", self.refusal)
            return cleaned
        file = cleaned.get("file")
        try:
            pasted = str(cleaned.get("config") or "").removeprefix("\ufeff")
            self.text = decoded(file) if file else pasted
            self.shape = shape_of(self.text)
        except ValidationError as error:
            self.add_error("file" if file else "config", error)
        return cleaned


@dataclass(frozen=True, slots=True)
class Weight:
    """How deep an object goes and how many keys and items it has."""

    depth: int
    keys: int


def decoded(file: "UploadedFile[bytes]") -> str:
    """The text of an uploaded file; ValidationError where it is too long or no text."""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(too_long(file.size or 0))
    data: bytes = file.read(MOST_BYTES + 1)
    for start, kind in BINARY.items():
        if data.startswith(start):
            raise ValidationError(f"This is {kind}, not a config.json")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "This file is not text: a config.json is, and safetensors or bin files are not"
        raise ValidationError(message) from error


def shape_of(text: str) -> Shape:
    """The shape a text describes; ValidationError in one sentence for everything else."""
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise ValidationError(too_long(size))
    if not text.strip():
        raise ValidationError("Paste the text of a config.json, or choose the file")
    if "\0" in text:
        raise ValidationError("This is not text: a config.json holds no null characters")
    try:
        return read_config(read_object(text))
    except ConfigError as error:
        raise ValidationError(str(error).rstrip(".")) from error


def too_long(size: int) -> str:
    return f"This has {size:,} bytes, and a config.json at most {MOST_BYTES:,} here"


def read_object(text: str) -> Mapping[str, Any]:
    try:
        found = parse(text)
    except json.JSONDecodeError as error:
        message = (
            f"This is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}"
        )
        raise ValidationError(message) from error
    if not isinstance(found, dict):
        kind = "a list" if isinstance(found, list) else "a single value"
        raise ValidationError(f"This is {kind}: a config.json is one object, in braces")
    weight = weigh(found)
    if weight.depth > DEEPEST or weight.keys > MOST_KEYS:
        message = f"A config.json has at most {DEEPEST} levels and {MOST_KEYS:,} values here"
        raise ValidationError(message)
    if other := other_file(found):
        raise ValidationError(other)
    return found


def weigh(value: Any) -> Weight:
    """Walk without recursion, because the file decides how deep it is."""
    deepest, keys, open_values = 0, 0, [(value, 1)]
    while open_values:
        item, depth = open_values.pop()
        inside = list(item.values()) if isinstance(item, dict) else item
        if not isinstance(inside, list):
            continue
        deepest, keys = max(deepest, depth), keys + len(inside)
        open_values += [(each, depth + 1) for each in inside]
    return Weight(deepest, keys)


def other_file(found: Mapping[str, Any]) -> str:
    """Say which of a repository's other files this is, where it is one that people mix up."""
    if "model_type" in found and "weight_map" not in found:
        return ""
    for names, file in OTHER_FILES:
        if names <= set(found):
            return f"This is {file}, not the config.json of a model: that lies beside its weights"
    return ""
