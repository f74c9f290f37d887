"""Turns a document into what visitors read: made when it is saved, shown as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from glossary import figures
from glossary.arithmetic import typed_sizes
from glossary.calculations import PageNumbers, compute
from glossary.documents import SECTIONS, Document
from glossary.models import Alias, Entry, State
from glossary.rendering import Mention, Rendered, Target, render, render_inline


class Place(NamedTuple):
    """Where a text stands: in a field of the entry, or in a part of one of its rows."""

    field: str
    row: int | None = None
    part: str = ""


BEFORE_MARK = re.compile(r"\s+(?=<sup class=\"cite\">)")
SCROLL = '<div class="scroll" role="group" aria-label="Table" tabindex="0">'


@dataclass(frozen=True, slots=True)
class Problem:
    """What an editor has to mend: in which field, in which words, of which row.

    A draft may keep what `can_wait`; publishing refuses it.
    """

    field: str
    message: str
    row: int | None = None
    part: str = ""
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class Typeset:
    """`rendered` is stored with the entry; the rest is for the editor and for links back."""

    rendered: dict[str, Any]
    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]


def known_terms(without: str = "") -> dict[str, Target]:
    """Return every name that `[[links]]` may use: titles, plurals and aliases, in lower case.

    `without` is the slug of an entry whose names are left out: those it is about to lose.
    """
    terms: dict[str, Target] = {}
    entries = {}
    for pk, slug, title, plural, state in Entry.objects.exclude(slug=without).values_list(
        "pk", "slug", "title", "plural", "state"
    ):
        url = None if state == State.DRAFT else f"/terms/{slug}/"
        entries[pk] = Target(slug, url, title)
        terms.setdefault(plural.casefold(), entries[pk])
        terms[title.casefold()] = entries[pk]
    for pk, text in Alias.objects.exclude(entry__slug=without).values_list("entry", "text"):
        terms.setdefault(text.casefold(), entries[pk])
    terms.pop("", None)
    return terms


class Typesetter:
    """Renders the texts of one document and gathers what they mention and get wrong."""

    def __init__(self, document: Document, terms: Mapping[str, Target]) -> None:
        self.options: dict[str, Any] = {
            "terms": terms,
            "compute": compute,
            "live": PageNumbers(document.calculator, document.calculator_values),
            "citations": {row.key: number for number, row in enumerate(document.sources, 1)},
        }
        self.mentions: list[Mention] = []
        self.unknown: list[str] = []
        self.live: set[str] = set()
        self.problems: list[Problem] = []

    def block(self, place: Place, source: str) -> str:
        return "\n".join(
            self.picture(place, part.picture)
            if part.picture
            else self.keep(place, part.text, render)
            for part in figures.parts(source)
        )

    def picture(self, place: Place, match: re.Match[str]) -> str:
        caption = self.inline(place, match["caption"] or "")
        try:
            return figures.draw(match, caption)
        except ValueError as error:
            self.report(place, str(error))
            return ""

    def inline(self, place: Place, source: str) -> str:
        return self.keep(place, source, render_inline)

    def keep(self, place: Place, source: str, renderer: Any) -> str:
        try:
            rendered: Rendered = renderer(source, **self.options)
        except ValueError as error:
            self.report(place, str(error))
            return ""
        self.mentions += rendered.mentions
        self.unknown += rendered.unknown
        self.live |= set(rendered.live)
        for name in rendered.unknown:
            self.report(place, f"No entry answers to [[{name}]]", can_wait=True)
        for problem in rendered.problems:
            self.report(place, problem)
        for size in typed_sizes(source):
            message = f"“{size}” is typed by hand: let the engine compute it, or cite it"
            self.report(place, message, can_wait=True)
        return dress(rendered.html)

    def report(self, place: Place, message: str, *, can_wait: bool = False) -> None:
        self.problems.append(Problem(place.field, message, place.row, place.part, can_wait))


def dress(html: str) -> str:
    """Set marks close to the words they belong to, and let a wide table scroll by itself."""
    html = BEFORE_MARK.sub("", html)
    return html.replace("<table>", SCROLL + "<table>").replace("</table>", "</table></div>")


def typeset(document: Document, terms: Mapping[str, Target]) -> Typeset:
    setter = Typesetter(document, terms)
    rendered: dict[str, Any] = {
        name: setter.block(Place(name), text)
        for name, text in document.texts.items()
        if name in SECTIONS
    }
    rendered["guess"] = {
        "question": setter.inline(Place("guess"), document.guess),
        "options": [
            {
                "text": setter.inline(Place("guesses", number, "text"), row.text),
                "feedback": setter.inline(Place("guesses", number, "feedback"), row.feedback),
                "correct": row.correct,
            }
            for number, row in enumerate(document.guesses)
        ],
    }
    for name, rows in (("questions", document.questions), ("prompts", document.prompts)):
        rendered[name] = [
            {
                "question": setter.inline(Place(name, number, "question"), row.question),
                "answer": setter.block(Place(name, number, "answer"), row.answer),
            }
            for number, row in enumerate(rows)
        ]
    rendered["key_numbers"] = key_numbers(document, setter)
    rendered["live"] = sorted(setter.live)
    return Typeset(
        rendered,
        tuple(mention for mention in setter.mentions if mention.target != document.slug),
        tuple(dict.fromkeys(setter.unknown)),
        tuple(setter.problems),
    )


def key_numbers(document: Document, setter: Typesetter) -> list[dict[str, Any]]:
    numbers = setter.options["citations"]
    rows = []
    for number, row in enumerate(document.key_numbers):
        if row.source and row.source not in numbers:
            message = f"There is no source “{row.source}”"
            setter.report(Place("key_numbers", number, "source"), message)
        value = Place("key_numbers", number, "value")
        rows.append(
            {
                "label": row.label,
                "value": setter.inline(value, row.value) if row.value else "unknown",
                "status": row.status,
                "source": numbers.get(row.source),
            }
        )
    return rows
