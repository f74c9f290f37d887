"""Ways from a model to the calculators that its settings suit, filled in with them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from calculator import registry
from calculator.core.plainness import UnsuitedError
from calculator.core.real_models import RealModel

# Their question arises only where a token uses a part of the model.
SPARSE = {"active", "moe"}


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    question: str
    href: str


def calculator_links(model: RealModel) -> list[Link]:
    """One link a calculator; those whose formula does not fit this model are left out."""
    return [link for widget in registry.all_widgets() if (link := link_to(widget, model))]


def link_to(widget: registry.Widget, model: RealModel) -> Link | None:
    """A model of the catalogue goes by its name, one that was brought by its numbers."""
    dense = model.used_parameters == model.parameters
    if not widget.form.model_fields or (dense and widget.slug in SPARSE):
        return None
    try:
        values = widget.form.model_values(model)
    except UnsuitedError:
        return None
    if not widget.form.read(values, {}).is_valid():
        return None
    query = urlencode({"model": model.slug} if model.slug else values)
    href = f"{reverse('calculator:widget', args=[widget.slug])}?{query}"
    return Link(widget.title, widget.question, href)
