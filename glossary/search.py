"""Finds the terms that a reader means: by their names first, then by what is written about them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.utils.html import escape
from django.utils.safestring import SafeString

from glossary import editions
from glossary.documents import SECTIONS
from glossary.fulltext import Found, FullText, Text
from glossary.models import Alias, Category, Entry
from glossary.names import Kind, Name, Names, fold, mark_beginning, ways
from glossary.rendering import plain_text

MAX_LENGTH = 200
MAX_RESULTS = 20
MAX_SUGGESTIONS = 6
MAX_GUESSES = 5
# Shorter beginnings stand in nearly every definition.
DEFINITION_LENGTH = 3
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Term:
    """What a list of results shows of an entry."""

    slug: str
    title: str
    definition: str
    category: Category


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found, its texts as HTML with what was asked for marked."""

    term: Term
    title: SafeString
    definition: SafeString
    also: SafeString
    excerpt: SafeString = NOTHING


@dataclass(frozen=True, slots=True)
class Answer:
    """The best hits of `total`; `all_words` is false where no term has every word."""

    hits: Sequence[Hit] = ()
    total: int = 0
    all_words: bool = True
    guesses: Sequence[Term] = ()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Terms to offer while someone types; `guessed` where only the spelling is near."""

    hits: Sequence[Hit] = ()
    guessed: bool = False


def readable(asked: str) -> str:
    """Return what was asked on one line, without control characters and not too long."""
    text = "".join(character if character.isprintable() else " " for character in asked)
    return " ".join(text.split())[:MAX_LENGTH].rstrip()


def search(asked: str) -> Answer:
    """Find terms for a page of results; any text is a valid question."""
    return catalogue().search(readable(asked))


def suggest(asked: str) -> Suggestions:
    """Find terms for what is typed so far, by names and definitions only."""
    return catalogue().suggest(readable(asked))


def catalogue() -> "Catalogue":
    """Return the index of the present edition, made again when the glossary has changed."""
    edition = editions.current()
    return Catalogue() if edition is None else catalogue_of(edition)


@lru_cache(maxsize=1)
def catalogue_of(edition: UUID) -> "Catalogue":
    return Catalogue()


class Catalogue:
    """Every listed term, ready to be searched, in this process's memory."""

    def __init__(self) -> None:
        entries = list(
            Entry.objects.listed().select_related("category").prefetch_related("aliases")
        )
        self.terms = [
            Term(entry.slug, entry.title, entry.definition, entry.category) for entry in entries
        ]
        self.names = Names(
            name for number, entry in enumerate(entries) for name in names_of(number, entry)
        )
        self.texts = FullText(text_of(entry) for entry in entries)

    def search(self, asked: str) -> Answer:
        if not asked:
            return Answer()
        key = fold(asked)
        named = self.names.best(key, weakest=Kind.ALIAS_WORD)
        found = self.texts.find(asked)
        numbers = sorted(
            named.keys() | found.scores.keys(),
            key=lambda number: self.place(number, key, named, found),
        )
        if not numbers:
            return Answer(guesses=self.guesses(asked)[:MAX_GUESSES])
        hits = [self.result(number, named, found) for number in numbers[:MAX_RESULTS]]
        return Answer(hits, len(numbers), found.all_words or bool(named))

    def place(
        self, number: int, key: str, named: dict[int, Name], found: Found
    ) -> tuple[bool, int, float, str]:
        """Sort by the strength of the name; within the same, by the text and then by letters."""
        score = found.scores.get(number, 0.0)
        title = self.terms[number].title.casefold()
        if number not in named:
            return True, Kind.DEFINITION, -score, title
        unlike, kind, length = named[number].strength(key)
        return unlike, kind, float(length) if kind <= Kind.ALIAS else -score, title

    def result(self, number: int, named: dict[int, Name], found: Found) -> Hit:
        term = self.terms[number]
        also = named[number].text if number in named else ""
        return Hit(
            term,
            escape(term.title),
            found.mark(term.definition),
            escape(also),
            found.excerpt(number),
        )

    def suggest(self, asked: str) -> Suggestions:
        key = fold(asked)
        long = len(key) >= DEFINITION_LENGTH
        named = self.names.best(key, weakest=Kind.DEFINITION if long else Kind.ALIAS_WORD)
        numbers = sorted(
            named, key=lambda number: (named[number].strength(key), self.terms[number].title)
        )
        hits = [self.suggestion(named[number], key) for number in numbers[:MAX_SUGGESTIONS]]
        if hits:
            return Suggestions(hits)
        guesses = self.guesses(asked)[:MAX_SUGGESTIONS]
        return Suggestions([plain_hit(term) for term in guesses], guessed=bool(guesses))

    def suggestion(self, name: Name, key: str) -> Hit:
        term = self.terms[name.term]
        by_definition = name.kind is Kind.DEFINITION
        return Hit(
            term,
            mark_beginning(term.title, key),
            mark_beginning(term.definition, key) if by_definition else escape(term.definition),
            mark_beginning(name.text, key),
        )

    def guesses(self, asked: str) -> list[Term]:
        words = [folded for word in asked.split() if (folded := fold(word))]
        return [self.terms[number] for number in self.names.nearest(words)]


def plain_hit(term: Term) -> Hit:
    return Hit(term, escape(term.title), escape(term.definition), NOTHING)


def names_of(number: int, entry: Entry) -> Iterator[Name]:
    yield from ways(Kind.TITLE, Kind.TITLE_WORD, number, entry.title)
    yield from ways(Kind.ALIAS, None, number, entry.plural)
    for alias in entry.aliases.all():
        shown = alias.text if alias.kind == Alias.Kind.ALTERNATIVE else ""
        yield from ways(Kind.ALIAS, Kind.ALIAS_WORD, number, alias.text, shown)
    yield from ways(Kind.DEFINITION, Kind.DEFINITION, number, entry.definition)


def text_of(entry: Entry) -> Text:
    names = [entry.plural, *(alias.text for alias in entry.aliases.all())]
    return Text(entry.title, "\n".join(names), entry.definition, tuple(passages(entry)))


def passages(entry: Entry) -> Iterable[str]:
    """Yield what the entry's page says below the definition, in words."""
    rendered = entry.rendered
    markup = [rendered.get(name, "") for name in SECTIONS]
    for row in rendered.get("key_numbers", []):
        markup += [escape(row["label"]), row["value"]]
    for row in (*rendered.get("questions", []), *rendered.get("prompts", [])):
        markup += [row["question"], row["answer"]]
    return (plain_text(text) for text in markup if text)
