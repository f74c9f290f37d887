"""What may be published, what follows from it, and who sees a draft."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from glossary import publishing, storing
from glossary.documents import (
    AliasRow,
    Document,
    GuessRow,
    KeyNumberRow,
    QuestionRow,
    RelationRow,
    SourceRow,
)
from glossary.models import Category, Entry, Relation, State
from tests.factories import make_category, make_entry

pytestmark = pytest.mark.django_db

SOURCE = SourceRow(key="paper", title="A paper", url="https://example.org/paper")


@pytest.fixture
def category(empty_glossary: None) -> Category:
    return make_category()


def complete(**over: Any) -> Document:
    values: dict[str, Any] = {
        "slug": "walrus",
        "title": "Walrus",
        "category": "inside-a-model",
        "definition": "A walrus is a term that this test made up.",
        "updated": date(2026, 11, 22),
        "texts": {"plain": "Plain words."},
        "sources": (SOURCE,),
    }
    return Document(**values | over)


def keep(document: Document) -> Entry:
    entry = storing.write(document)
    storing.connect(entry, document)
    return entry


def test_a_definition_plain_words_and_a_source_are_enough(category: Category) -> None:
    assert publishing.refusals(complete()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"texts": {}}, "Plain: Write at least “In plain words” before publishing"),
        ({"sources": ()}, "Sources: Name at least one source before publishing"),
        ({"texts": {"plain": "[[Nothing]]"}}, "Plain: No entry answers to [[Nothing]]"),
        ({"texts": {"plain": "It takes 16 GB."}}, "“16 GB” is typed by hand"),
        ({"texts": {"plain": "{= nope n=1 =}"}}, "There is no calculator “nope”"),
        ({"texts": {"plain": "{~ gb ~}"}}, "this page shows no calculator"),
        ({"texts": {"plain": "So it is [#book]."}}, "no source of this entry has the key “book”"),
        ({"texts": {"plain": "One\n## Two\n"}}, "A line cannot start with “## ”"),
        ({"calculator": "nope"}, "Calculator: There is no calculator “nope”"),
        ({"calculator": "memory", "calculator_values": {"n": "x"}}, "Calculator values: n:"),
        ({"definition": "x" * 301}, "more than 300 characters"),
        ({"state": "deprecated"}, "A deprecated entry names the entry that replaces it"),
        ({"level": "expert"}, "“expert” is none of beginner, intermediate, advanced"),
        ({"aliases": (AliasRow(text="walrus"),)}, "Aliases 1: “walrus” is there twice"),
        ({"key_numbers": (KeyNumberRow(label="a", source="b"),)}, "Key numbers 1: There is no"),
        ({"guess": "How?", "guesses": (GuessRow(text="a", feedback="b"),)}, "Exactly one guess"),
        ({"guesses": (GuessRow(text="a", feedback="b", correct=True),)}, "Write the question"),
        (
            {"guess": "?", "guesses": (GuessRow(text="a — b", feedback="c", correct=True),)},
            "Guesses 1: A guess cannot hold a dash between spaces",
        ),
        (
            {"questions": (QuestionRow(question="Why?", answer="So.\n### And?\nSo."),)},
            "Questions 1: A line of an answer cannot start with “### ”",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_in_a_sentence(
    category: Category, change: dict[str, Any], sentence: str
) -> None:
    found = publishing.refusals(complete(**change))

    assert len(found) == 1
    assert sentence in found[0]


@pytest.mark.parametrize("name", ["Seal", "Seals", "sea dog"])
def test_a_name_of_another_entry_is_refused(category: Category, name: str) -> None:
    make_entry(title="Seal", plural="Seals", aliases=["Sea dog"])

    assert publishing.refusals(complete(aliases=(AliasRow(text=name),))) == [
        f"Aliases 1: “{name}” is already a name of “Seal”"
    ]
    assert publishing.refusals(complete(title=name)) == [
        f"Title: “{name}” is already a name of “Seal”"
    ]


def test_an_entry_keeps_its_own_names(category: Category) -> None:
    document = complete(plural="Walruses", aliases=(AliasRow(text="tooth walker"),))
    keep(document)

    assert publishing.refusals(document) == []


def test_an_alias_may_move_up_to_be_the_title(category: Category) -> None:
    keep(complete(aliases=(AliasRow(text="tooth walker"),)))

    changed = complete(title="Tooth walker", aliases=(AliasRow(text="walrus"),))

    assert publishing.refusals(changed) == []


@pytest.mark.parametrize(
    ("stored", "kind", "sentence"),
    [
        ("broader", "broader", "leads back to itself through “broader”"),
        ("read-first", "read-first", "leads back to itself through “read first”"),
        ("related", "contrast", "joined twice: related, contrast"),
        ("contrast", "contrast", "joined twice: contrast, contrast"),
        ("broader", "related", "cannot also be “related”"),
        ("broader", "contrast", "cannot also be “contrast”"),
    ],
)
def test_a_relation_is_checked_against_the_stored_graph(
    category: Category, stored: str, kind: str, sentence: str
) -> None:
    entry, other = keep(complete()), make_entry(title="Seal")
    Relation.objects.create(source=other, target=entry, kind=stored, reason="Because.")
    fine = RelationRow(kind="read-first", to=make_entry(title="Ice").slug, reason="It melts.")

    found = publishing.problems(
        complete(relations=(fine, RelationRow(kind=kind, to="seal", reason="Because.")))
    )

    assert [(problem.field, problem.row) for problem in found] == [("relations", 1)]
    assert sentence in found[0].message


@pytest.mark.parametrize(("kind", "row"), [("broader", 1), ("read-first", 1), ("related", 1)])
def test_a_relation_is_stated_once(category: Category, kind: str, row: int) -> None:
    make_entry(title="Seal")
    twice = (RelationRow(kind=kind, to="seal", reason="Because."),) * 2

    found = publishing.problems(complete(relations=twice))

    assert [(problem.row, problem.message) for problem in found] == [
        (row, "This relation is already there")
    ]


def test_an_entry_is_not_related_to_itself(category: Category) -> None:
    relation = RelationRow(kind="related", to="walrus", reason="Because.")

    assert "is related to itself" in publishing.refusals(complete(relations=(relation,)))[0]


def test_publishing_shows_the_entry_and_its_links(category: Category, client: Client) -> None:
    entry = keep(complete())
    linking = keep(
        complete(slug="seal", title="Seal", state="published", texts={"plain": "A [[walrus]]."})
    )
    before = client.get("/terms/seal/").text

    refused = publishing.publish(entry)

    assert refused == []
    assert client.get("/terms/walrus/").status_code == 200
    assert 'href="/terms/walrus/"' not in before
    assert 'href="/terms/walrus/"' in client.get(linking.get_absolute_url()).text


def test_unpublishing_takes_the_page_and_the_links_to_it_away(
    category: Category, client: Client
) -> None:
    entry = keep(complete(state="published"))
    keep(complete(slug="seal", title="Seal", state="published", texts={"plain": "A [[walrus]]."}))

    refused = publishing.unpublish(entry)

    assert refused == []
    assert client.get("/terms/walrus/").status_code == 404
    assert "/terms/walrus/" not in client.get("/terms/seal/").text
    assert "A walrus." in client.get("/terms/seal/").text


def test_a_refused_entry_stays_a_draft(category: Category) -> None:
    entry = keep(complete(sources=()))

    refused = publishing.publish(entry)

    entry.refresh_from_db()
    assert refused == ["Sources: Name at least one source before publishing"]
    assert entry.state == State.DRAFT


def test_an_entry_that_readers_are_sent_to_stays_public(category: Category) -> None:
    entry = keep(complete(state="published"))
    keep(complete(slug="seal", title="Seal", state="deprecated", replaced_by="walrus"))

    refused = publishing.unpublish(entry)

    assert refused == ["State: “Seal” sends its readers here, so this stays public"]


def test_readers_are_sent_to_public_entries_only(category: Category) -> None:
    keep(complete())
    other = complete(slug="seal", title="Seal", state="deprecated", replaced_by="walrus")

    assert publishing.refusals(other) == [
        "Replaced by: The replacement is a draft: publish it first"
    ]
    assert publishing.refusals(replace(other, replaced_by="seal")) == [
        "Replaced by: An entry cannot replace itself"
    ]


def test_a_new_name_reaches_the_entries_that_waited_for_it(
    category: Category, client: Client
) -> None:
    text = {"plain": "A [[Tooth Walker]]."}
    waiting = keep(complete(slug="seal", title="Seal", state="published", texts=text))
    before, after = (
        complete(),
        complete(state="published", aliases=(AliasRow(text="tooth walker"),)),
    )
    entry = keep(before)

    Entry.objects.filter(pk=entry.pk).update(state="published")
    publishing.store(entry, after, before)

    waiting.refresh_from_db()
    assert waiting.unresolved == []
    assert 'href="/terms/walrus/"' in client.get("/terms/seal/").text


def test_links_to_a_deleted_entry_become_plain_words(category: Category, client: Client) -> None:
    entry = keep(complete(state="published"))
    text = {"plain": "A [[walrus]]."}
    linking = keep(complete(slug="seal", title="Seal", state="published", texts=text))

    publishing.remove([entry])

    linking.refresh_from_db()
    assert linking.unresolved == ["walrus"]
    assert "/terms/walrus/" not in client.get("/terms/seal/").text


def test_the_entries_that_come_with_the_code_may_all_be_published() -> None:
    for entry in Entry.objects.all():
        assert publishing.refusals(storing.read(entry)) == []
