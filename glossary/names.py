"""Compares names the way people type them: no case, accents or hyphens, and a slip or two."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from rapidfuzz import process
from rapidfuzz.distance import OSA

KEY_LENGTH = 60
LETTERS_PER_SLIP = 4
LONG_ENOUGH_TO_GUESS = 3
LONG_ENOUGH_TO_FINISH = 5


class Kind(IntEnum):
    """How a term is reached, the strongest way first."""

    TITLE = 0
    ALIAS = 1
    TITLE_WORD = 2
    ALIAS_WORD = 3
    DEFINITION = 4


@dataclass(frozen=True, slots=True)
class Name:
    """One way into a term; `text` is the other name to show, where there is one."""

    key: str
    kind: Kind
    term: int
    text: str = ""

    def strength(self, asked: str) -> tuple[bool, Kind, int]:
        """Sorts the whole name before its beginning, then by kind, then the closest first."""
        whole = self.key == asked and self.kind in (Kind.TITLE, Kind.ALIAS)
        return not whole, self.kind, len(self.key)


def traced(text: str) -> tuple[str, list[int]]:
    """Fold a text, and say for each character of the result where in the text it came from."""
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if part.isalnum():
                folded.append(part)
                origins.append(position)
    return "".join(folded), origins


def fold(text: str) -> str:
    """Keep the letters and digits alone: “KV-cache” and “kv cache” are the same name."""
    return traced(text)[0]


def word_starts(origins: list[int]) -> list[int]:
    """Return where words begin in a folded text: after anything that was no letter or digit."""
    gaps = enumerate(pairwise(origins), 1)
    return [0, *(at for at, (before, here) in gaps if here - before > 1)] if origins else []


def ways(kind: Kind, inner: Kind | None, term: int, text: str, shown: str = "") -> Iterator[Name]:
    """Yield the name itself and, with `inner`, what begins at each of its later words."""
    folded, origins = traced(text)
    for start in word_starts(origins):
        if start == 0 or inner is not None:
            key = folded[start : start + KEY_LENGTH]
            yield Name(key, kind if start == 0 or inner is None else inner, term, shown)


def mark_beginning(text: str, asked: str) -> SafeString:
    """Return the text as HTML, with the first word beginning that was asked for marked."""
    folded, origins = traced(text)
    for start in word_starts(origins):
        if asked and folded.startswith(asked, start):
            first, last = origins[start], origins[start + len(asked) - 1] + 1
            return format_html("{}<mark>{}</mark>{}", text[:first], text[first:last], text[last:])
    return escape(text)


class Names:
    """Every way into every term, in the order of their letters."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = sorted(names, key=lambda name: name.key)
        self.keys = [name.key for name in self.names]
        self.cuts: dict[int, dict[str, dict[int, Kind]]] = {}

    def beginning(self, asked: str) -> Iterator[Name]:
        for at in range(bisect_left(self.keys, asked), len(self.keys)):
            if not self.keys[at].startswith(asked):
                return
            yield self.names[at]

    def best(self, asked: str, weakest: Kind) -> dict[int, Name]:
        """Return the strongest name of each term that begins as asked."""
        found: dict[int, Name] = {}
        if not asked:
            return found
        for name in self.beginning(asked):
            if name.kind > weakest:
                continue
            known = found.get(name.term)
            if known is None or name.strength(asked) < known.strength(asked):
                found[name.term] = name
        return found

    def nearest(self, words: list[str]) -> list[int]:
        """Return the terms whose names are a slip or two away from the words, nearest first.

        A slip is a letter too many, too few, another one, or two in each other's place. The words
        are tried as one name, then each alone; a long word may also be the beginning of a name.
        """
        found: dict[int, tuple[int, int, Kind]] = {}
        for place, asked in enumerate(dict.fromkeys(["".join(words), *words])):
            for slips, kind, term in self.within_slips(asked):
                near = place, slips, kind
                found[term] = min(near, found.get(term, near))
        return sorted(found, key=lambda term: found[term])

    def within_slips(self, asked: str) -> Iterator[tuple[int, Kind, int]]:
        if len(asked) < LONG_ENOUGH_TO_GUESS:
            return
        cuts = [KEY_LENGTH]
        if len(asked) >= LONG_ENOUGH_TO_FINISH:
            cuts += [len(asked), len(asked) + 1]
        allowed = max(1, len(asked) // LETTERS_PER_SLIP)
        for cut in cuts:
            names = self.beginnings(cut)
            for key, slips, _ in process.extract(
                asked, names.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                for term, kind in names[key].items():
                    # A name that goes on is a weaker guess than one that ends here.
                    yield int(slips) + (cut != KEY_LENGTH), kind, term

    def beginnings(self, cut: int) -> dict[str, dict[int, Kind]]:
        """Return the names cut to a length, with the terms they lead to; made once for a length."""
        if cut not in self.cuts:
            made: dict[str, dict[int, Kind]] = {}
            for name in self.names:
                if name.kind is not Kind.DEFINITION:
                    terms = made.setdefault(name.key[:cut], {})
                    terms[name.term] = min(name.kind, terms.get(name.term, name.kind))
            self.cuts[cut] = made
        return self.cuts[cut]
