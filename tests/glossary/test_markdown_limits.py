"""Text made to be slow: each limit is reached with its reason, and no text takes two seconds."""

import contextlib
import time

import pytest

from glossary.rendering import Computed, Target, render, render_markdown

FULL_LENGTH = 100_000


def enabled(source: str) -> str:
    def answer(text: str) -> Computed:
        return Computed(text, "/calculators/memory/")

    terms = {"a": Target("a", "/a/", "A")}
    return render(source, terms=terms, compute=answer, live=answer, citations={"k": 1}).html


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a " * 50_001, "longer than 100,000 characters"),
        ("a" * 5_001, "longer than 5,000 characters"),
        ("a\n\n" * 2_500, "longer than 5,000 lines"),
        ("a\n" * 301, "300 lines"),
        (("a" * 999 + "\n") * 21, "20,000 characters"),
        ("> " * 50 + "a", "levels deep"),
        ("\n".join("    " * depth + "- a" for depth in range(60)), "levels deep"),
        ("*a **b " * 60 + "b** a*" * 60, "levels deep"),
        ("\n\n".join(["|a" * 100 + "\n" + "|-" * 100 + "\n" + "|\n" * 100] * 3), "cells"),
        ("```\n\n" * 101, "code fences"),
        ("*[a]: b\n\n" * 201, "abbreviations"),
        ("\n\n".join(["[" * 4_000] * 3), "square brackets"),
        ("[[a]] " * 600 + "\n\n" + "\n\n".join(["[[a]] " * 600] * 9), "links and inline forms"),
        ("[a]: /" + "b" * 4_000 + "\n\n" + "[a]\n\n" * 200, "link addresses"),
    ],
)
def test_what_would_take_too_long_is_refused_with_its_reason(source: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        render_markdown(source)


def test_a_long_honest_entry_is_not_refused() -> None:
    part = (
        "## Part\n\n" + "A sentence with a [[link]] and a `span` [#k]. " * 30 + "\n\n- a\n- b\n\n"
    )

    markup = enabled(part * 50)

    assert markup.count("<h3>") == 50


def in_long_lines(unit: str) -> str:
    line = unit * (4_900 // len(unit))
    return "\n\n".join([line] * (FULL_LENGTH // (len(line) + 2)))


def in_short_lines(unit: str) -> str:
    block = unit * (298 // unit.count("\n"))
    return "\n".join([block] * 16)


def seconds_to_render(source: str) -> float:
    started = time.thread_time()
    with contextlib.suppress(ValueError):
        enabled(source)
    return time.thread_time() - started


BRACKETS = ["[", "![", "[a](", "[a](b ", "[a](<", "[a][", "![a][b]", "[[a]] ", "[[a", "]("]
FORMS = ["{= ", "{= a =}", "{~ ", "{~ a ~}", "[#k] "]
MARKS = ["*a ", "**a_ ", "***a** ", "_a_ ", "`", "`a ", "\\*", "\\", "&#", "(", "> ", "> - ", "- "]
ANGLES = ["<a ", "<a@", "<http://a ", "<!--", "<![", "<?"]
HEADINGS = ["# a\n", "a\n---\n", "a\n: b\n", ": a\n", "a\n\n: b\n\n"]
LISTS = ["> a\n\n", "- a\n\n    b\n\n", "1. a\n", "- - a\n", "- a\n    - b\n"]
DEFINITIONS = ["*[a\n", "[a]:\n", "[a]: b\n", "|\n", "~~~a\n", '"\n\n']


@pytest.mark.parametrize("unit", BRACKETS + FORMS + MARKS + ANGLES)
def test_long_lines_are_rendered_or_refused_in_two_seconds(unit: str) -> None:
    assert seconds_to_render(in_long_lines(unit)) < 2


@pytest.mark.parametrize("unit", HEADINGS + LISTS + DEFINITIONS)
def test_many_short_lines_are_rendered_or_refused_in_two_seconds(unit: str) -> None:
    assert seconds_to_render(in_short_lines(unit)) < 2
