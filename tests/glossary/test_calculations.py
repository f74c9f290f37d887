"""Prose that calls the engine."""

import re

import pytest

from glossary import figures
from glossary.calculations import PageNumbers, compute


@pytest.mark.parametrize(
    ("call", "text", "url"),
    [
        ("memory n=70 p=4", "35 GB", "/calculators/memory/?n=70&p=4"),
        ("memory.gib n=70 p=4", "32.6 GiB", "/calculators/memory/?n=70&p=4"),
        ("memory", "16 GB", "/calculators/memory/"),
        ("anatomy.total model=llama-3.1-8b", "8.03 billion", "/calculators/anatomy/"),
        ("anatomy.total!exact model=llama-3.1-8b", "8,030,261,248", "/calculators/anatomy/"),
    ],
)
def test_an_inline_form_gives_the_number_and_its_calculation(
    call: str, text: str, url: str
) -> None:
    assert compute(call) == (text, url)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("", "is not a calculation"),
        ("nope n=1", "no calculator “nope”"),
        ("memory.colour", "gives gb, gib, download, and not “colour”"),
        ("memory x=1", "has no input “x”"),
        ("memory n", "written name=value"),
        ("memory n=eight", "refuses this: Parameters must be a number"),
        ("anatomy model=nope", "no model “nope”"),
    ],
)
def test_a_form_that_calls_nothing_says_what_is_wrong(call: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        compute(call)


def test_a_live_form_answers_from_the_pages_own_calculator() -> None:
    numbers = PageNumbers("memory", {"n": "70", "p": "4"})

    assert numbers("gb") == ("35 GB", "#gb")
    assert numbers("in.n") == ("70 billion", "#n")
    assert numbers("in.p") == ("4 bits", "#p")


@pytest.mark.parametrize(("slug", "name"), [("", "gb"), ("memory", "colour"), ("nope", "gb")])
def test_a_live_form_without_an_answer_says_so(slug: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"live|no “colour”|no calculator"):
        PageNumbers(slug, {})(name)


def test_a_picture_stands_on_a_line_of_its_own_outside_code() -> None:
    source = "Before\n\n{! bits x=0.3 | See. !}\n\n```\n{! bits !}\n```"

    found = list(figures.parts(source))

    assert [part.picture is not None for part in found] == [False, True, False]
    assert "{! bits !}" in found[2].text


def test_a_picture_is_what_the_calculator_draws_with_its_caption_and_link() -> None:
    match = figures.LINE.fullmatch("{! anatomy model=llama-2-7b | Seven billion. !}")
    assert match is not None

    html = figures.draw(match, "Seven billion.")

    assert "6,738,415,616" in html
    assert "Seven billion." in html
    assert 'href="/calculators/anatomy/?model=llama-2-7b"' in html


def test_the_neuron_adds_up() -> None:
    assert figures.neuron()["output"] == "0.44"
