"""Every entry that comes with the code: complete, canonical, computed, connected."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from glossary import checking, storing
from glossary.documents import Document, dump, parse
from glossary.models import Entry, Relation
from glossary.rendering import plain_text
from glossary.typesetting import known_terms

pytestmark = pytest.mark.django_db

FILES = sorted((Path(__file__).parents[2] / "fixtures" / "entries").glob("*/*.md"))
PROMISED = {
    "parameter", "weight", "bias-parameter", "parameter-count", "weight-memory", "precision",
    "quantization", "bits-per-weight", "fp32", "fp16", "bf16", "int8", "int4", "hyperparameter",
    "training", "inference", "lora", "qlora", "fine-tuning", "moe", "active-parameters",
    "total-parameters", "kv-cache", "model-tier",
}  # fmt: skip


def read(file: Path) -> Document:
    return parse(file.read_text(encoding="utf-8"))


def test_the_promised_entries_are_there() -> None:
    assert {file.stem for file in FILES} >= PROMISED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_written_the_canonical_way_and_lies_in_its_place(file: Path) -> None:
    document = read(file)

    assert dump(document) == file.read_text(encoding="utf-8")
    assert (file.parent.name, file.stem) == (document.category, document.slug)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_entry_has_no_problem_and_lacks_nothing(file: Path) -> None:
    document = read(file)

    problems = [
        *checking.document_problems(document, known_terms()),
        *checking.completeness(document),
    ]

    assert problems == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_entry_keeps_the_editorial_limits(file: Path) -> None:
    document = read(file)
    words = sum(len(text.split()) for text in document.texts.values())

    assert len(document.definition.split()) <= 35
    assert document.definition.endswith(".")
    assert not re.search(r"[*_`\[\]{}<>]", document.definition)
    assert 3 <= len(document.questions) <= 5
    assert 2 <= len(document.prompts) <= 3
    assert len(document.guesses) == 3
    assert len(document.sources) >= 3
    assert words <= 1_300


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_entry_follows_its_own_calculator_somewhere(file: Path) -> None:
    entry = Entry.objects.get(slug=file.stem)

    assert entry.calculator
    assert entry.rendered["live"]


def test_the_graph_of_relations_keeps_its_rules() -> None:
    assert checking.graph_problems() == []


def test_every_relation_has_a_reason_worth_reading() -> None:
    for relation in Relation.objects.all():
        assert 20 <= len(relation.reason) <= 200, relation


def test_every_term_is_within_three_clicks_of_parameter() -> None:
    edges = set(Relation.objects.values_list("source__slug", "target__slug"))
    links = {a: set[str]() for pair in edges for a in pair}
    for source, target in edges:
        links[source].add(target)
        links[target].add(source)

    reached = {"parameter"}
    for _ in range(3):
        reached |= {target for slug in reached for target in links[slug]}

    assert reached == {file.stem for file in FILES}


def test_the_database_gives_back_every_file_byte_for_byte(tmp_path: Path) -> None:
    call_command("export_entries", to=tmp_path, verbosity=0)

    for file in FILES:
        written = tmp_path / file.parent.name / file.name
        assert written.read_bytes() == file.read_bytes()


def test_loading_what_was_dumped_changes_nothing(tmp_path: Path) -> None:
    before = {entry.slug: storing.read(entry) for entry in Entry.objects.all()}
    file = tmp_path / "kv-cache.md"
    file.write_text(dump(before["kv-cache"]), encoding="utf-8")

    call_command("loaddata", str(file), verbosity=0)

    assert {entry.slug: storing.read(entry) for entry in Entry.objects.all()} == before


# Facts of the seed pages with their corrections: what the page must say, computed by the engine.
SAID = [
    ("weight-memory", "280 GB"),
    ("weight-memory", "140 GB"),
    ("weight-memory", "35 GB"),
    ("weight-memory", "32.6 GiB"),
    ("weight-memory", "42.9 GB"),
    ("kv-cache", "17.2 GB"),
    ("kv-cache", "42.9 GB"),
    ("moe", "46.7 billion"),
    ("total-parameters", "46.7 billion"),
    ("active-parameters", "12.9 billion"),
    ("parameter-count", "8,030,261,248"),
    ("lora", "65,536"),
    ("lora", "4,194,304"),
    ("fp16", "65,504"),
    ("fine-tuning", "128 GB"),
]


@pytest.mark.parametrize(("slug", "said"), SAID)
def test_a_page_says_the_number_that_the_seed_pages_ask_for(slug: str, said: str) -> None:
    rendered = Entry.objects.get(slug=slug).rendered

    assert said in plain_text(repr(rendered))
