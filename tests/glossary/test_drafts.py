"""A draft is seen by editors alone: no page, list, link, search or map of the site names it."""

from dataclasses import replace

import pytest
from django.test import Client

from glossary import publishing, storing
from glossary.documents import RelationRow
from glossary.models import Entry

pytestmark = pytest.mark.django_db

HIDDEN = "Quantization"
EVERYWHERE = [
    "/",
    "/terms/",
    "/terms/?category=making-models-smaller",
    "/terms/bits-per-weight/",
    "/terms/parameter/",
    "/terms/qlora/",
    "/terms/precision/",
    "/calculators/",
    "/calculators/quant/",
    "/search/?q=quantization",
    "/search/?q=quantized",
    "/search/?q=quant",
    "/search/suggest/?q=quant",
    "/search/suggest/?q=quantisation",
    "/sitemap.xml",
]


@pytest.fixture
def draft() -> Entry:
    entry = Entry.objects.get(slug="quantization")
    assert publishing.unpublish(entry) == []
    return entry


def test_the_places_would_show_it_if_it_were_public(client: Client) -> None:
    shown = [place for place in EVERYWHERE if "/terms/quantization/" in client.get(place).text]

    assert {"/terms/", "/terms/parameter/", "/search/?q=quant", "/sitemap.xml"} <= set(shown)
    assert len(shown) >= 10


@pytest.mark.parametrize("place", EVERYWHERE)
def test_no_page_links_to_a_draft(client: Client, draft: Entry, place: str) -> None:
    response = client.get(place)

    assert response.status_code == 200
    assert "/terms/quantization/" not in response.text
    assert draft.definition not in response.text


@pytest.mark.parametrize("place", ["/terms/quantization/", "/terms/quantization/result/"])
def test_a_draft_has_no_address(client: Client, draft: Entry, place: str) -> None:
    assert client.get(place).status_code == 404


def test_its_category_has_no_page_when_nothing_else_is_in_it(client: Client, draft: Entry) -> None:
    assert client.get("/categories/making-models-smaller/").status_code == 404


def test_links_in_a_text_become_plain_words(client: Client, draft: Entry) -> None:
    text = client.get("/terms/parameter/").text

    assert "and quantization is the usual way to lower it" in text


def test_a_draft_that_relates_to_a_public_entry_stays_unseen(client: Client, draft: Entry) -> None:
    stored = storing.read(draft)
    relation = RelationRow(kind="related", to="training", reason="A reason nobody may read yet.")
    publishing.store(draft, replace(stored, relations=(*stored.relations, relation)), stored)

    assert "A reason nobody may read yet" not in client.get("/terms/training/").text
