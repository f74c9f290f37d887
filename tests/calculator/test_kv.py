"""The KV cache calculator: models by name, unknown weights, three kinds of attention."""

from decimal import Decimal

import pytest

from calculator import registry
from calculator.cards import Card, make_card
from calculator.core.result import Output


def card(**query: str) -> Card:
    widget = registry.get("kv")
    assert widget is not None
    return make_card(widget, query)


def outputs(**query: str) -> dict[str, Output]:
    found = card(**query)
    assert found.valid, found.form.errors
    return dict(found.result.outputs)


def test_a_model_brings_its_settings_and_its_weights() -> None:
    found = outputs(model="llama-3.1-70b", T="131072")

    assert found["gb"].value == Decimal("42.94967296")
    assert found["of-weights"].text == "30.4%"


def test_models_with_the_same_settings_keep_their_own_weights() -> None:
    # Llama 3.1 8B, Mistral 7B and Mixtral 8x7B have 32 layers, 8 heads and a head size of 128.
    slugs = ("llama-3.1-8b", "mistral-7b", "mixtral-8x7b")

    cards = [card(model=slug) for slug in slugs]

    assert len({found.result.outputs["of-weights"].text for found in cards}) == 3
    assert len({found.result.outputs["gb"].text for found in cards}) == 1
    assert [found.query for found in cards] == ["", "model=mistral-7b", "model=mixtral-8x7b"]


@pytest.mark.parametrize("setting", ["L", "kv", "hd"])
def test_settings_given_by_hand_have_unknown_weights(setting: str) -> None:
    found = card(**{setting: "40"})

    assert found.result.outputs["of-weights"].value == "unknown"
    assert "is unknown" in found.result.sentence


def test_a_model_with_a_setting_changed_is_another_model() -> None:
    assert card(model="llama-3.1-70b", L="40").result.outputs["of-weights"].value == "unknown"


def test_settings_that_repeat_the_model_change_nothing() -> None:
    assert card(L="32", kv="8", hd="128").query == ""


def test_a_parameter_count_given_by_hand_is_used() -> None:
    found = card(L="40", n="13")

    assert found.result.outputs["of-weights"].text != "unknown"
    assert "The weights of the model take 26 GB" in found.result.sentence


@pytest.mark.django_db
def test_an_unknown_model_is_asked_for_its_settings() -> None:
    found = card(model="gpt-7")

    assert not found.valid
    assert "Enter its settings" in found.form.non_field_errors()[0]


def test_eight_bit_keys_and_values_take_half() -> None:
    assert outputs(by="1")["per"].value * 2 == outputs()["per"].value


def test_a_window_stops_the_growth_and_says_so() -> None:
    found = card(kind="sliding", slide="32", W="4096", T="8192")

    assert found.result.outputs["gb"].value == Decimal("0.536870912")
    assert found.result.notes == ("Past 4,096 tokens the cache stops growing.",)


def test_a_window_in_some_layers_slows_the_growth() -> None:
    found = card(kind="sliding", slide="16", W="4096", T="8192")

    assert "65,536 bytes for each further token" in found.result.notes[0]


def test_more_sliding_layers_than_layers_are_refused() -> None:
    found = card(kind="sliding", slide="33")

    message = "Layers that slide must be no more than layers (32)"
    assert found.form.errors["slide"] == [message]


def test_sliding_layers_do_not_matter_to_the_other_kinds() -> None:
    assert card(kind="full", L="12").valid


def test_compressed_attention_needs_no_heads() -> None:
    deepseek = {"kind": "compressed", "L": "61", "latent": "576"}

    assert outputs(**deepseek)["per"].value == outputs(**deepseek, kv="128")["per"].value == 70_272


def test_choosing_a_common_model_also_chooses_its_kind() -> None:
    models = card().form.presets[0]

    assert {preset.values["kind"] for preset in models.options} == {"full"}
