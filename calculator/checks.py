"""System checks that prove each widget: its template, its partials, its defaults, its terms."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from calculator.registry import Widget, all_widgets

PARTIALS = ("picture", "omissions")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@register()
def check_widgets(*, app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [message for widget in all_widgets() for message in check_widget(widget)]


def check_widget(widget: Widget) -> Iterator[CheckMessage]:
    for partial in PARTIALS:
        try:
            get_template(f"{widget.template_name}#{partial}")
        except TemplateDoesNotExist:
            hint = f"Write templates/{widget.template_name} with {{% partialdef {partial} %}}"
            yield problem("E001", "A calculator has no template", widget, hint)
    form = widget.form.read({}, {})
    if not form.is_valid():
        yield problem("E002", "A calculator's defaults are refused", widget, form.errors.as_text())
    if not widget.terms or not all(SLUG.fullmatch(term) for term in widget.terms):
        yield problem("E003", "A calculator names no valid terms", widget)
    if widget.switch and widget.switch not in widget.form.base_fields:
        yield problem("E004", "A calculator switches by an unknown input", widget)


def problem(number: str, message: str, widget: Widget, hint: str = "") -> Error:
    return Error(message, hint=hint, obj=widget.slug, id=f"calculator.{number}")
