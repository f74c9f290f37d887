"""The catalogue of models: its files, what is counted from them, its order and its filters."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from calculator.catalogue.listing import COLUMNS, KIND_FILTERS, SIZES, Choice
from calculator.catalogue.machines import most_held, rungs, smallest
from calculator.catalogue.running import holds
from calculator.core.devices import devices
from calculator.models import LanguageModel
from glossary.models import Entry

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "fixtures" / "models").glob("*.json"))
TRUTH: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "data" / "models.json").read_text(encoding="utf-8")
)
SLUGS = [row["id"] for row in TRUTH]


def listed(**query: str) -> list[LanguageModel]:
    return list(Choice.read(query).narrow(LanguageModel.objects.all().for_lists()))


def slugs(**query: str) -> set[str]:
    return {model.slug for model in listed(**query)}


@pytest.mark.parametrize("row", TRUTH, ids=SLUGS)
def test_each_model_of_the_files_is_counted_exactly(row: dict[str, Any]) -> None:
    model = LanguageModel.objects.get(slug=row["id"])

    assert model.total == row["total_params"]
    assert model.active == row.get("active_params_per_token", row["total_params"])
    assert model.bytes_16 == 2 * row["total_params"]
    assert model.model_type


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_named_like_its_model_and_says_where_it_was_read(file: Path) -> None:
    (row,) = json.loads(file.read_text(encoding="utf-8"))

    assert row["model"] == "calculator.languagemodel"
    assert row["fields"]["slug"] == file.stem
    assert isinstance(row["fields"]["config"], dict)
    assert row["fields"]["sources"]
    assert row["fields"]["checked"] == "2026-11-22"
    assert "pk" not in row


def test_what_nobody_could_read_is_unknown() -> None:
    model = LanguageModel.objects.get(slug="gpt-j-6b")

    assert model.licence == ""
    assert model.released is None


def test_a_published_count_keeps_its_source_and_its_reason() -> None:
    rows = LanguageModel.objects.get(slug="gpt2").published_rows

    assert rows[0].count == 124_439_808
    assert rows[0].why == ""
    assert rows[1].count - rows[0].count == 12 * 1024 * 1024
    assert "causal-mask" in rows[1].why
    assert "openai-community/gpt2" in rows[1].where


def test_saving_counts_the_settings_again() -> None:
    model = LanguageModel.objects.get(slug="llama-3-8b")
    settings = json.loads(model.config)

    model.config = json.dumps(settings | {"num_hidden_layers": 16})
    model.save()

    assert model.total == 4_540_469_248


def test_settings_that_the_engine_refuses_leave_the_counts_unknown() -> None:
    model = LanguageModel.objects.get(slug="llama-3-8b")

    model.config = '{"model_type": "nobody-knows"}'
    model.save()

    assert (model.total, model.bytes_4, model.needs, model.kind) == (None, None, None, "")


def test_typesetting_with_a_new_engine_counts_all_models_again() -> None:
    LanguageModel.objects.filter(slug="gpt2").update(total=1)

    call_command("typeset", "--always", verbosity=0)

    assert LanguageModel.objects.get(slug="gpt2").total == 124_439_808


def test_seeding_again_keeps_what_an_editor_changed() -> None:
    LanguageModel.objects.filter(slug="gpt2").update(name="An editor's name")
    LanguageModel.objects.filter(slug="gpt2-xl").delete()

    call_command("seed", verbosity=0)

    assert LanguageModel.objects.get(slug="gpt2").name == "An editor's name"
    assert not LanguageModel.objects.filter(slug="gpt2-xl").exists()


def test_a_database_with_entries_gets_the_models_it_lacks() -> None:
    LanguageModel.objects.all().delete()

    call_command("seed", verbosity=0)

    assert LanguageModel.objects.count() == len(FILES)
    assert Entry.objects.exists()


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_each_column_sorts_both_ways_with_unknown_values_last(column: Any, sign: str) -> None:
    values = [getattr(model, column.by) for model in listed(sort=f"{sign}{column.key}")]

    known = [value for value in values if value is not None]
    assert len(values) == len(FILES)
    assert known == sorted(known, reverse=sign == "-")
    assert values[: len(known)] == known


def test_the_newest_models_come_first_unless_asked_otherwise() -> None:
    assert listed()[0].slug == "deepseek-v4-flash-284b"


def test_each_model_is_of_exactly_one_size() -> None:
    by_size = [slugs(size=size) for size in SIZES]

    assert sum(map(len, by_size)) == len(FILES)
    assert set.union(*by_size) == slugs()


def test_kinds_tell_dense_models_mixtures_hybrids_and_encoders_apart() -> None:
    kinds = {kind: slugs(kind=kind) for kind in KIND_FILTERS}

    assert set.union(*kinds.values()) == slugs()
    assert kinds["moe"] == {row["id"] for row in TRUTH if "moe" in row}
    assert {"jamba-v0.1", "mamba-130m", "lfm2-1.2b", "minimax-text-01"} <= kinds["hybrid"]
    assert kinds["encoder"] == {"bert-large-uncased", "roberta-base"}
    assert "llama-3-8b" in kinds["dense"]


def test_a_model_is_found_by_its_name_and_by_models_of_its_shape() -> None:
    assert slugs(q="llama 3.2") == {"llama-3.2-1b", "llama-3.2-3b"}
    assert slugs(q="R1 distill 70b") == {"llama-3-70b"}
    assert slugs(q="no such model") == set()


def test_filters_narrow_together() -> None:
    found = slugs(maker="DeepSeek", kind="moe", q="v3")

    assert found == {"deepseek-v3", "deepseek-v3.2"}


@pytest.mark.parametrize("slug", ["rtx-4090", "m4-16gb", "raspberry-pi-5-8gb", "dgx-h200"])
def test_the_filter_by_device_keeps_what_the_device_holds(slug: str) -> None:
    found = slugs(fits=slug)

    known = [model for model in LanguageModel.objects.all() if model.needs is not None]
    assert found == {model.slug for model in known if holds(devices()[slug], model.needs or 0)}
    assert found


def test_one_byte_more_than_a_device_holds_is_too_much() -> None:
    device = devices()["rtx-4090"]

    most = most_held(device.slug)

    assert holds(device, most)
    assert not holds(device, most + 1)


def test_the_smallest_device_holds_the_model_and_no_smaller_one_does() -> None:
    for model in LanguageModel.objects.exclude(needs=None):
        device = smallest(model.needs)
        assert device is not None
        smaller = [each for each in rungs() if each.usable.low < device.usable.low]
        assert holds(device, model.needs or 0)
        assert not any(holds(each, model.needs or 0) for each in smaller)


def test_a_longer_slug_of_the_same_shape_is_read_apart_from_its_name() -> None:
    model = LanguageModel.objects.get(slug="llama-3-8b")

    assert model.same_shape_slugs[0] == "llama-3.1-8b"
    assert model.same_shape_names[0] == "Llama 3.1 8B"
