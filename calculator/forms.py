"""The form of a calculator: a GET form whose address is the calculation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self, cast

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from calculator.catalogue import choosing
from calculator.catalogue.choosing import AnyModel
from calculator.core.catalog import MODELS
from calculator.core.plainness import UnsuitedError
from calculator.core.real_models import RealModel
from calculator.core.result import Result
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


def settings_of(model: AnyModel, fields: Mapping[str, str]) -> dict[str, str]:
    return {name: model.setting(key) for name, key in fields.items()}


def model_presets(after: str, fields: Mapping[str, str], *slugs: str, **fixed: str) -> Presets:
    """Return links to catalogue models; `fields` is the form's own `model_fields`.

    `fixed` are values of other inputs that every one of these models has.
    """
    options = tuple(
        Preset(MODELS[slug].name, settings_of(MODELS[slug], fields) | fixed, model=slug)
        for slug in slugs
    )
    return Presets(after, "Models", options)


def value_presets(name: str, label: str, values: Mapping[str, str]) -> Presets:
    """Return links that set the one field they stand after: values by what each link says."""
    return Presets(
        name, label, tuple(Preset(text, {name: value}) for text, value in values.items())
    )


class CalculatorForm(forms.Form):
    """Fields in their address order, presets, and models whose settings fill several fields.

    `model_fields` maps this form's inputs to settings of a model: `?model=<slug>` then fills them
    in, and inputs that equal the settings of the model asked for, or of one among the presets,
    shorten back to that address.
    """

    presets: ClassVar[tuple[Presets, ...]] = ()
    model_fields: ClassVar[Mapping[str, str]] = {}
    details: ClassVar[tuple[str, ...]] = ()

    # The model that the address names, why it was refused, and the values before the reader's own.
    asked: AnyModel | None = None
    refusal: str = ""
    start: Mapping[str, str]

    @classmethod
    def read(cls, query: Mapping[str, str], defaults: Mapping[str, str]) -> Self:
        """Bind the form to an address: what it says, else its model, else the defaults."""
        start = {name: str(field.initial) for name, field in cls.base_fields.items()}
        start |= {name: text for name, text in defaults.items() if name in start}
        asked, refusal = cls.find(query.get("model") or "")
        model = asked or (None if refusal else MODELS.get(defaults.get("model", "")))
        if model is not None:
            try:
                start |= cls.model_values(model)
            except UnsuitedError as reason:
                refusal = f"{model.name} {reason}."
        form = cls(data=start | {name: query[name] for name in start if name in query})
        form.asked, form.refusal, form.start = asked, refusal, start
        return form

    @classmethod
    def find(cls, name: str) -> tuple[AnyModel | None, str]:
        """Return the model of this slug, or None and the reason why there is none."""
        slug = name.strip().casefold()[:60]
        if not slug or not cls.model_fields:
            return None, ""
        found = choosing.find(slug)
        if found is None:
            return None, f"There is no model “{slug}” here. Enter its settings instead."
        return found, ""

    @classmethod
    def model_values(cls, model: AnyModel) -> dict[str, str]:
        """What the fields hold for a model; UnsuitedError where the formula does not fit it."""
        return settings_of(model, cls.model_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.refusal:
            self.add_error(None, self.refusal)
        if not self.errors:
            self.cross_check(cleaned)
        return cleaned

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        """Rules between fields; a widget overrides this and calls `add_error`."""

    @cached_property
    def model(self) -> AnyModel | None:
        """The model whose settings the inputs equal: the one asked for, or one of the presets."""
        if not self.model_fields or not self.is_valid():
            return None
        offered = [preset.model for row in self.presets for preset in row.options if preset.model]
        for model in (self.asked, *(MODELS[slug] for slug in offered)):
            if model is not None and self.has_settings_of(model):
                return model
        return None

    def has_settings_of(self, model: AnyModel) -> bool:
        return all(self.reads_as(name, text) for name, text in self.model_values(model).items())

    @property
    def elsewhere(self) -> str:
        """The page of a model that this formula does not fit."""
        return choosing.page(self.asked) if self.refusal else ""

    def about(self, result: Result, cleaned: Mapping[str, Any]) -> Result:
        """Add to an answer what is known of a whole model, where the inputs are its own."""
        if not isinstance(self.model, RealModel):
            return result
        return self.about_model(self.model, result, cleaned)

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        """A widget overrides this, and adds notes that its formula alone cannot give."""
        return result

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
        own = self.model_values(model) if model else {}
        if model and any(name in changed for name in own):
            rest = {name: text for name, text in changed.items() if name not in own}
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
