"""Turns an entry's Markdown into safe HTML; pure, so that the same source always reads the same."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import Registry

from glossary.inline_forms import Computed, Forms, Mention, Target, register
from glossary.sanitizing import (
    MAX_DEPTH,
    MAX_LINE,
    accepted,
    clean,
    finish,
    plain_text,
    text_blocks,
)

__all__ = [
    "Computed",
    "Mention",
    "Rendered",
    "Target",
    "plain_text",
    "render",
    "render_inline",
    "render_markdown",
]

MAX_ATTRIBUTE_LENGTH = 500_000
MAX_BRACKET_WORK = 4_000_000

# An entry's sections own h1 and h2, so its own headings start below them.
HEADINGS = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}

# Python-Markdown's own pattern also reads {attributes} and hl_lines, which we do not allow and
# whose search for a closing quote takes quadratic time.
FENCED_BLOCK = re.compile(
    r"(?P<fence>^(?:~{3,}|`{3,}))[ ]*(?P<attrs>(?!))?(?P<lang>[\w#.+-]*)[ ]*(?P<hl_lines>(?!))?\n"
    r"(?P<code>.*?)(?<=\n)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of one text and what was found while making it."""

    html: str
    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]
    live: tuple[str, ...]


class BracketGuard(InlineProcessor):
    """Refuses text whose link search, which costs brackets times length, would take too long."""

    def __init__(self) -> None:
        super().__init__(r"\A(?=[^\[]*\[)")
        self.work = 0

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name
        self, found: re.Match[str], data: str
    ) -> tuple[None, None, None]:
        self.work += data.count("[") * len(data)
        if self.work > MAX_BRACKET_WORK:
            raise ValueError("The text holds too many square brackets in long paragraphs.")
        return None, None, None


class BareText(BlockProcessor):
    """Takes the whole source as one line of text, whatever block it looks like."""

    def test(self, parent: Element, block: str) -> bool:
        return True

    def run(self, parent: Element, blocks: list[str]) -> None:
        SubElement(parent, "span").text = blocks.pop(0)


class Shape(Treeprocessor):
    """Moves headings below the page's own and refuses trees too deep or too wide for a page."""

    def run(self, root: Element) -> None:
        level, depth, attributes = [root], 0, 0
        while level:
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"The text is nested more than {MAX_DEPTH} levels deep.")
            for element in level:
                element.tag = HEADINGS.get(element.tag, element.tag)
                attributes += sum(map(len, element.attrib.values()))
            level = [child for element in level for child in element]
        if attributes > MAX_ATTRIBUTE_LENGTH:
            raise ValueError("The text repeats long link addresses or abbreviations too often.")


def render(
    source: str,
    *,
    terms: Mapping[str, Target] = {},
    compute: Callable[[str], Computed] | None = None,
    live: Callable[[str], Computed] | None = None,
    citations: Mapping[str, int] = {},
) -> Rendered:
    """Render a text of many paragraphs.

    `terms` maps casefolded titles, plurals and aliases to entries; `compute` answers {= =} and
    `live` answers {~ ~}, either raising ValueError with a sentence; `citations` maps the keys of
    [#key] to the numbers of the entry's sources. A refused text raises ValueError and no other.
    """
    forms = Forms(terms, compute, live, citations)
    return _rendered(_block_markdown(forms), accepted(source), forms)


def render_inline(
    source: str,
    *,
    terms: Mapping[str, Target] = {},
    compute: Callable[[str], Computed] | None = None,
    live: Callable[[str], Computed] | None = None,
    citations: Mapping[str, int] = {},
) -> Rendered:
    """Render a short field as one line: the same as `render`, without any block or the <p>."""
    forms = Forms(terms, compute, live, citations)
    line = " ".join(accepted(source).split())
    if len(line) > MAX_LINE:
        raise ValueError(f"The line is longer than {MAX_LINE:,} characters.")
    return _rendered(_inline_markdown(forms), line, forms)


def render_markdown(source: str) -> str:
    """Return the safe HTML of a text whose links and forms are left as plain words."""
    return render(source).html


def _rendered(md: Markdown, source: str, forms: Forms) -> Rendered:
    try:
        markup = md.convert(source)
    except RecursionError:
        raise ValueError("The text is nested too deep.") from None
    cleaned = clean(markup, forms.finished)
    return Rendered(
        html=finish(cleaned, forms.finished),
        mentions=forms.mentions(text_blocks(cleaned)),
        unknown=tuple(forms.unknown),
        problems=tuple(forms.problems),
        live=tuple(forms.names),
    )


def _block_markdown(forms: Forms) -> Markdown:
    tables = TableExtension(use_align_attribute=True)
    md = Markdown(extensions=[tables, FencedCodeExtension(), "def_list", "abbr", "sane_lists"])
    md.preprocessors.deregister("html_block")
    md.preprocessors["fenced_code_block"].FENCED_BLOCK_RE = FENCED_BLOCK  # type: ignore[attr-defined]
    return _restricted(md, forms)


def _inline_markdown(forms: Forms) -> Markdown:
    md = Markdown()
    md.preprocessors.deregister("html_block")
    md.parser.blockprocessors = Registry()
    md.parser.blockprocessors.register(BareText(md.parser), "bare_text", 10)
    return _restricted(md, forms)


def _restricted(md: Markdown, forms: Forms) -> Markdown:
    # Without these two, HTML and entities in the source stay text, which the serializer escapes.
    md.inlinePatterns.deregister("html")
    md.inlinePatterns.deregister("entity")
    md.inlinePatterns.deregister("linebreak")
    md.inlinePatterns.register(BracketGuard(), "bracket_guard", 172)
    md.treeprocessors.register(Shape(md), "shape", 5)
    register(md, forms)
    return md
