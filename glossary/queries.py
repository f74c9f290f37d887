"""What pages ask of the glossary, as verbs on QuerySets. Visitors' pages start at `public()`."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Prefetch, Q

if TYPE_CHECKING:
    from glossary.models import Category, Entry


class CategoryQuerySet(models.QuerySet["Category"]):
    def get_by_natural_key(self, slug: str) -> "Category":
        return self.get(slug=slug)

    def with_public_entries(self) -> Self:
        """Keep the categories that visitors can open, each with its number of terms."""
        public = Q(entries__state="published")
        counted = self.annotate(terms=Count("entries", filter=public)).filter(terms__gt=0)
        return counted.order_by("position", "name")


class EntryQuerySet(models.QuerySet["Entry"]):
    def get_by_natural_key(self, slug: str) -> "Entry":
        return self.get(slug=slug)

    def public(self) -> Self:
        """Everything that has an address for visitors: not the drafts."""
        return self.exclude(state="draft")

    def listed(self) -> Self:
        """What lists, search and counts show: published, not replaced."""
        return self.filter(state="published")

    def for_lists(self) -> Self:
        return self.listed().select_related("category").defer("rendered")

    def for_page(self) -> Self:
        return (
            self.public()
            .select_related("category", "replaced_by")
            .prefetch_related("aliases", "sources", *neighbours())
        )


def neighbours() -> list[Any]:
    """Prefetch both directions of the relations, drafts left out."""
    from glossary.models import Mention, Relation

    light = ("slug", "title", "definition", "state", "calculator")
    relations = Relation.objects.exclude(target__state="draft").select_related("target")
    inverse = Relation.objects.exclude(source__state="draft").select_related("source")
    mentions = Mention.objects.exclude(source__state="draft").select_related("source")
    return [
        Prefetch(
            "relations",
            relations.only("source", "kind", "reason", "position", *prefixed("target", light)),
        ),
        Prefetch(
            "inverse_relations",
            inverse.only("target", "kind", "reason", "position", *prefixed("source", light)),
        ),
        Prefetch(
            "mentioned_in", mentions.only("target", "sentence", "source__slug", "source__title")
        ),
    ]


def prefixed(name: str, fields: tuple[str, ...]) -> list[str]:
    return [f"{name}__{field}" for field in fields]
