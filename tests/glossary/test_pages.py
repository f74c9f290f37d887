"""The pages that visitors read."""

import re

import pytest
from django.test import Client

from calculator import registry
from glossary.models import Category, Entry

pytestmark = pytest.mark.django_db


def test_a_term_page_shows_everything_the_entry_has(client: Client) -> None:
    text = client.get("/terms/parameter/").text

    for heading in (
        "At a glance",
        "Think of it like this",
        "Where that breaks",
        "Guess first.",
        "How much memory does a model need just to be loaded?",
        "Why it matters",
        "Key numbers",
        "How it works",
        "Kinds and parts",
        "Easily confused with",
        "Common mistakes",
        "Worked example",
        "Questions",
        "Check yourself",
        "How it connects",
        "Mentioned in",
        "Sources",
        "CC BY 4.0",
    ):
        assert heading in text


def test_a_related_term_is_one_click_away_with_its_reason(client: Client) -> None:
    relation = Entry.objects.get(slug="weight").relations.get(target__slug="bias-parameter")

    here = client.get("/terms/weight/").text
    there = client.get("/terms/bias-parameter/").text

    assert 'href="/terms/bias-parameter/"' in here
    assert 'href="/terms/weight/"' in there
    assert relation.reason in here
    assert relation.reason in there


def test_the_calculator_of_a_term_page_reads_that_pages_address(client: Client) -> None:
    text = client.get("/terms/parameter/?n=70&p=4").text

    assert "35 GB equals 70 billion parameters times 4 bits each" in text
    assert 'value="70"' in text


def test_live_numbers_in_the_prose_follow_the_address(client: Client) -> None:
    text = client.get("/terms/parameter/?n=70&p=4").text

    live = re.findall(r'class="live n live-in-n" href="#n">([^<]+)<', text)

    assert live
    assert set(live) == {"70 billion"}
    assert re.search(r'class="live out live-gb">.*?is-now">35 GB<', text)


def test_an_entry_may_start_its_calculator_from_its_own_values(client: Client) -> None:
    text = client.get("/terms/weight-memory/").text

    assert "35 GB equals 70 billion parameters times 4 bits each" in text


def test_the_redraw_of_a_term_page_moves_its_live_numbers_too(htmx_client: Client) -> None:
    text = htmx_client.get("/terms/parameter/result/?n=70&p=4").text

    assert 'hx-swap-oob="innerHTML:.live-gb"' in text
    assert "<html" not in text


def browser(*, on: str) -> Client:
    """What a browser sends that shows this address when a slider is let go."""
    page = f"http://testserver{on}"
    return Client(
        headers={"HX-Request": "true", "HX-Trigger": "calc", "HX-Current-URL": page},
    )


def test_a_gesture_that_ended_is_announced_and_gets_an_address() -> None:
    response = browser(on="/terms/parameter/").get("/terms/parameter/result/?n=70&p=4")

    assert response["HX-Push-Url"] == "/terms/parameter/?n=70&p=4"
    assert "70 billion parameters at 4 bits need 35 GB." in response.text


def test_a_gesture_that_changed_nothing_is_not_announced_again() -> None:
    response = browser(on="/terms/parameter/?n=70&p=4").get("/terms/parameter/result/?n=70&p=4")

    assert "HX-Push-Url" not in response
    assert 'id="say"' not in response.text


def test_the_filter_of_the_index_lives_in_the_address(client: Client) -> None:
    all_terms = client.get("/terms/").text
    filtered = client.get("/terms/?category=training").text

    assert "/terms/lora/" in all_terms
    assert "/terms/lora/" not in filtered
    assert "/terms/hyperparameter/" in filtered


def test_an_empty_category_has_no_page(client: Client) -> None:
    empty = Category.objects.get(slug="kinds-of-model")

    response = client.get(empty.get_absolute_url())

    assert response.status_code == 404


def test_the_sitemap_names_every_term_and_calculator(client: Client) -> None:
    text = client.get("/sitemap.xml").text

    for entry in Entry.objects.listed():
        assert f"/terms/{entry.slug}/</loc>" in text
    for widget in registry.all_widgets():
        assert f"/calculators/{widget.slug}/</loc>" in text


def test_the_method_page_counts_models_before_the_readers_eyes(client: Client) -> None:
    text = client.get("/about/method/").text

    assert text.count("8,030,261,248") == 2
    assert "405,853,388,800" in text


def test_a_deprecated_entry_leads_to_its_replacement(client: Client) -> None:
    new = Entry.objects.get(slug="weight-memory")
    Entry.objects.filter(slug="parameter-count").update(state="deprecated", replaced_by=new)

    text = client.get("/terms/parameter-count/").text

    assert 'Read <a href="/terms/weight-memory/">Weight memory</a> instead' in text
    assert "/terms/parameter-count/" not in client.get("/terms/").text
