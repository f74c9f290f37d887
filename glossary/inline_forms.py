"""Reads the forms an entry may hold beside Markdown: links, numbers, live values and citations."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from glossary.sanitizing import FIRST_TOKEN, MAX_FORMS, TOKEN, Finished, is_safe_href

MAX_SENTENCE = 240

# \x02 starts Python-Markdown's own placeholders, such as the one for a code span. A link inside a
# table cell has to write its bar as \|.
LINK = r"(?<!\\)\[\[([^\[\]|\x02]{1,200}?)(?:\\?\|([^\[\]|\x02]{1,200}))?\]\]"
CITATION = r"(?<!\\)\[#([A-Za-z0-9][\w.-]{0,80})\]"
NUMBER = r"(?<!\\)\{=([^{}\x02]{1,300}?)=\}"
LIVE = r"(?<!\\)\{~\s*([A-Za-z][\w.-]{0,60})\s*~\}"
MALFORMED = r"(?<!\\)\{([=~])[^\n\x02]{0,40}"

_SENTENCE_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bca\.)(?<=[.!?])[)\]”’\"]*\s+(?=[^a-z\s])"
)
_SPACED_TOKEN = re.compile(rf"\s*({TOKEN.pattern})")


@dataclass(frozen=True, slots=True)
class Mention:
    """One link found in a text, with the words of the sentence that holds it."""

    target: str
    sentence: str


class Target(NamedTuple):
    """The entry a link leads to; without an address it is known but not public."""

    slug: str
    url: str | None
    title: str


class Computed(NamedTuple):
    """A value from the engine as words, and the page that shows how it came about."""

    text: str
    url: str


type Compute = Callable[[str], Computed]


@dataclass(slots=True)
class Forms:
    """Resolves each form once and keeps the outcome behind a one-character token."""

    terms: Mapping[str, Target]
    compute: Compute | None
    live: Compute | None
    citations: Mapping[str, int]
    finished: dict[str, Finished] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)

    def link(self, found: re.Match[str]) -> str:
        target = _one_line(found[1])
        words = _one_line(found[2] or "") or target
        entry = self.terms.get(target.casefold())
        if entry is None:
            self.unknown[target] = None
            return self._hold(html.escape(words), words)
        markup = html.escape(words)
        if entry.url is not None and is_safe_href(entry.url):
            markup = f'<a class="term" href="{html.escape(entry.url)}">{markup}</a>'
        token = self._hold(markup, words)
        self.targets[token] = entry.slug
        return token

    def number(self, found: re.Match[str]) -> str:
        computed = self._asked(self.compute, _one_line(found[1]), found[0])
        if computed is None:
            return self._as_typed(found)
        text = html.escape(computed.text)
        if is_safe_href(computed.url):
            text = f'<a class="num" href="{html.escape(computed.url)}">{text}</a>'
        return self._hold(text, computed.text)

    def live_value(self, found: re.Match[str]) -> str:
        name = found[1]
        computed = self._asked(self.live, name, found[0])
        if computed is None:
            return self._as_typed(found)
        self.names[name] = None
        text, css = html.escape(computed.text), _css(name)
        if not name.startswith("in."):
            return self._hold(f'<span class="live out live-{css}">{text}</span>', computed.text)
        field_name = _css(name.removeprefix("in."))
        url = computed.url if computed.url.startswith("#") else f"#{field_name}"
        return self._hold(
            f'<a class="live {field_name} live-{css}" href="{html.escape(url)}">{text}</a>',
            computed.text,
        )

    def citation(self, found: re.Match[str]) -> str:
        number = self.citations.get(found[1])
        if number is None:
            self.problems[f"{found[0]}: no source of this entry has the key “{found[1]}”."] = None
            return self._as_typed(found)
        mark = f'<sup class="cite"><a href="#source-{number}">{number}</a></sup>'
        return self._hold(mark, "")

    def malformed(self, found: re.Match[str]) -> None:
        asked, end = (self.compute, "=}") if found[1] == "=" else (self.live, "~}")
        if asked is not None:
            start = _one_line(found[0])
            self.problems[f"“{start}” starts an inline form that does not end in “{end}”."] = None

    def mentions(self, blocks: list[str]) -> tuple[Mention, ...]:
        """Return the links in reading order, each with its sentence, the same pair only once."""
        mentions: dict[Mention, None] = {}
        for block in blocks:
            for sentence in _SENTENCE_END.split(_SPACED_TOKEN.sub(self._without_mark, block)):
                for token in TOKEN.finditer(sentence):
                    if slug := self.targets.get(token[0]):
                        mentions[Mention(slug, self._around(sentence, token))] = None
        return tuple(mentions)

    def _without_mark(self, spaced: re.Match[str]) -> str:
        return spaced[0] if self.finished[spaced[1]].words else ""

    def _around(self, sentence: str, token: re.Match[str]) -> str:
        # A longer part than this could not be shown anyway, and would be read again for each link.
        before = self._words(sentence[max(0, token.start() - MAX_SENTENCE) : token.start()])
        after = self._words(sentence[token.end() : token.end() + MAX_SENTENCE])
        words = self.finished[token[0]].words
        spare = MAX_SENTENCE - len(words) - 2
        if len(before) + len(after) <= spare:
            return f"{before}{words}{after}"
        left = max(spare // 2, spare - len(after))
        if len(before) > left:
            before = "…" + before[len(before) - left :].partition(" ")[2]
        right = max(0, MAX_SENTENCE - len(before) - len(words) - 1)
        if len(after) > right:
            after = after[:right].rpartition(" ")[0] + "…"
        return f"{before}{words}{after}"

    def _words(self, text: str) -> str:
        return TOKEN.sub(lambda token: self.finished[token[0]].words, text)

    def _asked(self, ask: Compute | None, text: str, source: str) -> Computed | None:
        if ask is None:
            return None
        try:
            return ask(text)
        except ValueError as error:
            self.problems[f"{_one_line(source)}: {error}"] = None
            return None

    def _as_typed(self, found: re.Match[str]) -> str:
        return self._hold(html.escape(found[0]), found[0])

    def _hold(self, markup: str, words: str) -> str:
        if len(self.finished) == MAX_FORMS:
            raise ValueError(f"The text holds more than {MAX_FORMS:,} links and inline forms.")
        token = chr(FIRST_TOKEN + len(self.finished))
        self.finished[token] = Finished(markup, words)
        return token


class FormProcessor(InlineProcessor):
    """Puts a token where a form stood; Markdown has already set code spans aside."""

    def __init__(self, pattern: str, resolve: Callable[[re.Match[str]], str | None]) -> None:
        super().__init__(pattern)
        self.resolve = resolve

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name
        self, found: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        token = self.resolve(found)
        return (None, None, None) if token is None else (token, found.start(), found.end())


def register(md: Markdown, forms: Forms) -> None:
    """Read the forms after code spans (190), before escapes (180) and Markdown's links (170)."""
    for priority, pattern, resolve in (
        (189, LINK, forms.link),
        (188, CITATION, forms.citation),
        (187, NUMBER, forms.number),
        (186, LIVE, forms.live_value),
        (185, MALFORMED, forms.malformed),
    ):
        processor = FormProcessor(pattern, resolve)
        md.inlinePatterns.register(processor, f"form_{resolve.__name__}", priority)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _css(name: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")
