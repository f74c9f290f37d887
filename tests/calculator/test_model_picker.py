"""Any published model of the catalogue fills a calculator's inputs, or is refused with a reason."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from calculator import registry
from calculator.cards import Card, make_card
from calculator.core.catalog import MODELS
from calculator.models import LanguageModel
from glossary.calculations import compute

pytestmark = pytest.mark.django_db

WITH_MODELS = ["active", "anatomy", "checkpoint", "fit", "kv", "lora", "memory", "moe", "qlora"]


def card(slug: str, **query: str) -> Card:
    widget = registry.get(slug)
    assert widget is not None
    return make_card(widget, query)


def value(found: Card, name: str) -> Any:
    assert found.valid, found.form.errors
    return found.result.outputs[name].value


def filled(found: Card, name: str) -> Any:
    assert found.valid, found.form.errors
    return found.form.cleaned_data[name]


def test_these_calculators_take_a_model() -> None:
    taking = [widget.slug for widget in registry.all_widgets() if widget.form.model_fields]

    assert sorted(taking) == WITH_MODELS


@pytest.mark.parametrize("slug", WITH_MODELS)
def test_a_model_of_the_catalogue_gives_an_answer_under_its_own_address(slug: str) -> None:
    found = card(slug, model="llama-3-70b")

    assert found.valid, found.form.errors
    assert found.query == "model=llama-3-70b"


@pytest.mark.parametrize("slug", WITH_MODELS)
def test_every_published_model_is_answered_or_refused_with_a_reason(slug: str) -> None:
    for model in LanguageModel.objects.public():
        found = card(slug, model=model.slug)

        if found.valid:
            assert found.result.outputs
        else:
            assert str(found.form.non_field_errors()[0]).startswith(f"{model.name} ")
            # A preset stands for itself: whether the catalogue has it too is not asked.
            own = "" if model.slug in MODELS else f"/models/{model.slug}/"
            assert found.form.elsewhere == own


@pytest.mark.parametrize("slug", ["memory", "checkpoint", "qlora"])
def test_every_model_but_the_rounded_presets_is_counted_to_the_last_parameter(slug: str) -> None:
    for model in LanguageModel.objects.public().exclude(slug__in=MODELS):
        found = card(slug, model=model.slug)

        assert filled(found, "n") == model.total


def test_active_parameters_are_those_of_the_catalogue() -> None:
    for model in LanguageModel.objects.public().exclude(slug__in=MODELS):
        found = card("active", model=model.slug)

        assert filled(found, "A") == model.active


def test_a_mixture_is_taken_apart_and_adds_up_again() -> None:
    model = LanguageModel.objects.get(slug="qwen3-30b-a3b")
    found = card("moe", model=model.slug)

    assert value(found, "total") * 10**9 == model.total
    assert value(found, "active") * 10**9 == model.active


@pytest.mark.parametrize(
    ("slug", "kind"),
    [("qwen3-8b", "full"), ("gemma-3-27b-text", "sliding"), ("deepseek-v3", "compressed")],
)
def test_a_model_brings_its_kind_of_cache(slug: str, kind: str) -> None:
    model = LanguageModel.objects.get(slug=slug)

    found = card("kv", model=slug)

    assert filled(found, "kind") == kind
    assert value(found, "per") == model.cache_per_token
    assert found.query == f"model={slug}"


def test_a_window_longer_than_the_model_can_read_never_slides() -> None:
    assert filled(card("kv", model="phi-4-mini"), "kind") == "full"


def test_the_weights_beside_a_cache_are_those_of_the_model() -> None:
    model = LanguageModel.objects.get(slug="deepseek-v3")
    assert model.total
    assert model.cache_per_token

    found = card("kv", model=model.slug, T="131072")

    share = Decimal(model.cache_per_token * 131072) / (2 * model.total)
    assert value(found, "of-weights") == share * 100


def test_fit_fills_in_what_the_model_keeps_for_each_token() -> None:
    found = card("fit", model="deepseek-v3")

    assert filled(found, "kvt") == 70_272
    assert not any("as set" in note for note in found.result.notes)
    assert any("DeepSeek-V3 as Q4_0 takes" in note for note in found.result.notes)


def test_anatomy_names_the_model_and_says_what_its_sum_leaves_out() -> None:
    found = card("anatomy", model="qwen3-8b")

    # A norm of 128 on the queries and one on the keys, in each of 36 layers.
    assert value(found, "total") == 8_190_735_360 - 36 * 2 * 128
    assert found.result.notes == (
        "Qwen3 8B has 8,190,735,360 parameters: it has parts that this sum leaves out.",
    )
    assert found.result.picture.name == "Qwen3 8B"  # type: ignore[attr-defined]


def test_lora_draws_the_queries_and_counts_every_projection() -> None:
    found = card("lora", model="qwen3-8b", r="16")

    assert [filled(found, name) for name in ("a", "b", "m")] == [4096, 4096, 36]
    assert "rank 16 trains 43,646,976 parameters" in found.result.notes[0]


@pytest.mark.parametrize(
    ("slug", "model", "reason"),
    [
        ("anatomy", "deepseek-v3", "has 256 feed-forward blocks in a layer"),
        ("anatomy", "lfm2-1.2b", "has layers without attention"),
        ("anatomy", "gpt2", "have no gate"),
        ("anatomy", "bert-large-uncased", "writes none"),
        ("anatomy", "gemma-3-27b", "has parts that this sum does not know"),
        ("fit", "gemma-3-27b", "keeps only the last 1,024 tokens in 52 of its 62 layers"),
        ("kv", "qwen3-next-80b-a3b", "keeps a state of constant size in 36 layers"),
        ("kv", "deepseek-v3.2", "keeps further keys"),
        ("kv", "gemma-4-26b-a4b-text", "keeps caches of different widths"),
        ("kv", "t5-base", "has a cache that is not known here"),
        ("kv", "roberta-base", "keeps no cache"),
        ("lora", "mamba-130m", "has no query matrix"),
        ("lora", "gpt2-small", "in one matrix"),
        ("moe", "falcon-mamba-7b", "has no feed-forward blocks"),
    ],
)
def test_a_model_that_a_formula_does_not_fit_is_refused(slug: str, model: str, reason: str) -> None:
    found = card(slug, model=model)

    assert not found.valid
    assert reason in str(found.form.non_field_errors()[0])


def test_a_refusal_leads_to_the_page_of_the_model(client: Client) -> None:
    text = client.get("/calculators/kv/?model=qwen3-next-80b-a3b").text

    assert 'class="err err--model"' in text
    assert '<option value="qwen3-next-80b-a3b" selected>' in text
    assert '<a href="/models/qwen3-next-80b-a3b/">' in text
    assert 'name="model" value=' not in text


def test_a_draft_is_no_model_to_choose(client: Client) -> None:
    LanguageModel.objects.filter(slug="qwen3-8b").update(is_public=False)

    assert "no model “qwen3-8b”" in client.get("/calculators/memory/?model=qwen3-8b").text
    assert 'value="qwen3-8b"' not in client.get("/calculators/memory/").text


def test_a_model_that_the_engine_refuses_is_no_model_to_use() -> None:
    LanguageModel.objects.filter(slug="qwen3-8b").update(config='{"model_type": "unheard-of"}')

    assert not card("memory", model="qwen3-8b").valid


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "Ω", "-", "x" * 5000])
def test_what_cannot_be_a_slug_is_never_looked_up(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1 if name.startswith("x") else 0):
        assert not card("memory", model=name).valid


def test_a_number_in_a_text_may_name_any_model() -> None:
    computed = compute("anatomy!exact model=qwen3-14b")

    assert computed.text == "14,768,296,960"
    assert computed.url == "/calculators/anatomy/?model=qwen3-14b"


def test_a_text_that_names_a_model_which_does_not_fit_is_told_why() -> None:
    with pytest.raises(ValueError, match="has 256 feed-forward blocks"):
        compute("anatomy model=deepseek-v3")


@pytest.mark.parametrize("address", ["/calculators/kv/", "/terms/kv-cache/"])
def test_the_catalogue_is_offered_under_its_makers(client: Client, address: str) -> None:
    text = client.get(address).text

    form = re.search(r'<form class="choose"[^>]*>.*?</form>', text, re.DOTALL)
    assert form is not None
    assert f'action="{address}#try"' in form[0]
    assert '<label for="choose-model">' in form[0]
    assert '<optgroup label="Google">' in form[0]
    assert form[0].count("<option ") == LanguageModel.objects.public().count() + 1


def test_the_chosen_model_is_marked_and_stays_while_the_inputs_are_its_own(client: Client) -> None:
    text = client.get("/calculators/kv/?model=qwen3-8b").text
    moved = client.get(
        "/calculators/kv/result/?model=qwen3-8b&L=36&kv=8&hd=128&n=8.19073536&T=32768",
        headers={"HX-Request": "true", "HX-Trigger": "calc"},
    )

    assert '<option value="qwen3-8b" selected>' in text
    assert '<input type="hidden" name="model" value="qwen3-8b">' in text
    assert moved["HX-Push-Url"] == "/calculators/kv/?model=qwen3-8b&T=32768"


def test_a_model_whose_settings_were_changed_is_no_longer_named() -> None:
    assert card("kv", model="qwen3-8b", L="40").query.startswith("L=40&")


def test_a_calculator_without_models_offers_none(client: Client) -> None:
    assert 'class="choose"' not in client.get("/calculators/bits/").text


def test_an_empty_catalogue_is_not_offered(client: Client) -> None:
    LanguageModel.objects.all().delete()

    assert 'class="choose"' not in client.get("/calculators/kv/").text


def test_a_redraw_does_not_list_the_catalogue(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        text = client.get("/calculators/kv/result/?model=llama-2-7b").text

    assert "choose-model" not in text
