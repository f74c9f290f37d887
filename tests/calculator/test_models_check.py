"""Any model by its config.json: what is counted, what is refused, and that nothing is kept."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from calculator.core.architecture import ConfigError, read_text
from calculator.models import LanguageModel

pytestmark = pytest.mark.django_db

SMALL = {
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 1000,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
}
DEEP = "[" * 100_000 + "]" * 100_000
BAD_TEXTS = {
    "empty": ("", "Paste the text of a config.json"),
    "blank": (" \n\t ", "Paste the text of a config.json"),
    "not JSON": ("hello", "This is not JSON: expecting value in line 1, column 1"),
    "cut off": ('{"model_type": "llama"', "This is not JSON: expecting"),
    "a list": ("[1, 2]", "This is a list"),
    "a number": ("12", "This is a single value"),
    "null": ("null", "This is a single value"),
    "too deep": (DEEP, "nested too deep"),
    "a name given twice": (
        json.dumps(SMALL)[:-1] + ', "hidden_size": 128}',
        "hidden_size is given twice, with different values",
    ),
    "rather deep": ('{"a": ' + "[" * 20 + "]" * 20 + "}", "has at most 12 levels"),
    "too many values": (json.dumps({"a": [0] * 3_000}), "at most 12 levels and 2,000 values"),
    "too long a number": ('{"a": ' + "9" * 10_000 + "}", "a number of thousands of digits"),
    "a NUL": ('{"a": "\0"}', "Null characters are not allowed"),
    "an index": (
        json.dumps({"metadata": {"total_size": 1}, "weight_map": {}}),
        "This is model.safetensors.index.json",
    ),
    "a tokenizer": (json.dumps({"tokenizer_class": "X"}), "This is tokenizer_config.json"),
    "an adapter": (json.dumps({"peft_type": "LORA", "r": 8}), "This is adapter_config.json"),
    "no model_type": (json.dumps({"hidden_size": 64}), "model_type is missing"),
    "an unknown family": (
        json.dumps(SMALL | {"model_type": "my-<b>model</b>"}),
        "model_type “my-&lt;b&gt;model&lt;/b&gt;” is not a family known here",
    ),
    "a null field": (json.dumps(SMALL | {"hidden_size": None}), "hidden_size is null"),
    "a contradiction": (json.dumps(SMALL | {"num_attention_heads": 7}), "num_attention_heads"),
    "a size in words": (json.dumps(SMALL | {"hidden_size": "many"}), "hidden_size"),
    "a negative size": (json.dumps(SMALL | {"vocab_size": -5}), "vocab_size"),
    "a giant": (json.dumps(SMALL | {"num_hidden_layers": 10**12}), "num_hidden_layers"),
    "too long": (json.dumps(SMALL | {"note": "x" * 250_000}), "a config.json at most 200,000"),
}
BAD_FILES = {
    "a zip": (b"PK\x03\x04rest", "This is a zip file"),
    "a GGUF": (b"GGUF\x03\x00\x00\x00", "This is a GGUF file"),
    "a NUL": (b'{"a": "\0"}', "no null characters"),
    "bytes": (b"\xff\xfe\x00\x01" * 100, "This file is not text"),
    "nothing": (b"", "Paste the text of a config.json"),
    "too long": (b" " * 250_000, "This has 250,000 bytes"),
}


def check(client: Client, **data: Any) -> Any:
    return client.post("/models/check/", data)


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("config.json", data)


def error_of(text: str, name: str) -> str:
    found = re.search(rf'id="{name}-err">(?:<span class="vh">Error: </span>)?([^<]*)</p>', text)
    return found[1] if found else ""


def test_a_pasted_file_gets_the_page_of_its_model(client: Client) -> None:
    text = check(client, config=json.dumps(SMALL)).text

    assert "187,200 parameters." in text
    assert "What does it take to run it?" in text
    assert "Its size in every format" in text


def test_an_uploaded_file_gets_the_same_page_and_is_kept_in_the_field(client: Client) -> None:
    text = check(client, file=upload(json.dumps(SMALL).encode("utf-8-sig"))).text

    assert "187,200 parameters." in text
    assert "&quot;vocab_size&quot;: 1000" in text


@pytest.mark.parametrize("slug", ["llama-3-8b", "deepseek-v3", "gemma-3-27b", "mamba-130m"])
def test_a_model_of_the_catalogue_is_counted_alike(client: Client, slug: str) -> None:
    model = LanguageModel.objects.get(slug=slug)

    text = check(client, config=model.config).text

    assert f"{model.total:,} parameters." in text


@pytest.mark.parametrize(("text", "message"), BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_each_kind_of_bad_text_is_refused_in_words(client: Client, text: str, message: str) -> None:
    response = check(client, config=text)

    assert response.status_code == 200
    assert message in error_of(response.text, "config")
    assert "<title>Error: " in response.text
    assert "What does it take" not in response.text


@pytest.mark.parametrize(("data", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_each_kind_of_bad_file_is_refused_in_words(
    client: Client, data: bytes, message: str
) -> None:
    response = check(client, file=upload(data))

    assert response.status_code == 200
    assert message in error_of(response.text, "file") + error_of(response.text, "config")
    assert "What does it take" not in response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"num_attention_heads": 7},
        {"num_key_value_heads": 3},
        {"num_key_value_heads": 8},
        {"num_hidden_layers": 10**9},
        {"num_hidden_layers": -1},
        {"vocab_size": "32000"},
        {"vocab_size": True},
        {"vocab_size": float("nan")},
        {"hidden_size": float("inf")},
        {"tie_word_embeddings": "yes"},
        {"model_type": "abacus"},
        {"model_type": "mixtral", "num_local_experts": 2, "num_experts_per_tok": 3},
        {"model_type": "gemma3_text", "layer_types": ["full_attention"] * 3},
    ],
    ids=str,
)
def test_a_field_is_refused_here_in_the_words_of_the_command_line(
    client: Client, changes: dict[str, Any]
) -> None:
    text = json.dumps(SMALL | changes)

    with pytest.raises(ConfigError) as refused:
        read_text(text)

    page = check(client, config=text).text
    assert unescape(error_of(page, "config")) == str(refused.value)


def test_what_was_pasted_is_kept_beside_its_error(client: Client) -> None:
    text = check(client, config='{"model_type": "oops", </textarea><script>alert(1)').text

    assert "&quot;model_type&quot;: &quot;oops&quot;" in text
    assert "<script>alert(1)" not in text


def test_a_body_too_long_for_any_config_is_not_read(client: Client) -> None:
    response = check(client, config="x" * 2_000_000)

    assert response.status_code == 200
    assert "a config.json at most 200,000 here" in error_of(response.text, "config")


def test_a_body_that_is_no_form_is_refused_in_words(client: Client) -> None:
    broken = client.post("/models/check/", "no boundary", content_type="multipart/form-data")

    assert broken.status_code == 200
    assert "could not be read" in error_of(broken.text, "config")


def test_checking_stores_nothing_and_sets_no_cookie(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = check(client, config=json.dumps(SMALL))

    assert not response.cookies


def test_nothing_of_the_file_goes_into_an_address(client: Client) -> None:
    response = check(client, config=json.dumps(SMALL), context="256")

    assert response.context["card"].valid
    assert 'method="post"' in response.text
    assert "Link to this result" not in response.text
    assert "hidden_size=" not in response.text


def test_a_mark_of_byte_order_before_the_text_is_no_fault(client: Client) -> None:
    response = client.post("/models/check/", {"config": "\ufeff" + json.dumps(SMALL)})

    assert "<title>Check any model" in response.text


def test_a_redraw_counts_the_same_file_with_other_settings() -> None:
    client = Client(headers={"HX-Request": "true", "HX-Trigger": "calc"})

    response = client.post(
        "/models/check/result/", {"config": json.dumps(SMALL), "format": "bf16", "context": "64"}
    )

    assert "374,400 bytes" in response.text
    assert "HX-Push-Url" not in response
    assert "<textarea" not in response.text


def test_a_redraw_of_a_bad_file_is_not_found(client: Client) -> None:
    response = client.post("/models/check/result/", {"config": "oops"})

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("method", "address"),
    [("put", "/models/check/"), ("delete", "/models/check/"), ("get", "/models/check/result/")],
)
def test_there_is_nothing_else_to_do_here(client: Client, method: str, address: str) -> None:
    response = getattr(client, method)(address)

    assert response.status_code == 405


def test_a_check_needs_no_token_because_there_is_nothing_to_forge() -> None:
    client = Client(enforce_csrf_checks=True)

    response = check(client, config=json.dumps(SMALL))

    assert response.status_code == 200
