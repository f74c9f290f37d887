"""Lists of terms: by letter, by category, and the filter that lives in the address."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from glossary.models import Category, Entry, Level
from glossary.queries import EntryQuerySet


@dataclass(frozen=True, slots=True)
class Filter:
    """Which terms a list shows; an unknown value filters nothing."""

    category: str = ""
    level: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filter":
        level = query.get("level", "")
        slug = query.get("category", "")[:80].replace("\0", "")
        known = Category.objects.filter(slug=slug).exists() if slug else False
        return cls(slug if known else "", level if level in Level.values else "")

    def __bool__(self) -> bool:
        return bool(self.category or self.level)

    @property
    def levels(self) -> list[str]:
        return list(Level.values)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Letters in order, each with its terms; `letters` says of every letter if it has any."""

    groups: list[tuple[str, list[Entry]]]
    total: int

    @property
    def letters(self) -> list[tuple[str, bool]]:
        used = {letter for letter, _ in self.groups}
        return [(letter, letter in used) for letter in string.ascii_uppercase]


def alphabet(entries: EntryQuerySet, chosen: Filter) -> Alphabet:
    if chosen.category:
        entries = entries.filter(category__slug=chosen.category)
    if chosen.level:
        entries = entries.filter(level=chosen.level)
    ordered = sorted(entries, key=lambda entry: (entry.letter, entry.title.casefold()))
    groups = [
        (letter, list(group)) for letter, group in groupby(ordered, key=lambda entry: entry.letter)
    ]
    return Alphabet(groups, len(ordered))


def by_category(entries: Iterable[Entry]) -> list[tuple[Category, list[Entry]]]:
    """Group terms under their categories, in the categories' own order."""
    ordered = sorted(entries, key=lambda entry: (entry.category.position, entry.title.casefold()))
    grouped = groupby(ordered, key=lambda entry: entry.category)
    return [(category, list(group)) for category, group in grouped]
