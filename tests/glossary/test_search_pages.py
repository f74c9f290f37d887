"""The page of results and the suggestions, as a browser gets them."""

import re

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from glossary.models import State
from tests.factories import make_category, make_entry

pytestmark = pytest.mark.usefixtures("empty_glossary")


def page(client: Client, asked: str) -> str:
    response = client.get("/search/", {"q": asked})
    assert response.status_code == 200
    return response.content.decode()


def fragment(client: Client, asked: str) -> str:
    response = client.get("/search/suggest/", {"q": asked})
    assert response.status_code == 200
    return response.content.decode()


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_the_page_names_what_was_asked_and_counts_what_was_found(client: Client) -> None:
    make_entry(title="Quantization", slug="quantization", definition="Fewer bits a number.")

    html = page(client, "quan")

    assert "<title>“quan” · Search · Legible</title>" in html
    assert "1 term for “quan”" in html
    assert '<h2><a href="/terms/quantization/">Quantization</a></h2>' in html
    assert "Fewer bits a number." in html
    assert 'href="/categories/inside-a-model/">Inside a model</a>' in html
    assert '<meta name="robots" content="noindex">' in html


def test_a_result_shows_the_alias_and_the_passage_that_matched(client: Client) -> None:
    make_entry(title="Parameter", aliases=["learned value"], plain="One learned value each.")

    html = page(client, "learned value")

    assert "also called learned value" in words(html)
    assert "One <mark>learned</mark> <mark>value</mark> each." in html


def test_without_a_question_there_is_the_form_and_a_hint(client: Client) -> None:
    for address in ("/search/", "/search/?q=", "/search/?q=%20%00"):
        html = client.get(address).content.decode()

        assert "<title>Search · Legible</title>" in html
        assert 'id="qq"' in html
        assert "Type a term" in html
        assert "0 terms" not in html


def test_nothing_found_offers_the_nearest_spelling_and_the_index(client: Client) -> None:
    make_entry(title="Quantization")

    html = page(client, "qauntization")

    assert "No term for “qauntization”" in html
    assert "Did you mean" in html
    assert '<a href="/terms/quantization/">Quantization</a>' in html
    assert 'href="/terms/"' in html.split("<main", 1)[1]


def test_nothing_near_either_still_leads_to_the_index(client: Client) -> None:
    make_entry(title="Quantization")

    html = page(client, "xyzzy")

    assert "Did you mean" not in html
    assert 'href="/terms/"' in html.split("<main", 1)[1]


def test_a_page_says_when_no_term_has_all_the_words(client: Client) -> None:
    make_entry(title="Memory")

    assert "No term has all of these words. 1 has some of them" in page(client, "memory zebra")


def test_more_results_than_fit_are_counted(client: Client) -> None:
    for number in range(31):
        make_entry(title=f"Model {number}")

    html = page(client, "model")

    assert "31 terms for “model”. Here are the best 20" in words(html)
    assert html.count('class="hit"') == 20


def test_a_question_that_is_too_long_is_cut_and_the_page_says_so(client: Client) -> None:
    make_entry(title="Token")

    html = page(client, "token " * 100)

    assert "Only the first 200 characters were searched for." in html
    assert "/terms/token/" in html


@pytest.mark.parametrize(
    "asked", ['"><script>alert(1)</script>', "{{ 7|add:7 }}", "' onfocus=alert(1) '", "</title>"]
)
def test_what_was_asked_is_shown_as_text(client: Client, asked: str) -> None:
    make_entry(title="Token")

    for html in (page(client, asked), fragment(client, asked)):
        assert "<script>alert" not in html
        assert "' onfocus" not in html
        assert "</title></title>" not in html
        assert "14" not in words(html.split("<main", 1)[-1])


def test_a_draft_is_on_neither(client: Client) -> None:
    make_entry(title="Secret plan", aliases=["walrus"], state=State.DRAFT)

    for asked in ("secret plan", "walrus", "secrte plan"):
        assert "/terms/secret-plan/" not in page(client, asked)
        assert "/terms/secret-plan/" not in fragment(client, asked)


def test_each_answer_costs_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        make_entry(title=f"Model {number}", aliases=[f"network {number}"])
    page(client, "model")

    with django_assert_num_queries(1):
        page(client, "model")
    with django_assert_num_queries(1):
        fragment(client, "netw")


def test_suggestions_are_options_that_are_links(client: Client) -> None:
    category = make_category(slug="smaller", name="Making models smaller")
    make_entry(title="Quantization", definition="Fewer bits a number.", category=category)
    make_entry(title="Quantile", definition="A share of values.", category=category)

    html = fragment(client, "quan")

    assert "<html" not in html
    assert html.strip().startswith('<div id="sug">')
    assert 'role="listbox" id="sug-list" aria-label="Suggestions"' in html
    assert (
        '<a role="option" id="sug-1" aria-selected="false" tabindex="-1"'
        ' href="/terms/quantization/"><b><mark>Quan</mark>tization</b>'
        ' <span class="r">Making models smaller</span> <small>Fewer bits a number.</small></a>'
    ) in html
    assert '<p id="sug-status" hx-swap-oob="innerHTML">2 suggestions</p>' in html


def test_six_suggestions_are_the_most(client: Client) -> None:
    for number in range(9):
        make_entry(title=f"Model {number}")

    html = fragment(client, "model")

    assert html.count('role="option"') == 6
    assert ">6 suggestions</p>" in html


def test_a_near_spelling_is_suggested_as_such(client: Client) -> None:
    make_entry(title="Attention")

    html = fragment(client, "atention")

    assert "Nothing begins with “atention”. Did you mean:" in html
    assert ">No exact match. 1 suggestion</p>" in html


@pytest.mark.parametrize(("asked", "status"), [("", ""), ("  ", ""), ("xyzzy", "No suggestions")])
def test_no_suggestion_leaves_the_box_empty(client: Client, asked: str, status: str) -> None:
    make_entry(title="Token")

    html = fragment(client, asked)

    assert '<div id="sug"></div>' in html
    assert f'hx-swap-oob="innerHTML">{status}</p>' in html


def test_without_a_script_the_box_is_a_plain_form(client: Client) -> None:
    html = page(client, "")

    header = html.split("<header", 1)[1].split("</header>", 1)[0]
    assert 'action="/search/"' in header
    assert 'id="q" name="q"' in header
    assert "combobox" not in html
    assert '<p class="vh" role="status" id="sug-status"></p>' in header


@pytest.mark.parametrize("address", ["/search/", "/search/suggest/"])
def test_searching_changes_nothing_and_takes_no_post(client: Client, address: str) -> None:
    assert client.post(address, {"q": "x"}).status_code == 405
    assert client.head(address, {"q": "x"}).status_code == 200
