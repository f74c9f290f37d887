"""Operations, time, money and energy on the training card: from what was entered, or not at all."""

import pytest
from django.test import Client

from calculator.catalogue.training.card import Picture

pytestmark = pytest.mark.django_db


def picture_of(slug: str, **asked: str) -> Picture:
    card = Client().get(f"/models/{slug}/", asked).context["training"]
    assert card.valid, card.form.errors
    picture = card.result.picture
    assert isinstance(picture, Picture)
    return picture


def amounts(slug: str, **asked: str) -> dict[str, str]:
    return {amount.name: amount.text for amount in picture_of(slug, **asked).amounts}


def test_nothing_is_said_of_time_without_tokens() -> None:
    assert amounts("llama-3-8b", t_price="2", t_pue="1.2") == {}
    assert "Time, money and energy</h3>" not in Client().get("/models/llama-3-8b/").text


def test_llama_3_405b_costs_the_operations_that_were_published() -> None:
    said = amounts("llama-3.1-405b", t_tokens="15600")

    assert said["Operations"] == "3.8×10²⁵"


def test_time_is_a_range_from_the_share_that_a_published_run_reached() -> None:
    said = amounts("llama-3-8b", t_tokens="15000", t_devices="1024")
    slowest = 6 * 8_030_261_248 * 15e12 / (0.38 * 989.4e12 * 1024) / 86_400
    quickest = 6 * 8_030_261_248 * 15e12 / (0.43 * 989.4e12 * 1024) / 86_400

    assert said["Time"] == f"{quickest:.1f} to {slowest:.1f} days"
    assert list(said) == ["Operations", "Time", "Device hours", "Energy of the devices"]


def test_a_share_that_was_entered_replaces_the_published_one() -> None:
    said = amounts("llama-3-8b", t_tokens="15000", t_devices="1024", t_share="40", t_price="2")
    hours = 6 * 8_030_261_248 * 15e12 / (0.4 * 989.4e12) / 3600

    assert said["Device hours"] == f"{round(hours, -3):,.0f}"
    assert said["Money"] == f"{round(2 * hours, -4):,.0f} dollars"


def test_energy_needs_a_power_and_the_building_an_overhead() -> None:
    said = amounts("llama-3-8b", t_tokens="1", t_share="50", t_devices="8", t_pue="1.5")
    hours = 6 * 8_030_261_248 * 1e9 / (0.5 * 989.4e12) / 3600

    assert said["Energy of the devices"] == f"{hours * 0.7:.3g} kWh"
    assert said["Energy with the building"] == f"{hours * 0.7 * 1.5:.3g} kWh"


def test_a_device_of_unknown_peak_or_power_leaves_them_unknown() -> None:
    peakless = picture_of("llama-3-8b", t_tokens="1", t_device="m4-16gb")
    names = [amount.name for amount in peakless.amounts]

    assert peakless.plan.device.tflops is None or peakless.plan.device.watts is None
    assert "Energy of the devices" not in names
    assert "unknown" in peakless.missing


def test_recomputing_costs_a_third_more_operations() -> None:
    assert amounts("gpt2", t_tokens="1", t_keep="inputs")["Operations"] == "9.96×10¹⁷"
    assert amounts("gpt2", t_tokens="1")["Operations"] == "7.47×10¹⁷"


def test_an_adapter_makes_no_gradients_of_the_frozen_weights() -> None:
    picture = picture_of("llama-3-8b", t_what="lora", t_tokens="1")

    (worked,) = picture.amounts

    assert worked.formula == ("(4 × 8,030,261,248 active + 6 × 41,943,040) × 1,000,000,000 tokens")
    assert "enter a share of the peak" in picture.missing
    assert "Time" in amounts("llama-3-8b", t_what="lora", t_tokens="1", t_share="30")


def test_a_mixture_costs_what_its_active_parameters_do() -> None:
    picture = picture_of("mixtral-8x7b", t_tokens="1")

    assert picture.amounts[0].formula == "6 × 12,879,925,248 active × 1,000,000,000 tokens"
