"""A calculator as one page shows it: the bound form, its answers, its addresses."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from calculator.catalogue.choosing import Maker, makers
from calculator.core.result import Result
from calculator.fields import CalculatorField, OptionField
from calculator.forms import CalculatorForm, single_values
from calculator.registry import Widget

LIVE = re.compile(r'(<(?:span|a) class="live [^"]*\blive-(?P<name>[\w-]+)"[^>]*>)[^<]*(?=</)')


# The number of the one variant that a picture in a text has.
STILL = -1


@dataclass(frozen=True, slots=True)
class Variant:
    """One answer of a switched choice; `number` is its place, which the style sheet shows by."""

    number: int
    chosen: bool
    result: Result

    @property
    def css(self) -> str:
        if self.number == STILL:
            return ""
        return f"when sw-{self.number}{' is-now' if self.chosen else ''}"


@dataclass(frozen=True)
class Card:
    """Everything that `calculator/card.html` draws.

    `action` is the page's own address (where the form goes without script), `fragment` is where
    redraws come from, `defaults` are the values that this page starts from; a `still` card is a
    picture in a text, which no switch on the page changes. `carried` is what a form that is posted
    brings along besides its fields, because it is too long for an address. A second card of a page
    has a `part`, with which its ids begin; `beside` are the settings of the page's other card,
    which every address and form of this one keeps.
    """

    widget: Widget
    form: CalculatorForm
    action: str
    fragment: str
    defaults: Mapping[str, str] = field(default_factory=dict)
    still: bool = False
    carried: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        return self.part.rstrip("-") or "try"

    @property
    def method(self) -> str:
        return "post" if self.carried else "get"

    @cached_property
    def valid(self) -> bool:
        return self.form.is_valid()

    @cached_property
    def answered(self) -> CalculatorForm:
        """The form whose answer is shown: the page's defaults while the reader's has errors."""
        if self.valid:
            return self.form
        form = type(self.form).read({}, self.defaults)
        form.full_clean()
        return form

    @cached_property
    def result(self) -> Result:
        return self.run(self.answered.cleaned_data)

    def run(self, cleaned: Mapping[str, Any]) -> Result:
        return self.answered.about(self.widget.run(cleaned), cleaned)

    @cached_property
    def makers(self) -> list[Maker]:
        """The catalogue to choose a model from, where this calculator takes one; asks once."""
        return makers() if self.form.model_fields and self.method == "get" else []

    @property
    def chosen_slug(self) -> str:
        model = self.form.asked if self.form.refusal else self.form.model
        return model.slug if model else ""

    @cached_property
    def variants(self) -> list[Variant]:
        name = self.widget.switch
        if self.still:
            return [Variant(STILL, chosen=True, result=self.result)]
        if not name:
            return [Variant(0, chosen=True, result=self.result)]
        field = self.form.fields[name]
        assert isinstance(field, OptionField)
        cleaned = self.answered.cleaned_data
        return [
            Variant(
                number,
                option.value == cleaned[name],
                self.run({**cleaned, name: option.value}),
            )
            for number, option in enumerate(field.options)
        ]

    @cached_property
    def query(self) -> str:
        return self.answered.address(self.defaults)

    @cached_property
    def address(self) -> str:
        """The shareable address of this calculation on this page."""
        parts = (self.query, urlencode(self.beside))
        query = "&".join(filter(None, reversed(parts) if self.part else parts))
        return f"{self.action}?{query}" if query else self.action

    @property
    def live_names(self) -> list[str]:
        return [*self.result.outputs, *(f"in-{name}" for name in self.form.fields)]

    def live_text(self, name: str) -> str:
        """The words of one live number; all its variants where the page can switch them."""
        texts = [self.variant_text(variant, name) for variant in self.variants]
        if len(set(texts)) == 1:
            return html.escape(texts[0])
        return "".join(
            f'<span class="{variant.css}">{html.escape(text)}</span>'
            for variant, text in zip(self.variants, texts, strict=True)
        )

    def variant_text(self, variant: Variant, name: str) -> str:
        if name in variant.result.outputs:
            return variant.result.outputs[name].text
        return input_text(self.answered, name.removeprefix("in-"), variant, self.widget.switch)

    def follow(self, text: str) -> str:
        """Return rendered prose with its live numbers set to this calculation."""

        def put(match: re.Match[str]) -> str:
            name = match["name"]
            return match[1] + self.live_text(name) if name in self.live_names else match[0]

        return LIVE.sub(put, text)


def input_text(form: CalculatorForm, name: str, variant: Variant, switch: str) -> str:
    field = form.fields[name]
    assert isinstance(field, CalculatorField)
    if name == switch and isinstance(field, OptionField):
        return field.words(field.options[variant.number].value)
    return field.words(form.cleaned_data[name])


def make_card(
    widget: Widget,
    query: Mapping[str, str],
    *,
    action: str = "",
    fragment: str = "",
    defaults: Mapping[str, str] | None = None,
    carried: Mapping[str, str] | None = None,
) -> Card:
    defaults = defaults or {}
    return Card(
        widget=widget,
        form=widget.form.read(single_values(query), defaults),
        action=action or reverse("calculator:widget", args=[widget.slug]),
        fragment=fragment or reverse("calculator:result", args=[widget.slug]),
        defaults=defaults,
        carried=carried or {},
    )
