"""Finds every calculator by walking `calculator/widgets/`: a new one is a file, not a row."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from calculator.core.result import Output, Result
from calculator.forms import CalculatorForm

__all__ = ["Output", "Result", "Widget", "all_widgets", "discover", "get", "widget"]

type Compute = Callable[..., Result]


@dataclass(frozen=True, kw_only=True)
class Widget:
    """One calculator: what it asks, how it computes, which terms it explains.

    `switch` names the choice whose every answer is already in the page, so that choosing costs no
    request; `order` sorts the list of calculators; `terms` are slugs of glossary entries.
    """

    slug: str
    title: str
    question: str
    form: type[CalculatorForm]
    compute: Compute
    terms: tuple[str, ...]
    order: int
    switch: str = ""

    @property
    def template_name(self) -> str:
        return f"calculator/widgets/{self.slug}.html"

    @cached_property
    def has_below(self) -> bool:
        """Whether its template draws something under the two columns, like the ladder."""
        return self.draws("below")

    @cached_property
    def has_sources(self) -> bool:
        """Whether its template lists where the lines of its answer come from."""
        return self.draws("sources")

    @cached_property
    def figure_name(self) -> str:
        """The partial that stands in a text: one made for it, else the picture of the card."""
        return f"{self.template_name}#{'figure' if self.draws('figure') else 'picture'}"

    def draws(self, partial: str) -> bool:
        try:
            get_template(f"{self.template_name}#{partial}")
        except TemplateDoesNotExist:
            return False
        return True

    def run(self, cleaned: Mapping[str, Any]) -> Result:
        return self.compute(**cleaned)


_widgets: dict[str, Widget] = {}


def widget(
    module: str,
    *,
    title: str,
    question: str,
    form: type[CalculatorForm],
    terms: tuple[str, ...],
    order: int,
    switch: str = "",
) -> Callable[[Compute], Compute]:
    """Register the decorated function as the calculator that is named like its module."""
    slug = module.rpartition(".")[2].replace("_", "-")

    def register(compute: Compute) -> Compute:
        if slug in _widgets:
            message = f"There are two calculators named “{slug}”"
            raise ValueError(message)
        _widgets[slug] = Widget(
            slug=slug,
            title=title,
            question=question,
            form=form,
            compute=compute,
            terms=terms,
            order=order,
            switch=switch,
        )
        return compute

    return register


def discover() -> None:
    from calculator import widgets

    for module in pkgutil.iter_modules(widgets.__path__):
        importlib.import_module(f"{widgets.__name__}.{module.name}")


def get(slug: str) -> Widget | None:
    return _widgets.get(slug)


def all_widgets() -> list[Widget]:
    return sorted(_widgets.values(), key=lambda item: item.order)
