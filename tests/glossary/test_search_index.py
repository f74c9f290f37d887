"""Suggestions, and an index that follows every change and survives any question."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from glossary import editions, storing
from glossary.fulltext import FullText, Text
from glossary.models import Alias, Category, Edition, Entry, State
from glossary.names import Kind, Name, Names, fold, mark_beginning
from glossary.search import readable, search, suggest
from glossary.typesetting import Typeset
from tests.factories import make_entry


def titles(asked: str) -> list[str]:
    return [hit.term.title for hit in search(asked).hits]


@pytest.mark.usefixtures("empty_glossary")
def test_suggestions_match_names_then_words_then_definitions() -> None:
    make_entry(title="QLoRA", definition="LoRA on top of a quantized model.")
    make_entry(title="Post-training quantization", definition="After the fact.")
    make_entry(title="Bits", aliases=["quant level"], definition="How many.")
    make_entry(title="Quantization", definition="Fewer bits.")
    make_entry(title="Token", definition="A piece of text.")

    found = suggest("quan")

    assert [str(hit.title) for hit in found.hits] == [
        "<mark>Quan</mark>tization",
        "Bits",
        "Post-training <mark>quan</mark>tization",
        "QLoRA",
    ]
    assert found.hits[1].also == "<mark>quan</mark>t level"
    assert found.hits[3].definition == "LoRA on top of a <mark>quan</mark>tized model."
    assert not found.guessed


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize("asked", ["atent", "attnetio", "attenton", "atention"])
def test_a_slip_while_typing_still_suggests(asked: str) -> None:
    make_entry(title="Attention", definition="A piece of a model.")
    make_entry(title="Token", definition="A piece of text.")

    found = suggest(asked)

    assert [hit.term.title for hit in found.hits] == ["Attention"]
    assert found.guessed


@pytest.mark.usefixtures("empty_glossary")
def test_of_two_names_as_near_as_each_other_the_title_is_guessed_first() -> None:
    make_entry(title="Adapter", aliases=["quantized adapter"])
    make_entry(title="Quantization")

    found = suggest("qauntiz")

    assert [hit.term.title for hit in found.hits] == ["Quantization", "Adapter"]


@pytest.mark.usefixtures("empty_glossary")
def test_there_are_at_most_six_suggestions() -> None:
    for number in range(9):
        make_entry(title=f"Model {number}")

    assert len(suggest("mod").hits) == 6


def change_title(entry: Entry) -> None:
    entry.title = "Walrus"
    entry.save()


def add_alias(entry: Entry) -> None:
    Alias.objects.create(entry=entry, text="walrus")


def typeset_again(entry: Entry) -> None:
    storing.keep(entry, Typeset({"plain": "<p>A walrus.</p>"}, (), (), ()))


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize("change", [change_title, add_alias, typeset_again])
def test_a_change_is_found_by_the_next_search(change: object) -> None:
    entry = make_entry(title="Otter")
    before = titles("walrus")

    assert callable(change)
    change(entry)

    assert before == []
    assert len(titles("walrus")) == 1


@pytest.mark.usefixtures("empty_glossary")
def test_what_is_deleted_unpublished_or_renamed_is_gone_from_the_next_search() -> None:
    first, second = make_entry(title="Walrus one"), make_entry(title="Walrus two")
    make_entry(title="Walrus three", aliases=["tusker"])
    assert len(titles("walrus")) == 3

    first.delete()
    second.state = State.DRAFT
    second.save()
    Alias.objects.all().delete()
    Category.objects.get().save()

    assert titles("walrus") == ["Walrus three"]
    assert titles("tusker") == []


@pytest.mark.usefixtures("empty_glossary")
def test_a_change_made_by_another_process_is_found_too() -> None:
    entry = make_entry(title="Otter")
    search("otter")

    Entry.objects.filter(pk=entry.pk).update(title="Walrus")
    Edition.objects.update(stamp=uuid4())

    assert titles("walrus") == ["Walrus"]
    assert titles("otter") != ["Otter"]


@pytest.mark.usefixtures("empty_glossary")
def test_searching_again_asks_the_database_for_the_edition_only(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        make_entry(title=f"Model {number}", aliases=[f"network {number}"])
    search("model")

    with django_assert_num_queries(1):
        answer = search("model")
    with django_assert_num_queries(1):
        suggestions = suggest("netw")

    assert answer.total == 8
    assert len(suggestions.hits) == 6


@pytest.mark.usefixtures("empty_glossary")
def test_making_the_index_takes_three_queries_however_many_terms_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        make_entry(title=f"Model {number}", aliases=[f"network {number}"])

    with django_assert_num_queries(3):
        search("model")


@pytest.mark.usefixtures("empty_glossary")
def test_the_edition_of_a_failed_change_never_comes_again() -> None:
    make_entry(title="Otter")
    seen: list[UUID | None] = [editions.current()]

    with transaction.atomic():
        make_entry(title="Walrus")
        seen.append(editions.current())
        assert titles("walrus") == ["Walrus"]
        transaction.set_rollback(True)
    seen.append(editions.current())
    make_entry(title="Badger")
    seen.append(editions.current())

    assert titles("walrus") == []
    assert titles("badger") == ["Badger"]
    assert seen[0] == seen[2]
    assert len(set(seen)) == 3


HOSTILE = [
    "AND (", "OR", "NOT", '"', '"unclosed', "title:", "title:x", "*", "a*", "NEAR(a, b)", "^2",
    "a OR", "+", "-a", "[a TO b]", "{a TO}", "/regex/", "a~2", "\\", "\0", "a\0b", "\x1b[31m",
    "\u202eabc", "%", "_", "';--", "<script>alert(1)</script>", "\ud800", "🙂", "a" * 5000,
    "a " * 5000, "\N{COMBINING ACUTE ACCENT}", "   ", "İ", "ﬁ", "½",
]  # fmt: skip


@pytest.mark.usefixtures("empty_glossary")
def test_no_question_is_an_error() -> None:
    make_entry(title="A title", aliases=["regex", "½ bit"], plain="Some text.")

    for asked in HOSTILE:
        assert search(asked).total <= 1
        assert len(suggest(asked).hits) <= 1


@given(st.text())
@example("\u202e")
@example("ǰǰ")
def test_any_text_is_a_question_that_each_part_can_answer(asked: str) -> None:
    line = readable(asked)
    key = fold(line)

    found = TEXTS.find(line)

    assert set(found.scores) <= {0}
    assert all(isinstance(found.excerpt(number), str) for number in found.scores)
    assert len(NAMES.best(key, Kind.ALIAS)) <= 1
    assert len(NAMES.nearest([key])) <= 1
    assert line == readable(line)
    assert line.isprintable()
    assert len(line) <= 200


@given(st.text(), st.integers(0, 20), st.integers(1, 20))
def test_marking_keeps_every_letter_of_the_text(text: str, start: int, length: int) -> None:
    asked = fold(text)[start : start + length]

    marked = mark_beginning(text.replace("<", "").replace("&", ""), asked)

    bare = marked.replace("<mark>", "").replace("</mark>", "")
    plain = bare.replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
    assert plain == text.replace("<", "").replace("&", "")


TEXTS = FullText([Text("A title", "½ bit", "Some text.", ["More of it."])])
NAMES = Names([Name(fold("A title"), Kind.TITLE, 0)])
