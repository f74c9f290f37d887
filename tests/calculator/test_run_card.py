"""The calculator on a model's page: its ladder of devices answers the reverse questions."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

RUNG = re.compile(r'<li class="rung rung--([\w-]+)">.*?/hardware/([\w-]+)/.*?</li>', re.DOTALL)
FACT = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>")


def rungs(client: Client, slug: str, **asked: Any) -> dict[str, dict[str, str]]:
    text = client.get(f"/models/{slug}/", asked).text
    found = {}
    for rung in RUNG.finditer(text):
        facts = {name: unescape(words) for name, words in FACT.findall(rung[0])}
        found[rung[2]] = {"verdict": rung[1], **facts}
    return found


def test_a_rung_says_how_long_for_how_many_and_how_fast(client: Client) -> None:
    found = rungs(client, "llama-3-8b", context="8192")["rtx-4090"]

    assert found["verdict"] == "fits"
    assert found["Longest"] == "all 131,072 tokens"
    assert int(found["At once"]) > 1
    assert re.fullmatch(r"\d+ to \d+ a second", found["Writes"])
    assert re.fullmatch(r"[\d.]+ to [\d.]+ seconds", found["First token"])
    assert found["Best format"] == "BF16"
    assert "Needed" not in found


def test_a_rung_that_is_too_small_says_how_many_are_needed(client: Client) -> None:
    found = rungs(client, "llama-3-70b", format="Q4_K_M", context="8192")

    assert found["rtx-4090"]["Needed"] == "2 cards"
    assert found["rtx-4060"]["Needed"] == "9 cards"
    assert found["m4-16gb"]["Needed"] == "unknown"
    assert found["m4-16gb"]["Best format"] == "none fits"
    assert "At once" not in found["rtx-4090"]


def test_more_cards_than_an_engine_takes_are_said_to_be_more(client: Client) -> None:
    found = rungs(client, "deepseek-v3", format="Q4_K_M", context="8192")

    assert found["rtx-4090"]["Needed"] == "more than 16 cards"


def test_each_engine_names_its_own_rule_and_formats(client: Client) -> None:
    llama = client.get("/models/llama-3-8b/").text
    vllm = client.get("/models/llama-3-8b/", {"engine": "vllm", "format": "bf16"}).text
    other = client.get("/models/llama-3-8b/", {"engine": "transformers", "format": "bf16"}).text

    assert "--split-mode layer" in llama
    assert "--tensor-parallel-size" in vllm
    assert "the first of bf16, fp8 and nf4-dq that fits" in vllm
    assert "--split-mode" not in other
    assert "--tensor-parallel-size" not in other


def test_transformers_on_several_cards_is_unknown(client: Client) -> None:
    found = rungs(client, "llama-3-70b", engine="transformers", format="bf16")

    assert found["rtx-4090"]["Needed"] == "unknown"


def test_the_limit_of_an_engine_is_said(client: Client) -> None:
    found = rungs(client, "mamba-130m", context="512")

    assert found["dgx-h100"]["At once"] == "256, llama.cpp’s limit"
    assert found["rtx-4090"]["Longest"] == "1,048,576 tokens or more"


def test_what_nobody_measured_is_left_out(client: Client) -> None:
    small = rungs(client, "mamba-130m")["rtx-4090"]
    apple = rungs(client, "llama-3-8b")["m4-32gb"]
    experts = rungs(client, "mixtral-8x7b")["h200"]

    assert not {"Writes", "First token"} & set(small)
    assert "Writes" in apple
    assert "First token" not in apple
    assert "Writes" in experts
    assert "First token" not in experts


def test_an_encoder_has_only_its_format_to_say(client: Client) -> None:
    response = client.get("/models/bert-large-uncased/")

    found = rungs(client, "bert-large-uncased")["rtx-4090"]

    assert set(found) == {"verdict", "Best format"}
    assert "Longest: the tokens" not in response.text


def test_an_encoder_reads_texts_and_keeps_nothing(client: Client) -> None:
    text = client.get("/models/bert-large-uncased/").text

    assert '<label for="context">Text</label>' in text
    assert "with a text of 512 tokens" in text
    assert "of the same conversation" not in text
    assert "Longer and shorter" not in text


@pytest.mark.parametrize(
    ("slug", "offered"),
    [
        ("llama-3-8b", ["4096", "32768", "131072"]),
        ("bert-large-uncased", ["512"]),
        ("mamba-130m", ["4096", "32768", "131072", "1048576"]),
    ],
)
def test_the_lengths_offered_end_with_the_models_own(
    client: Client, slug: str, offered: list[str]
) -> None:
    text = client.get(f"/models/{slug}/").text

    assert re.findall(r'data-settings="context=(\d+)"', text) == offered


def test_the_areas_have_the_colours_of_the_sum(client: Client) -> None:
    text = client.get("/models/mamba-130m/").text

    assert '<path class="pc--second"' in text
    assert '<path class="pc--cache"' not in text


def test_vllm_is_not_offered_on_apples_devices(client: Client) -> None:
    found = rungs(client, "llama-3-8b", engine="vllm", format="bf16")

    assert "m4-16gb" not in found
    assert "rtx-4090" in found
