"""The pages that search engines may know: everything a visitor can reach without a query."""

from datetime import date

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from calculator.catalogue.queries import LanguageModelQuerySet
from calculator.core.devices import devices
from calculator.models import LanguageModel
from calculator.registry import Widget, all_widgets
from glossary.models import Category, Entry
from glossary.queries import CategoryQuerySet, EntryQuerySet


class EntrySitemap(Sitemap):
    def items(self) -> EntryQuerySet:
        return Entry.objects.listed().only("slug", "title", "updated")

    def lastmod(self, item: Entry) -> date:
        return item.updated


class CategorySitemap(Sitemap):
    def items(self) -> CategoryQuerySet:
        return Category.objects.with_public_entries()


class CalculatorSitemap(Sitemap):
    def items(self) -> list[Widget]:
        return all_widgets()

    def location(self, item: Widget) -> str:
        return reverse("calculator:widget", args=[item.slug])


class HardwareSitemap(Sitemap):
    def items(self) -> list[str]:
        return list(devices())

    def location(self, item: str) -> str:
        return reverse("hardware:device", args=[item])


class ModelSitemap(Sitemap):
    def items(self) -> LanguageModelQuerySet:
        return LanguageModel.objects.public().only("slug", "checked")

    def lastmod(self, item: LanguageModel) -> date:
        return item.checked


class PageSitemap(Sitemap):
    def items(self) -> list[str]:
        return [
            "glossary:home",
            "glossary:index",
            "glossary:method",
            "calculator:index",
            "models:index",
            "models:check",
            "hardware:index",
            "accuracy:index",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {
    "pages": PageSitemap,
    "entries": EntrySitemap,
    "categories": CategorySitemap,
    "calculators": CalculatorSitemap,
    "models": ModelSitemap,
    "hardware": HardwareSitemap,
}
