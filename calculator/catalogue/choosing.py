"""Finds the model that an address names, and lists the catalogue for calculators to offer."""

from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import ValidationError
from django.urls import reverse

from calculator.core.architecture import ConfigError, read_text
from calculator.core.catalog import MODELS, Model
from calculator.core.real_models import RealModel

type AnyModel = Model | RealModel


@dataclass(frozen=True, slots=True)
class Maker:
    """One heading of the list and the models under it: their slugs and names."""

    name: str
    models: tuple[tuple[str, str], ...]


def find(slug: str) -> AnyModel | None:
    """Return a preset, else a published model of the catalogue, which costs one query."""
    # Models are classes of the app registry, which is filled after the calculators are imported.
    from calculator.models import SLUG, LanguageModel

    if slug in MODELS:
        return MODELS[slug]
    # Whatever cannot be a slug is not sent to the database, which refuses some characters loudly.
    try:
        SLUG(slug)
    except ValidationError:
        return None
    row = LanguageModel.objects.public().filter(slug=slug).values_list("name", "config").first()
    if row is None:
        return None
    name, config = row
    try:
        return RealModel(slug, name, read_text(config))
    except ConfigError:
        return None


def makers() -> list[Maker]:
    """List the published models under their makers, in one query."""
    from calculator.models import LanguageModel

    rows = LanguageModel.objects.public().order_by("maker", "name")
    found = rows.values_list("maker", "slug", "name")
    return [
        Maker(name, tuple((slug, title) for _, slug, title in group))
        for name, group in groupby(found, key=lambda row: row[0])
    ]


def page(model: AnyModel | None) -> str:
    """The address of a model of the catalogue; presets have no page of their own."""
    return reverse("models:model", args=[model.slug]) if isinstance(model, RealModel) else ""
