"""Draws one field of a calculator from its form, its errors and its presets."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.utils.http import urlencode

from calculator.cards import Card
from calculator.core import formatting
from calculator.fields import CalculatorField, OptionField
from calculator.forms import Preset

register = template.Library()


@register.inclusion_tag("components/field.html")
def calculator_field(card: Card, name: str) -> dict[str, Any]:
    field = card.form.fields[name]
    assert isinstance(field, CalculatorField)
    value = card.answered.cleaned_data[name]
    context = field_messages(card, name) | {
        "fragment": card.fragment,
        "method": card.method,
        "part": card.part,
        "unit": getattr(field, "scale", 1),
        "switch": card.widget.switch == name,
        "value": card.form.shown(name),
        "answered": field.short(value),
        "presets": list(presets(card, name)),
    }
    slider = getattr(field, "slider", None)
    if slider is not None:
        context |= {"slider": slider, "position": field.position(value)}  # type: ignore[attr-defined]
    if isinstance(field, OptionField):
        # A choice stays as it was made while another field is still wrong.
        made = card.form.cleaned_data.get(name, value)
        context["chosen"] = made
        context["options"] = [
            (number, option, option.value == made) for number, option in enumerate(field.options)
        ]
    return context


@register.inclusion_tag("components/field.html#presets")
def calculator_presets(card: Card) -> dict[str, Any]:
    """Draw the presets that stand before all fields."""
    return {"presets": list(presets(card, ""))}


@register.inclusion_tag("components/field.html#redraw")
def calculator_messages(card: Card, name: str) -> dict[str, Any]:
    return field_messages(card, name) | {"oob": True}


def field_messages(card: Card, name: str) -> dict[str, Any]:
    field = card.form.fields[name]
    assert isinstance(field, CalculatorField)
    errors = list(card.form.errors.get(name, ()))
    value = None if errors else card.form.cleaned_data.get(name)
    context: dict[str, Any] = {
        "name": name,
        "field": field,
        "error": errors[0] if errors else "",
        "read_back": "" if value is None else field.read_back(value),
    }
    slider = getattr(field, "slider", None)
    if slider is not None and value is not None:
        position = field.position(value)  # type: ignore[attr-defined]
        context |= {"slider": slider, "position": position, "answered": field.short(value)}
    return context


def presets(card: Card, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of presets that stand after this field, the chosen one marked.

    They are links, so a card whose form has to be posted has none.
    """
    for row in card.form.presets:
        if row.after == name and card.method == "get":
            yield {
                "label": row.label,
                "options": [
                    {
                        "preset": preset,
                        "href": f"{card.action}?{kept(card, preset)}#{card.anchor}",
                        "current": chosen(card, preset),
                    }
                    for preset in row.options
                ],
            }


def kept(card: Card, preset: Preset) -> str:
    return urlencode({**preset.query_values, **card.beside})


def chosen(card: Card, preset: Preset) -> bool:
    return all(card.answered.reads_as(name, text) for name, text in preset.values.items())


# Three significant figures with a true minus sign.
register.filter("signed", formatting.significant)
register.filter("gigabytes", formatting.gigabytes)
register.filter("gibibytes", formatting.gibibytes)
register.filter("exact", formatting.exact)


@register.filter
def has_errors(card: Card, names: Iterable[str]) -> bool:
    """Whether one of these fields is wrong."""
    return any(name in card.form.errors for name in names)
