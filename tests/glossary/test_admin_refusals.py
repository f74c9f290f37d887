"""What the admin refuses: each sentence stands beside its field, and everything typed is kept."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from glossary import storing
from glossary.documents import dump
from glossary.models import Entry
from tests.factories import filled_form, make_editor

pytestmark = pytest.mark.django_db

REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"plain": "See [[nowhere]]."}, "plain", "No entry answers to [[nowhere]]"),
    ({"plain": "It is {= memory n=x =}."}, "plain", "Parameters must be a number"),
    ({"plain": "It is so [#nope]."}, "plain", "no source of this entry has the key"),
    ({"plain": "One.\r\n## Two\r\n"}, "plain", "A line cannot start with “## ”"),
    ({"exact": "It takes 35 GB."}, "exact", "“35 GB” is typed by hand"),
    ({"definition": "x" * 301}, "definition", "at most 300 characters"),
    ({"plain": "a\0b"}, "plain", "Null characters are not allowed"),
    ({"title": "a\x1bb"}, "title", "The text holds U+001B"),
    ({"calculator": "nope"}, "calculator", "nope is not one of the available choices"),
    ({"calculator_values": "n=70 p=x"}, "calculator_values", "refuses this"),
    ({"calculator_values": "q=70"}, "calculator_values", "has no input “q”"),
    ({"calculator_values": "70"}, "calculator_values", "Inputs are written name=value"),
    ({"calculator_values": '{"n": [1]}'}, "calculator_values", "Each input has one value"),
    ({"calculator_values": '{"n": "\\u0000"}'}, "calculator_values", "U+0000"),
    ({"calculator_values": '{"n": "\\ud800"}'}, "calculator_values", "U+D800"),
    ({"calculator_values": '{"n": '}, "calculator_values", "This is not JSON"),
    ({"calculator_values": '{"n":' * 900}, "calculator_values", "This is not JSON"),
    ({"calculator": ""}, "calculator_values", "Choose a calculator"),
    ({"state": "deprecated"}, "replaced_by", "names the entry that replaces it"),
    ({"aliases-0-text": "Parameter"}, "aliases-0-text", "already a name of “Parameter”"),
    ({"aliases-0-text": "weight MEMORY"}, "aliases-0-text", "or is the title itself"),
    ({"relations-0-reason": " "}, "relations-0-reason", "This field is required"),
    ({"relations-0-reason": "x" * 201}, "relations-0-reason", "at most 200 characters"),
    ({"guesses-0-text": "a — b"}, "guesses-0-text", "cannot hold a dash between spaces"),
    ({"questions-0-answer": "a\n### b"}, "questions-0-answer", "starts the next question"),
    ({"sources-0-url": "javascript:alert(1)"}, "sources-0-url", "Enter a valid URL"),
    ({"sources-0-key": "a b"}, "sources-0-key", "Enter a valid"),
    ({"keynumbers-0-source": "nope"}, "keynumbers-0-source", "There is no source “nope”"),
    ({"aliases-0-position": "99999999999"}, "aliases-0-position", "less than or equal to"),
]


@pytest.fixture(autouse=True)
def editor(client: Client) -> User:
    user = make_editor()
    client.force_login(user)
    return user


def open_form(client: Client, **over: str) -> tuple[str, dict[str, str]]:
    entry = Entry.objects.get(slug="weight-memory")
    page = reverse("admin:glossary_entry_change", args=[entry.pk])
    return page, filled_form(client.get(page), _continue="1", **over)


def errors(response: Any) -> str:
    assert response.status_code == 200
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", " ".join(lists))


@pytest.mark.parametrize(
    ("typed", "place", "sentence"),
    REFUSED,
    ids=[f"{number} {place}" for number, (_, place, _) in enumerate(REFUSED)],
)
def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(
    client: Client, typed: dict[str, str], place: str, sentence: str
) -> None:
    before = dump(storing.read(Entry.objects.get(slug="weight-memory")))
    page, data = open_form(client, why_it_matters="A paragraph that must survive.", **typed)

    response: Any = client.post(page, data)

    form = response.context_data["adminform"].form
    rows = [item.formset for item in response.context_data["inline_admin_formsets"]]
    found = {field.html_name: field.errors.as_text() for field in form}
    for row in (row for formset in rows for row in formset.forms):
        found |= {field.html_name: field.errors.as_text() for field in row}
    assert sentence in found[place]
    assert sentence in errors(response).replace("&quot;", '"')
    assert "A paragraph that must survive." in response.text
    again = filled_form(response)
    assert {name: again.get(name, "") for name in typed} == typed
    assert dump(storing.read(Entry.objects.get(slug="weight-memory"))) == before


def test_relations_that_break_a_rule_are_refused_at_their_row(client: Client) -> None:
    page, data = open_form(client)
    new = int(data["relations-TOTAL_FORMS"]) - 1
    row = {
        f"relations-{new}-target": data["relations-0-target"],
        f"relations-{new}-kind": "contrast",
        f"relations-{new}-reason": "Because.",
    }

    response = client.post(page, data | row)

    assert "are joined twice" in errors(response)


def test_an_entry_cannot_be_related_to_itself(client: Client) -> None:
    page, data = open_form(client)
    own = str(Entry.objects.get(slug="weight-memory").pk)

    response = client.post(page, data | {"relations-0-target": own})

    assert "is related to itself" in errors(response)
