"""Decides which sources may be rendered at all and which HTML may leave the renderer."""

import html
import re
import sys
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import nh3

MAX_LENGTH = 100_000
MAX_LINE = 5_000
MAX_BLOCK_LENGTH = 20_000
MAX_LINES = 5_000
MAX_BLOCK_LINES = 300
MAX_CELLS = 20_000
MAX_DEPTH = 40
MAX_FENCES = 100
MAX_ABBREVIATIONS = 200
MAX_FORMS = 5_000

TAGS = frozenset(
    re.findall(
        r"\w+",
        "p em strong code pre blockquote ul ol li dl dt dd h3 h4 table thead tbody tr th td caption"
        " a img sup sub abbr hr",
    )
)
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "img": {"alt", "src", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
# Browsers drop tabs and line ends inside an address and read \ as /, so none of them may occur.
SAFE_HREF = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)[^\s\\\x00-\x20\x7f]*", re.IGNORECASE)
VALUES = {
    ("a", "href"): SAFE_HREF,
    ("img", "src"): re.compile(r"/media/(?!.*(?:\.\.|//))[\w/.-]+", re.ASCII),
    ("code", "class"): re.compile(r"language-[a-z0-9+#-]{1,30}"),
    ("ol", "start"): re.compile(r"[0-9]{1,9}"),
    ("td", "align"): re.compile(r"left|center|right"),
    ("th", "align"): re.compile(r"left|center|right"),
}
REL = ' rel="nofollow noopener noreferrer"'

FIRST_TOKEN = 0xF0000
LAST_TOKEN = FIRST_TOKEN + MAX_FORMS - 1
MAX_DIGITS = len(str(sys.maxunicode))
TOKEN = re.compile(f"[{chr(FIRST_TOKEN)}-{chr(LAST_TOKEN)}]")

_TAG = re.compile(r"(<[^<>]*>)")
_NUMERIC_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)
_ABBREVIATION = re.compile(r"^[ \t>]*\*\[", re.MULTILINE)
_BREAK = re.compile(
    r"(</?(?:p|li|dt|dd|h[1-6]|tr|table|blockquote|pre|hr|div|br)\b)", re.IGNORECASE
)
_CELL = re.compile(r"(</t[dh]\b)", re.IGNORECASE)
_DEEP = re.compile(rf"(?:[ ]*(?:>|[-+*][ ]|\d+\.[ ])){{{MAX_DEPTH + 1}}}")
_CITATION_MARK = re.compile(r'\s*<sup class="cite">.*?</sup>', re.DOTALL)


class Finished(NamedTuple):
    """What takes a token's place: HTML where a link may stand, plain words everywhere else."""

    html: str
    words: str


def accepted(source: str) -> str:
    """Return the source with its line ends made equal, or refuse it with a ValueError.

    Private-use characters are refused because the renderer marks its own forms with them. The
    limits keep Python-Markdown, several of whose steps take quadratic time, under a second or so.
    """
    if len(source) > MAX_LENGTH:
        raise ValueError(f"The text is longer than {MAX_LENGTH:,} characters.")
    for character in set(source) - {"\t", "\n", "\r"}:
        if unicodedata.category(character) in {"Cc", "Cs", "Co"}:
            raise ValueError(
                f"The text holds U+{ord(character):04X}, a control, private or broken character."
            )
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if source.count("\n") >= MAX_LINES:
        raise ValueError(f"The text is longer than {MAX_LINES:,} lines.")
    if len(_FENCE.findall(source)) > MAX_FENCES:
        raise ValueError(f"The text holds more than {MAX_FENCES} code fences.")
    if len(_ABBREVIATION.findall(source)) > MAX_ABBREVIATIONS:
        raise ValueError(f"The text defines more than {MAX_ABBREVIATIONS} abbreviations.")
    _check_blocks(source)
    return source


def _check_blocks(source: str) -> None:
    cells = 0
    for block in _BLANK_LINE.split(source.expandtabs(4)):
        lines = block.split("\n")
        if len(block) > MAX_BLOCK_LENGTH or len(lines) > MAX_BLOCK_LINES:
            raise ValueError(
                f"One part without a blank line is longer than {MAX_BLOCK_LENGTH:,} characters"
                f" or {MAX_BLOCK_LINES} lines."
            )
        if max(map(len, lines)) > MAX_LINE:
            raise ValueError(f"One line is longer than {MAX_LINE:,} characters.")
        if any(map(_DEEP.match, lines)):
            raise ValueError(f"The text is nested more than {MAX_DEPTH} levels deep.")
        cells += max(line.count("|") for line in lines) * len(lines)
    if cells > MAX_CELLS:
        raise ValueError(f"The tables hold more than {MAX_CELLS:,} cells.")


def is_safe_href(url: str) -> bool:
    return SAFE_HREF.fullmatch(url) is not None


def clean(markup: str, forms: Mapping[str, Finished]) -> str:
    """Keep only the allowed tags, attributes and addresses; tokens survive in the text alone."""
    words = {ord(token): form.words for token, form in forms.items()}

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        rule = VALUES.get((tag, attribute))
        if rule is None:
            return value.translate(words)
        return value if rule.fullmatch(value) and not TOKEN.search(value) else None

    return nh3.clean(
        _NUMERIC_REFERENCE.sub(_without_token, markup),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


def _without_token(reference: re.Match[str]) -> str:
    # A reference such as &#xF0000; would otherwise become one of our tokens.
    hexadecimal, decimal = reference.groups()
    digits = hexadecimal or decimal
    # More digits lie beyond Unicode: the parser replaces them itself.
    code = int(digits, 16 if hexadecimal else 10) if len(digits) <= MAX_DIGITS else 0
    return "\ufffd" if FIRST_TOKEN <= code <= LAST_TOKEN else reference[0]


def finish(cleaned: str, forms: Mapping[str, Finished]) -> str:
    """Put the finished forms in place of their tokens, drop bare links and mark outside links."""
    pieces: list[str] = []
    links: list[bool] = []
    for piece in _TAG.split(cleaned):
        if piece.startswith(("<a>", "<a ")):
            links.append(' href="' in piece)
            pieces.append(_link(piece) if links[-1] else "")
        elif piece == "</a>":
            pieces.append(piece if links.pop() else "")
        elif piece.startswith("<img"):
            pieces.append(piece if ' src="' in piece else _alternative(piece))
        else:
            pieces.append(_with_forms(piece, forms, inside_link=any(links)))
    return "".join(pieces)


def _link(tag: str) -> str:
    return tag[:-1] + REL + ">" if re.search(r' href="http', tag, re.IGNORECASE) else tag


def _alternative(tag: str) -> str:
    found = re.search(r' alt="([^"]*)"', tag)
    return found[1] if found else ""


def _with_forms(text: str, forms: Mapping[str, Finished], *, inside_link: bool) -> str:
    def finished(token: re.Match[str]) -> str:
        form = forms[token[0]]
        return html.escape(form.words) if inside_link else form.html

    return TOKEN.sub(finished, text)


def text_blocks(markup: str) -> list[str]:
    """Return the visible words of each paragraph, list item, heading or table row."""
    marked = _CELL.sub(r" \1", _BREAK.sub(r"\n\n\1", _CITATION_MARK.sub("", markup)))
    text = html.unescape(nh3.clean(marked, tags=set()))
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if block]


def plain_text(markup: str) -> str:
    """Return the visible words of rendered HTML on one line, for search and excerpts."""
    return " ".join(text_blocks(markup))
