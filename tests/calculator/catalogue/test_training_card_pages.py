"""The training card on its pages: addresses, redraws, errors, and the other card beside it."""

import json
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ODD = ["\0", "<script>alert(1)</script>", "-1", "nan", "9" * 5_000, "../../etc/passwd", "%", "0"]
NAMES = (
    *("t_what", "t_rank", "t_targets", "t_recipe", "t_weights", "t_gradients", "t_copy", "t_gcopy"),
    *("t_optimizer", "t_states", "t_sequence", "t_batch", "t_keep", "t_device", "t_devices"),
    *("t_zero", "t_tokens", "t_share", "t_price", "t_pue"),
)


@pytest.mark.parametrize("value", ODD)
def test_odd_settings_get_a_page_with_a_message(client: Client, value: str) -> None:
    response = client.get("/models/llama-3-8b/", dict.fromkeys(NAMES, value))

    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_setting_never_breaks_a_redraw(client: Client, name: str) -> None:
    for value in ODD:
        query = {"t_what": "qlora", name: value}

        assert client.get("/models/gpt2/training/", query).status_code == 200


def test_the_largest_settings_are_answered(client: Client) -> None:
    query = {
        "t_sequence": "10000000",
        "t_batch": "100000",
        "t_devices": "100000",
        "t_tokens": "1000000",
        "t_price": "10000",
        "t_pue": "5",
    }

    text = client.get("/models/llama-3.1-405b/", query).text

    assert "<title>Error" not in text
    assert "Energy with the building" in text


def test_a_rank_that_is_none_is_refused_beside_its_field(client: Client) -> None:
    text = client.get("/models/llama-3-8b/?t_what=lora&t_rank=0").text

    assert re.search(r'id="t_rank-err"[^>]*><span class="vh">Error: </span>Rank must be', text)
    assert 'id="train-stale">Still showing the last result that worked' in text


def test_a_redraw_brings_outputs_and_an_address_but_no_inputs() -> None:
    client = Client(headers={"HX-Request": "true", "HX-Trigger": "train-calc"})

    response = client.get("/models/llama-3-8b/training/?t_zero=3&t_devices=64")

    assert response["HX-Push-Url"] == "/models/llama-3-8b/?t_devices=64"
    assert 'id="train-out"' in response.text
    assert "Training Llama 3 8B in full takes" in response.text
    assert "on each of 64 devices: fits" in response.text
    assert "<select" not in response.text


def test_each_card_keeps_the_settings_of_the_other_in_the_address() -> None:
    shown = "http://testserver/models/llama-3-8b/?format=Q8_0&t_devices=64"
    headers = {"HX-Request": "true", "HX-Current-URL": shown}
    run = Client(headers={**headers, "HX-Trigger": "calc"})
    train = Client(headers={**headers, "HX-Trigger": "train-calc"})

    first = run.get("/models/llama-3-8b/result/?format=bf16&t_devices=2")
    second = train.get("/models/llama-3-8b/training/?t_devices=16&format=F16")

    assert first["HX-Push-Url"] == "/models/llama-3-8b/?format=bf16&t_devices=64"
    assert second["HX-Push-Url"] == "/models/llama-3-8b/?format=Q8_0&t_devices=16"


def test_a_redraw_of_one_card_renews_the_link_of_the_other() -> None:
    shown = "http://testserver/models/llama-3-8b/?t_devices=64"
    client = Client(headers={"HX-Request": "true", "HX-Current-URL": shown})

    run = client.get("/models/llama-3-8b/result/?format=Q8_0").text
    train = client.get("/models/llama-3-8b/training/?t_devices=2").text

    both = "/models/llama-3-8b/?format=Q8_0&amp;t_devices=64"
    assert f'id="train-share" href="{both}#train" hx-swap-oob="true"' in run
    assert f'id="share" href="{both}#try" hx-swap-oob="true"' in run
    assert 'id="share" href="/models/llama-3-8b/?t_devices=2#try" hx-swap-oob="true"' in train


@pytest.mark.parametrize("shown", ["http://[", "x" * 5_000, "/?" + "a=1&" * 500])
def test_an_odd_address_in_the_browser_never_breaks_a_redraw(shown: str) -> None:
    client = Client(headers={"HX-Request": "true", "HX-Trigger": "calc", "HX-Current-URL": shown})

    assert client.get("/models/llama-3-8b/result/?format=bf16").status_code == 200
    assert client.get("/models/llama-3-8b/training/").status_code == 200


def test_without_script_each_form_carries_the_other_ones_settings(client: Client) -> None:
    text = client.get("/models/llama-3-8b/?format=Q8_0&t_devices=64").text

    run, train = text.split('id="train"')

    assert '<input type="hidden" name="t_devices" value="64">' in run
    assert '<input type="hidden" name="format" value="Q8_0">' in train
    assert 'action="/models/llama-3-8b/#train" method="get"' in train


def test_no_two_things_of_the_page_have_one_id(client: Client) -> None:
    text = client.get("/models/llama-3-8b/?t_tokens=15000").text

    ids = re.findall(r'\sid="([^"]+)"', text)

    assert sorted(ids) == sorted(set(ids))


def test_a_brought_file_is_trained_too() -> None:
    config = json.dumps(
        {
            "model_type": "llama",
            "hidden_size": 64,
            "intermediate_size": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "vocab_size": 1000,
            "tie_word_embeddings": True,
        }
    )
    client = Client(headers={"HX-Request": "true", "HX-Trigger": "train-calc"})

    page = client.post("/models/check/", {"config": config})
    redrawn = client.post("/models/check/training/", {"config": config, "t_devices": "1"})

    total = page.context["sheet"].shape.total_parameters
    assert f"{total:,} × 12" in redrawn.text
    assert "HX-Push-Url" not in redrawn
    assert 'hx-post="/models/check/training/"' in page.text
    assert client.post("/models/check/training/", {"config": "oops"}).status_code == 404
