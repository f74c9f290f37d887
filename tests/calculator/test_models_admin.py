"""Editing the catalogue: a config.json is pasted, counted, or refused in words."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from calculator.models import LanguageModel

pytestmark = pytest.mark.django_db

CHANGE = "/admin/calculator/languagemodel/{}/change/"
CONFIG = {
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 1000,
    "tie_word_embeddings": True,
}
FILLED = {
    "name": "Mine 1B",
    "slug": "mine-1b",
    "maker": "Me",
    "config": json.dumps(CONFIG),
    "sources": "My notes | https://example.com/",
    "checked": "2026-11-22",
}


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create_user("mia", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


def add(client: Client, **over: str) -> Any:
    return client.post("/admin/calculator/languagemodel/add/", FILLED | over)


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def test_an_editor_adds_a_model_by_pasting_its_settings(editor: Client) -> None:
    response = add(editor)

    model = LanguageModel.objects.get(slug="mine-1b")
    assert response.status_code == 302
    assert model.total == 195_392
    assert model.config == FILLED["config"]
    assert not model.is_public


def test_the_page_of_a_model_shows_what_was_counted(editor: Client) -> None:
    model = LanguageModel.objects.get(slug="mixtral-8x7b")

    text = editor.get(CHANGE.format(model.pk)).text

    assert "<b>46,702,792,704</b> parameters" in text
    assert "<b>12,879,925,248</b> active for one token" in text
    assert "in feed-forward" in text


def test_the_page_of_a_new_model_counts_nothing_yet(editor: Client) -> None:
    text = editor.get("/admin/calculator/languagemodel/add/").text

    assert "Nothing yet. Paste and save." in text


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("config", "hello", "This is not JSON"),
        ("config", '{"model_type": "nobody"}', "model_type “nobody” is not a family known here"),
        ("config", json.dumps(CONFIG | {"hidden_size": None}), "hidden_size is null"),
        ("slug", "check", "another page of the site"),
        ("slug", "Mine 1B", "Use small letters"),
        ("sources", "Notes | javascript:alert(1)", "is not an address"),
        ("published_counts", "many | of them", "Line 1 must begin with a whole number"),
        ("published_counts", "12 | a | b | nowhere | c", "“nowhere” is not an address"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    editor: Client, name: str, value: str, message: str
) -> None:
    response = add(editor, **{name: value})

    assert message in errors(response)[name][0]
    assert not LanguageModel.objects.filter(name="Mine 1B").exists()


def test_the_address_of_a_published_model_cannot_be_changed(editor: Client) -> None:
    model = LanguageModel.objects.get(slug="gpt2")

    response = editor.get(CHANGE.format(model.pk))

    assert "slug" not in response.context["adminform"].form.fields


def test_the_list_shows_counts_and_says_which_are_unknown(editor: Client) -> None:
    LanguageModel.objects.filter(slug="gpt2").update(total=None)

    text = editor.get("/admin/calculator/languagemodel/").text

    assert "46.7 billion" in text
    assert '<td class="field-parameters">unknown</td>' in text
