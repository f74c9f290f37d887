"""The page of the comparison: every row, every source, and other programs by the same truth."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from calculator.accuracy.citations import cite
from calculator.accuracy.page import page


@pytest.mark.parametrize(
    ("source", "name", "url"),
    [
        (
            "github alvarobartt/hf-mem#60",
            "alvarobartt/hf-mem#60",
            "https://github.com/alvarobartt/hf-mem/issues/60",
        ),
        (
            "github QwenLM/Qwen3:docs/speed.md (H20)",
            "QwenLM/Qwen3",
            "https://github.com/QwenLM/Qwen3/blob/HEAD/docs/speed.md",
        ),
        (
            "github a/b:c.rst @0123abcd (note)",
            "a/b",
            "https://github.com/a/b/blob/0123abcd/c.rst",
        ),
        (
            "ai.google.dev/gemma/docs/core (copy)",
            "ai.google.dev/gemma/docs/core",
            "https://ai.google.dev/gemma/docs/core",
        ),
        ("rllama, table of popular models", "rllama", ""),
    ],
)
def test_a_source_leads_to_where_it_can_be_read(source: str, name: str, url: str) -> None:
    found = cite(source, 1)

    assert (found.name, found.url) == (name, url)


@pytest.mark.django_db
def test_the_page_shows_every_row_and_sets_no_cookie(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/accuracy/?x=%00")

    assert response.status_code == 200
    assert not response.cookies
    assert response.text.count('<tr><th scope="row">') == sum(
        len(section.rows) for section in page().sections
    ) + sum(len(table.rows) for table in page().peers)
    assert response.text.count('class="left"') == sum(
        bool(section.left) for section in page().sections
    )


@pytest.mark.django_db
def test_the_page_holds_no_inline_script_or_style(client: Client) -> None:
    text = client.get("/accuracy/").text

    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)


@pytest.mark.django_db
def test_the_page_of_the_method_and_the_footer_lead_to_it(client: Client) -> None:
    assert client.get("/about/method/").text.count('href="/accuracy/"') == 2
    assert 'href="/accuracy/"' in client.get("/calculators/").text


def test_other_programs_are_judged_by_the_same_truth() -> None:
    cache = next(table for table in page().peers if "Cache" in table.title)
    place = cache.tools.index("hf-mem 0.5.6")

    ours = [said[0] for _, _, said in cache.rows]
    deepseek = next(said for slug, _, said in cache.rows if slug == "deepseek-v3")[place]

    assert all(peer is not None and peer.right for peer in ours)
    assert deepseek is not None
    assert deepseek.ratio == "24.9×"
