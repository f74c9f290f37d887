"""A term page as its template reads it: sections in order, relations by kind, its calculator."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from calculator.cards import Card
from glossary.models import Alias, Entry, Relation
from glossary.relations import INVERSE

HEADINGS = {
    "broader": "A kind or part of",
    "narrower": "Kinds and parts",
    "related": "Related",
    "contrast": "Not the same as",
    "read-first": "Read first",
    "read-next": "Then read",
}
LEVELS = (
    ("plain", "Plain"),
    ("working", "Working"),
    ("exact", "Exact"),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A term one click away, and why to click."""

    entry: Entry
    reason: str


class TermPage:
    """Puts an entry's stored HTML and its relations into the order of the page."""

    def __init__(self, entry: Entry, card: Card | None) -> None:
        self.entry = entry
        self.card = card

    def html(self, name: str) -> SafeString:
        """Stored, sanitised HTML with its live numbers set to this page's calculation."""
        return self.live(self.entry.rendered.get(name, ""))

    def live(self, text: str) -> SafeString:
        return mark_safe(self.card.follow(text) if self.card else text)

    @cached_property
    def levels(self) -> list[tuple[str, str, SafeString]]:
        return [(name, label, self.html(name)) for name, label in LEVELS if self.html(name)]

    @cached_property
    def sections(self) -> dict[str, SafeString]:
        return {
            name: self.html(name)
            for name, value in self.entry.rendered.items()
            if isinstance(value, str)
        }

    @cached_property
    def guess(self) -> dict[str, Any] | None:
        guess = self.entry.rendered.get("guess") or {}
        return self.marked(guess) if guess.get("options") else None

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        return [self.marked(row) for row in self.entry.rendered.get("questions", [])]

    @cached_property
    def prompts(self) -> list[dict[str, Any]]:
        return [self.marked(row) for row in self.entry.rendered.get("prompts", [])]

    @cached_property
    def key_numbers(self) -> list[dict[str, Any]]:
        rows = self.entry.rendered.get("key_numbers", [])
        return [{**row, "value": self.live(row["value"])} for row in rows]

    def marked(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with its texts marked as the finished HTML that they are."""
        return {
            name: self.live(value)
            if isinstance(value, str)
            else [self.marked(item) for item in value]
            if isinstance(value, list)
            else value
            for name, value in row.items()
        }

    @cached_property
    def aliases(self) -> list[str]:
        return [
            alias.text for alias in self.entry.aliases.all() if alias.kind == Alias.Kind.ALTERNATIVE
        ]

    @cached_property
    def neighbours(self) -> dict[str, list[Neighbour]]:
        """Neighbours by kind of relation, inverse ones included, each entry once a kind."""
        found: dict[str, dict[str, Neighbour]] = {kind: {} for kind in HEADINGS}
        for kind, entry, reason in self.edges():
            found[kind].setdefault(entry.slug, Neighbour(entry, reason))
        return {kind: list(rows.values()) for kind, rows in found.items()}

    def edges(self) -> Iterator[tuple[str, Entry, str]]:
        relation: Relation
        for relation in self.entry.relations.all():
            yield relation.kind, relation.target, relation.reason
        for relation in self.entry.inverse_relations.all():
            yield INVERSE[relation.kind], relation.source, relation.reason

    @cached_property
    def connections(self) -> list[tuple[str, list[Neighbour]]]:
        """What "How it connects" shows: every kind that the page has."""
        return [(HEADINGS[kind], rows) for kind, rows in self.neighbours.items() if rows]

    @property
    def contrasts(self) -> list[Neighbour]:
        return self.neighbours["contrast"]

    @property
    def parts(self) -> list[Neighbour]:
        return self.neighbours["narrower"]

    @cached_property
    def contents(self) -> list[tuple[str, str]]:
        """The rail: anchors of the sections that this page really has."""
        wanted = [
            ("main", "Definition", True),
            ("try", "Try it", self.card),
            ("why", "Why it matters", self.sections.get("why_it_matters")),
            ("numbers", "Key numbers", self.key_numbers),
            ("how", "How it works", self.sections.get("how_it_works")),
            ("parts", "Kinds and parts", self.parts),
            ("vs", "Easily confused", self.contrasts),
            ("mistakes", "Common mistakes", self.sections.get("common_mistakes")),
            ("example", "Worked example", self.sections.get("worked_example")),
            ("faq", "Questions", self.questions),
            ("check", "Check yourself", self.prompts),
            ("rel", "Connections", self.connections),
            ("sources", "Sources", list(self.entry.sources.all())),
        ]
        return [(anchor, label) for anchor, label, there in wanted if there]
