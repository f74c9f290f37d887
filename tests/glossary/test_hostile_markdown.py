"""Hostile text: whatever is typed, only allowed HTML comes out, in time, or a ValueError."""

import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.rendering import (
    Computed,
    Target,
    plain_text,
    render,
    render_inline,
    render_markdown,
)

VECTORS = [
    (line.split("\t")[0], json.loads(line.split("\t")[4]))
    for line in (Path(__file__).parents[1] / "data/xss_markdown.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
TAGS = re.compile(
    "p|em|strong|code|pre|blockquote|[uo]l|li|d[ltd]|h[34]|table|thead|tbody|t[rhd]|caption|a|img"
    "|su[pb]|abbr|hr|span"
)
WORDS = re.compile(r"[^\x00-\x1f]*")
ATTRIBUTES = {
    ("a", "href"): re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)[^\s\\]*", re.IGNORECASE),
    ("a", "rel"): re.compile("nofollow noopener noreferrer"),
    ("a", "class"): re.compile(r"term|num|live ([a-z0-9-]+) live-in-\1"),
    ("img", "src"): re.compile(r"/media/[\w/.-]+"),
    ("code", "class"): re.compile(r"language-[a-z0-9+#-]{1,30}"),
    ("ol", "start"): re.compile(r"[0-9]+"),
    ("sup", "class"): re.compile("cite"),
    ("span", "class"): re.compile(r"live out live-[a-z0-9-]+"),
    ("td", "align"): re.compile("left|center|right"),
    ("th", "align"): re.compile("left|center|right"),
    ("a", "title"): WORDS,
    ("abbr", "title"): WORDS,
    ("img", "title"): WORDS,
    ("img", "alt"): WORDS,
}
FORMS = "[[x]] [[draft|y]] {= b =} {~ gb ~} {~ in.n ~} [#k]"


class Structure(HTMLParser):
    """Fails on any tag, attribute or nesting that the allow-list does not know."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert TAGS.fullmatch(tag), tag
        assert tag != "a" or "a" not in self.open
        for name, value in attrs:
            assert (tag, name) in ATTRIBUTES
            assert ATTRIBUTES[tag, name].fullmatch(value or ""), value
        assert tag not in {"a", "img"} or {"href", "src"} & {name for name, _ in attrs}
        if tag not in {"img", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert not any(unicodedata.category(character) == "Co" for character in data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def answer(text: str) -> Computed:
    if "no" in text:
        raise ValueError("No.")
    return Computed(f"<b>{text}\"'</b>", '/calculators/memory/?a="><b>&b=1')


def enabled(source: str) -> str:
    terms = {"x": Target("x", '/x/"><script>', "X"), "draft": Target("draft", None, "Draft")}
    return render(source, terms=terms, compute=answer, live=answer, citations={"k": 1}).html


def enabled_inline(source: str) -> str:
    return render_inline(source, compute=answer, live=answer, citations={"k": 1}).html


RENDERERS = (render_markdown, enabled, enabled_inline)


def check(source: str) -> None:
    for renderer in RENDERERS:
        try:
            markup = renderer(source)
        except ValueError as refusal:
            assert str(refusal).endswith(".")  # noqa: PT017 - the refusal is one of two good ends
        else:
            Structure(markup)
            plain_text(markup)


@pytest.mark.parametrize(("name", "source"), VECTORS, ids=[name for name, _ in VECTORS])
def test_no_vector_gets_past_the_allow_list(name: str, source: str) -> None:
    for text in (source, f"{FORMS} {source}", f"> - {source}\n\n{source}", f"[{source}](/a)"):
        check(text)


@pytest.mark.parametrize(("name", "source"), VECTORS, ids=[name for name, _ in VECTORS])
def test_a_vector_is_refused_only_for_its_control_characters(name: str, source: str) -> None:
    has_controls = any(unicodedata.category(c) == "Cc" for c in set(source) - set("\t\n\r"))

    if has_controls:
        with pytest.raises(ValueError, match="control"):
            render_markdown(source)
    else:
        render_markdown(source)


def test_the_structure_check_itself_fails_on_what_it_must_not_let_pass() -> None:
    for markup in (
        "<script>x</script>",
        '<p id="x">x</p>',
        '<p class="fixed">x</p>',
        '<a href="//evil.example">x</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<img src="https://evil.example/x.png">',
        "<p>x</p></div>",
        "<p>x",
        "<!-- x -->",
        '<a href="/x"><a href="/y">x</a></a>',
    ):
        with pytest.raises((AssertionError, IndexError)):
            Structure(markup)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.characters(codec=None)))
def test_any_text_is_rendered_safely_or_refused(source: str) -> None:
    check(source)


MARKS = [*"[](){}<>*_`~|=#\\\"'&:;!/- \n\ta1.>+", *FORMS.split(" "), "{=", "=}", "{~", "[[x|", "]]"]
REFERENCES = ["&#xF0000;", "&#983040;", "&\\#xF0000;", "&#x", "F0000", "\ufeff", "\u202e", "é"]
HTML = ["<a href=", "<!--", "<![CDATA[", "](/a", "](javascript:x", "http://a", "@"]
BLOCKS = [
    "\n\n",
    "\n    ",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n: ",
    "\n*[x]: ",
    "\n[x]: ",
    "```",
    "\n```py\n",
]
TABLES = ["```", "\n| a | b |\n|--|--|\n"]
PIECES = st.sampled_from(MARKS + REFERENCES + HTML + BLOCKS + TABLES)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mix_of_markup_is_rendered_safely_or_refused(source: str) -> None:
    check(source)


@pytest.mark.parametrize(
    "source",
    ["\x00", "\x1b[31m", "\x02klzzwxh:0000\x03", "\x7f", "\x85", "\ud800", "\ue000", "\U000f0000"],
)
def test_control_private_and_broken_characters_are_refused(source: str) -> None:
    for renderer in RENDERERS:
        with pytest.raises(ValueError, match=r"U\+"):
            renderer(f"a{source}b")


@pytest.mark.parametrize(
    "reference", ["&#xF0000;", "&#Xf0000", "&#983040;", "&#0000983040", "&\\#xF0000;"]
)
def test_a_reference_cannot_stand_for_a_form(reference: str) -> None:
    markup = enabled(f'[[x]] {reference} [a](/b "{reference}") ![{reference}](/media/a.png)')

    assert markup.count('class="term"') == 1
    assert "\U000f0000" not in markup
