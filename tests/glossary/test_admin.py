"""What editors do in the admin: write, save, publish; nothing they typed is ever lost."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary import storing
from glossary.documents import dump, parse
from glossary.models import Category, Entry, State
from tests.factories import filled_form, make_editor, make_entry

pytestmark = pytest.mark.django_db

ADD = "/admin/glossary/entry/add/"
LIST = "/admin/glossary/entry/"
NASTY = st.text(
    st.one_of(
        st.sampled_from("#-—[]|`*>~=\\\"':\t\r\n\x00\x0b\x85\u2028 \u00a0é𝄞"),
        # Half of a surrogate pair has no UTF-8, so no browser can send one.
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


@pytest.fixture
def editor(client: Client) -> User:
    user = make_editor()
    client.force_login(user)
    return user


def change_page(entry: Entry) -> str:
    return reverse("admin:glossary_entry_change", args=[entry.pk])


def open_form(
    client: Client, entry: str = "weight-memory", /, **over: str
) -> tuple[str, dict[str, str]]:
    page = change_page(Entry.objects.get(slug=entry))
    return page, filled_form(client.get(page), _continue="1", **over)


def new_form(client: Client, **over: str) -> dict[str, str]:
    values = {
        "title": "Walrus",
        "slug": "walrus",
        "category": str(Category.objects.get(slug="training").pk),
        "definition": "A walrus is a term that this test made up.",
        "_save": "1",
    }
    return filled_form(client.get(ADD), **values | over)


def errors(response: Any) -> str:
    assert response.status_code == 200
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", " ".join(lists)).replace("&#x27;", "'")


def test_editors_write_entries_and_categories_and_no_users(client: Client, editor: User) -> None:
    pages = ("/admin/", LIST, ADD, "/admin/glossary/category/", "/admin/glossary/category/add/")

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    assert client.get("/admin/auth/user/").status_code == 403
    assert client.get("/admin/auth/group/").status_code == 403


def test_migrating_again_leaves_the_editors_alone(editor: User) -> None:
    from django.core.management import call_command

    before = Group.objects.get(name="Editors")
    call_command("migrate", verbosity=0)

    assert list(Group.objects.filter(name="Editors")) == [before]
    assert editor in before.user_set.all()


@pytest.mark.parametrize("page", [LIST, ADD, "/admin/glossary/entry/preview/"])
def test_visitors_are_sent_to_the_login(client: Client, page: str) -> None:
    assert client.get(page).headers["location"].startswith("/admin/login/")


@pytest.mark.parametrize("slug", ["weight-memory", "parameter", "quantization", "training"])
def test_saving_what_was_opened_changes_nothing(client: Client, editor: User, slug: str) -> None:
    before = storing.read(Entry.objects.get(slug=slug))
    rendered = Entry.objects.get(slug=slug).rendered

    page, data = open_form(client, slug)
    response = client.post(page, data)

    entry = Entry.objects.get(slug=slug)
    assert response.status_code == 302
    assert storing.read(entry) == before
    assert entry.rendered == rendered


def test_a_new_entry_is_a_draft_with_its_rows(client: Client, editor: User) -> None:
    target = Entry.objects.get(slug="training")
    rows = {
        "aliases-TOTAL_FORMS": "2",
        "aliases-0-text": "tooth walker",
        "aliases-0-kind": "alternative",
        "aliases-1-text": "odobenus",
        "aliases-1-kind": "hidden",
        "aliases-1-position": "5",
        "relations-0-target": str(target.pk),
        "relations-0-kind": "related",
        "relations-0-reason": "It takes a lot of it.",
        "calculator": "memory",
        "calculator_values": "n=70  p=4",
        "plain": "Line one.\r\n\r\nLine two with [[Training]].\r\n",
    }

    response = client.post(ADD, new_form(client, **rows))

    entry = Entry.objects.get(slug="walrus")
    document = storing.read(entry)
    assert response.status_code == 302
    assert entry.state == State.DRAFT
    assert [alias.text for alias in document.aliases] == ["odobenus", "tooth walker"]
    assert document.texts == {"plain": "Line one.\n\nLine two with [[Training]]."}
    assert document.calculator_values == {"n": "70", "p": "4"}
    assert [mention.target for mention in entry.mentions.all()] == [target]
    assert 'href="/terms/training/"' in entry.rendered["plain"]
    assert client.get("/terms/walrus/").status_code == 404


def test_rows_are_put_in_the_order_that_was_typed(client: Client, editor: User) -> None:
    page, data = open_form(client)
    before = [alias.text for alias in storing.read(Entry.objects.get(slug="weight-memory")).aliases]

    client.post(page, data | {f"aliases-{len(before) - 1}-position": "5"})

    after = [alias.text for alias in storing.read(Entry.objects.get(slug="weight-memory")).aliases]
    assert after == [before[-1], *before[:-1]]


def test_two_aliases_can_change_places(client: Client, editor: User) -> None:
    page, data = open_form(client)
    first, second = data["aliases-0-text"], data["aliases-1-text"]

    response = client.post(page, data | {"aliases-0-text": second, "aliases-1-text": first})

    texts = [alias.text for alias in storing.read(Entry.objects.get(slug="weight-memory")).aliases]
    assert response.status_code == 302
    assert texts[:2] == [second, first]


def test_a_row_marked_for_deletion_goes(client: Client, editor: User) -> None:
    page, data = open_form(client)
    text = data["aliases-0-text"]

    client.post(page, data | {"aliases-0-DELETE": "on"})

    aliases = storing.read(Entry.objects.get(slug="weight-memory")).aliases
    assert text not in [alias.text for alias in aliases]


def test_the_date_moves_with_the_text_alone(client: Client, editor: User) -> None:
    page, data = open_form(client)
    Entry.objects.filter(slug="weight-memory").update(updated=date(2020, 1, 1))
    page, data = open_form(client)

    client.post(page, data | {"reviewer": "Somebody else"})
    untouched = Entry.objects.get(slug="weight-memory").updated
    page, data = open_form(client, analogy="Another one.")
    client.post(page, data)

    assert untouched == date(2020, 1, 1)
    assert Entry.objects.get(slug="weight-memory").updated > date(2026, 1, 1)


def test_a_draft_may_wait_for_an_entry_that_is_not_there(client: Client, editor: User) -> None:
    response = client.post(ADD, new_form(client, plain="See [[Seal]]: 35 GB."), follow=True)

    entry = Entry.objects.get(slug="walrus")
    assert entry.unresolved == ["Seal"]
    assert "Plain: No entry answers to [[Seal]]" in response.text
    assert "“35 GB” is typed by hand" in response.text


def test_a_draft_is_not_published_while_it_waits(client: Client, editor: User) -> None:
    response = client.post(ADD, new_form(client, plain="See [[Seal]].", state="published"))

    assert "No entry answers to [[Seal]]" in errors(response)
    assert "Name at least one source before publishing" in errors(response)
    assert not Entry.objects.filter(slug="walrus").exists()


def test_a_text_saved_meanwhile_is_not_overwritten_unawares(client: Client, editor: User) -> None:
    page, data = open_form(client, analogy="Mine.")
    page, theirs = open_form(client, analogy="Theirs.")
    client.post(page, theirs)

    refused = client.post(page, data)
    kept = Entry.objects.get(slug="weight-memory").analogy
    accepted = client.post(page, filled_form(refused, _save="1"))

    assert "Somebody saved this entry after you opened it" in errors(refused)
    assert "it differs in analogy" in errors(refused)
    assert kept == "Theirs."
    assert accepted.status_code == 302
    assert Entry.objects.get(slug="weight-memory").analogy == "Mine."


def test_the_slug_of_a_public_entry_is_fixed(client: Client, editor: User) -> None:
    page, data = open_form(client)

    client.post(page, data | {"slug": "another"})

    assert Entry.objects.filter(slug="weight-memory").exists()
    assert not Entry.objects.filter(slug="another").exists()


def test_a_draft_may_change_its_slug_and_links_follow(client: Client, editor: User) -> None:
    client.post(ADD, new_form(client))
    make_entry(title="Seal", plain="A [[walrus]].")
    storing.retypeset(Entry.objects.filter(slug="seal"))
    page, data = open_form(client, "walrus", slug="odobenus")

    response = client.post(page, data)

    assert response.status_code == 302
    mentioned = Entry.objects.get(slug="odobenus").mentioned_in
    assert [mention.source.slug for mention in mentioned.all()] == ["seal"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=NASTY, text=NASTY, alias=NASTY, answer=NASTY, guess=NASTY, values=NASTY)
def test_whatever_is_typed_is_refused_or_comes_back_from_its_file(
    client: Client, title: str, text: str, alias: str, answer: str, guess: str, values: str
) -> None:
    user, _ = User.objects.get_or_create(username="eva", is_staff=True, is_superuser=True)
    client.force_login(user)
    rows = {
        "title": title, "plain": text, "exact": f"x\r\n{text}", "aliases-0-text": alias,
        "aliases-0-kind": "alternative", "questions-0-question": title,
        "questions-0-answer": answer, "guess": guess, "guesses-0-text": guess,
        "guesses-0-feedback": answer, "guesses-0-correct": "on", "calculator_values": values,
    }  # fmt: skip
    Entry.objects.filter(slug="walrus").delete()

    response = client.post(ADD, new_form(client, **rows))

    if response.status_code == 200:
        assert errors(response)
    else:
        document = storing.read(Entry.objects.get(slug="walrus"))
        assert parse(dump(document)) == document
