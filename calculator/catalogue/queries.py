"""What pages ask of the catalogue, as verbs on a QuerySet. Visitors' pages start at `public()`."""

from typing import TYPE_CHECKING, Self

from django.db import models

from calculator.catalogue import counting

if TYPE_CHECKING:
    from calculator.models import LanguageModel

# What a page about one model needs and a list of all of them does not.
LONG = ("config", "sources", "published_counts", "note")


class LanguageModelQuerySet(models.QuerySet["LanguageModel"]):
    def get_by_natural_key(self, slug: str) -> "LanguageModel":
        return self.get(slug=slug)

    def public(self) -> Self:
        return self.filter(is_public=True)

    def for_lists(self) -> Self:
        return self.public().defer(*LONG)

    def newest_first(self) -> Self:
        return self.order_by(models.F("released").desc(nulls_last=True), "name")

    def count_again(self) -> int:
        """Fill the counted columns of these models with the engine as it is now."""
        found = list(self)
        for model in found:
            counting.fill(model)
        self.bulk_update(found, counting.COLUMNS)
        return len(found)
