"""The form of a calculator: a GET form whose address is the calculation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from calculator.core.catalog import MODELS, Model
from calculator.fields import CalculatorField

MAX_SHOWN = 10_000


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of inputs, offered as a link."""

    label: str
    values: Mapping[str, str]
    model: str = ""

    @property
    def query_values(self) -> Mapping[str, str]:
        return {"model": self.model} if self.model else self.values

    @property
    def settings(self) -> str:
        return urlencode(self.values)


@dataclass(frozen=True, slots=True)
class Presets:
    """A row of presets, shown after one field, or before all of them where `after` is ""."""

    after: str
    label: str
    options: tuple[Preset, ...]


def settings_of(model: Model, fields: Mapping[str, str]) -> dict[str, str]:
    return {name: model.setting(key) for name, key in fields.items()}


def model_presets(after: str, fields: Mapping[str, str], *slugs: str) -> Presets:
    """Return links to catalogue models; `fields` is the form's own `model_fields`."""
    options = tuple(
        Preset(MODELS[slug].name, settings_of(MODELS[slug], fields), model=slug) for slug in slugs
    )
    return Presets(after, "Models", options)


class CalculatorForm(forms.Form):
    """Fields in their address order, presets, and models whose settings fill several fields.

    `model_fields` maps this form's inputs to settings of a catalogue model: `?model=<slug>` then
    fills them in, and inputs that equal a model's settings shorten back to that address.
    """

    presets: ClassVar[tuple[Presets, ...]] = ()
    model_fields: ClassVar[Mapping[str, str]] = {}
    details: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def read(cls, query: Mapping[str, str], defaults: Mapping[str, str]) -> "CalculatorForm":
        """Bind the form to an address: what it says, else its model, else the defaults."""
        values = {name: str(field.initial) for name, field in cls.base_fields.items()}
        values |= {name: text for name, text in defaults.items() if name in values}
        slug = (query.get("model") or "").strip().casefold()
        model = MODELS.get(slug) or MODELS.get(defaults.get("model", ""))
        if model is not None and not (slug and slug not in MODELS):
            values |= cls.model_values(model)
        values |= {name: query[name] for name in values if name in query}
        form = cls(data=values)
        form.asked_model = "" if slug in MODELS else slug[:60]
        return form

    asked_model: str = ""

    @classmethod
    def model_values(cls, model: Model) -> dict[str, str]:
        return settings_of(model, cls.model_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.asked_model and self.model_fields:
            message = f"There is no model “{self.asked_model}” here. Enter its settings instead."
            self.add_error(None, message)
        if not self.errors:
            self.cross_check(cleaned)
        return cleaned

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        """Rules between fields; a widget overrides this and calls `add_error`."""

    @property
    def model(self) -> Model | None:
        """The catalogue model whose settings the inputs equal, if there is one."""
        if not self.model_fields or not self.is_valid():
            return None
        for model in MODELS.values():
            wanted = self.model_values(model)
            if all(self.reads_as(name, text) for name, text in wanted.items()):
                return model
        return None

    def reads_as(self, name: str, text: str) -> bool:
        return bool(self.cleaned_data[name] == self.fields[name].clean(text))

    def address(self, defaults: Mapping[str, str]) -> str:
        """The shortest query that brings this calculation back: "" when all is default."""
        base = type(self).read({}, defaults)
        base.full_clean()
        changed = {
            name: field.short(self.cleaned_data[name])
            for name, field in self.calculator_fields()
            if self.cleaned_data[name] != base.cleaned_data.get(name)
        }
        model = self.model
        if model is not None and any(name in changed for name in self.model_fields):
            rest = {name: text for name, text in changed.items() if name not in self.model_fields}
            changed = {"model": model.slug, **rest}
        return urlencode(changed)

    def calculator_fields(self) -> Iterator[tuple[str, CalculatorField]]:
        for name, field in self.fields.items():
            yield name, cast("CalculatorField", field)

    def shown(self, name: str) -> str:
        """What the reader typed, kept for the field (cut only where it could not be sent back)."""
        return str(self.data.get(name, ""))[:MAX_SHOWN]


def single_values(query: QueryDict | Mapping[str, str]) -> dict[str, str]:
    """One value a name: a doubled parameter counts once, the last one winning."""
    return {str(name): str(query.get(name) or "") for name in query}
