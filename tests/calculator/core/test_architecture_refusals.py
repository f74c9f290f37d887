"""Files that are no model: each is refused with one sentence that names the field."""

import contextlib
from typing import Any

import pytest

from calculator.core.architecture import FAMILIES, ConfigError, read_config, read_text
from calculator.core.architecture.registry import family

LLAMA: dict[str, Any] = {"model_type": "llama"}


def refusal(values: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([], "A config.json must be one JSON object"),
        (None, "A config.json must be one JSON object"),
        ({}, "model_type is missing: it names the family of the model"),
        ({"model_type": ["llama"]}, "model_type must be a text such as “llama”"),
        ({"model_type": "gpt-7"}, "model_type “gpt-7” is not a family known here"),
    ],
)
def test_a_file_without_a_known_family_is_refused(values: Any, sentence: str) -> None:
    assert refusal(values) == sentence


@pytest.mark.parametrize(
    "value",
    [None, "4096", 4096.0, float("nan"), float("inf"), True, [], {}, 0, -1, 10**8, 10**400],
    ids=str,
)
@pytest.mark.parametrize(
    "field",
    ["hidden_size", "num_hidden_layers", "vocab_size", "intermediate_size", "num_attention_heads"],
)
def test_a_size_that_is_no_sensible_number_is_refused(field: str, value: Any) -> None:
    sentence = refusal({**LLAMA, field: value})

    assert sentence.startswith(f"{field} ")
    assert len(sentence) < 120


@pytest.mark.parametrize("value", ["8", 8.5, -8, 0, True, [8], 10**8])
def test_an_optional_size_may_be_null_but_not_nonsense(value: Any) -> None:
    assert read_config({**LLAMA, "num_key_value_heads": None}).kv_heads == 32

    assert refusal({**LLAMA, "num_key_value_heads": value}).startswith("num_key_value_heads ")


@pytest.mark.parametrize("value", ["true", 1, 0, [], {}])
def test_a_switch_must_be_true_or_false(value: Any) -> None:
    sentence = refusal({**LLAMA, "tie_word_embeddings": value})

    assert sentence.startswith("tie_word_embeddings must be true or false, not ")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {**LLAMA, "hidden_size": 4095},
            "hidden_size is 4095, which num_attention_heads (32) does not divide",
        ),
        (
            {**LLAMA, "num_key_value_heads": 7},
            "num_attention_heads is 32, which num_key_value_heads (7) does not divide",
        ),
        (
            {**LLAMA, "num_key_value_heads": 64},
            "num_key_value_heads is 64, more than num_attention_heads (32)",
        ),
        (
            {"model_type": "gpt2", "n_embd": 768, "hidden_size": 1024},
            "hidden_size is 1024, but n_embd, the same field, is 768",
        ),
        (
            {"model_type": "gemma2", "layer_types": ["full_attention"]},
            "layer_types names 1 layers, but num_hidden_layers is 26",
        ),
        (
            {"model_type": "gemma2", "num_hidden_layers": 1, "layer_types": ["circular"]},
            "layer_types holds “circular”, which is not known here",
        ),
        (
            {"model_type": "gemma2", "num_hidden_layers": 1, "layer_types": [{}]},
            "layer_types holds an object, which is not known here",
        ),
        (
            {"model_type": "gemma2", "layer_types": "full_attention"},
            "layer_types must be a list, not “full_attention”",
        ),
        (
            {"model_type": "gemma2", "layer_types": ["full_attention"] * 1001},
            "layer_types has 1001 items, more than 1000",
        ),
        (
            {"model_type": "smollm3", "no_rope_layers": [1, 0]},
            "no_rope_layers names 2 layers, but num_hidden_layers is 36",
        ),
        (
            {"model_type": "internlm3", "qkv_bias": True},
            "qkv_bias differs from bias, which InternLM3 does not allow",
        ),
        (
            {"model_type": "gpt_neo", "attention_types": [[["global", "local"], 2]]},
            "attention_types names 4 layers, but num_layers is 24",
        ),
        (
            {"model_type": "gpt_neo", "attention_types": ["global"]},
            "attention_types must be a list of [pattern, times]",
        ),
        (
            {"model_type": "gpt_neo", "attention_types": [[["global"], 10**12]]},
            "attention_types names 1000000000000 layers, but num_layers is 24",
        ),
        (
            {"model_type": "exaone4", "sliding_window_pattern": "LLXG"},
            "sliding_window_pattern may hold only the letters L and G",
        ),
        (
            {"model_type": "qwen", "intermediate_size": 22017},
            "intermediate_size is 22017, which the two halves of the block (2) does not divide",
        ),
        (
            {"model_type": "gemma4_text", "num_kv_shared_layers": 30},
            "num_kv_shared_layers is 30: at least one of the 30 layers must have a cache",
        ),
        (
            {"model_type": "gemma3n_text", "intermediate_size": [8192]},
            "intermediate_size names 1 layers, but num_hidden_layers is 35",
        ),
        (
            {"model_type": "gemma4_text", "enable_moe_block": True, "num_experts": 8},
            "top_k_experts is missing: a model of type gemma4_text needs it",
        ),
        (
            {"model_type": "t5", "feed_forward_proj": 7},
            "feed_forward_proj must be a text, not 7",
        ),
        (
            {"model_type": "chatglm", "num_layers": 40},
            "hidden_size is missing: a model of type chatglm needs it",
        ),
    ],
)
def test_fields_that_contradict_are_refused_by_name(values: dict[str, Any], sentence: str) -> None:
    assert refusal(values) == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text_config": "llama"}, "text_config must be an object, not “llama”"),
        (
            {"text_config": {"model_type": "gpt-7"}},
            "text_config.model_type “gpt-7” is no language model known here",
        ),
        (
            {"text_config": {"model_type": "gemma3"}},
            "text_config.model_type “gemma3” is no language model known here",
        ),
        (
            {"text_config": {"model_type": {"model_type": "llama"}}},
            "text_config.model_type “{'model_type': 'llama'}” is no language model known here",
        ),
        ({"text_config": {"hidden_size": -1}}, "text_config.hidden_size must be from 1 to"),
        ({"vision_config": {"patch_size": 0}}, "vision_config.patch_size must be from 1 to"),
    ],
)
def test_a_wrapper_names_the_field_inside(values: dict[str, Any], sentence: str) -> None:
    assert refusal({"model_type": "gemma3", **values}).startswith(sentence)


def test_more_experts_chosen_than_there_are_is_refused() -> None:
    values = {
        "model_type": "gemma4_text",
        "enable_moe_block": True,
        "num_experts": 8,
        "top_k_experts": 9,
    }

    assert refusal(values) == "top_k_experts is 9, more than the 8 experts there are"


def test_a_long_wrong_value_is_cut_short() -> None:
    sentence = refusal({**LLAMA, "hidden_size": "x" * 100_000})

    assert len(sentence) < 100


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n", "The file is empty"),
        (
            '{"model_type"\n: llama}',
            "The file is not valid JSON: expecting value in line 2, column 3",
        ),
        ("[" * 100_000, "The file is nested too deep to be a config.json"),
        ('{"hidden_size": ' + "9" * 5000 + "}", "The file holds a number of thousands of digits"),
        (
            '{"model_type": "llama", "a": {"hidden_size": 64, "hidden_size": 32}}',
            "hidden_size is given twice, with different values",
        ),
        ("[]", "A config.json must be one JSON object"),
        (" " * (2**22 + 1), "The file is longer than 4 MiB: a config.json is smaller"),
        (
            '{"model_type": "llama", "hidden_size": NaN}',
            "hidden_size must be a whole number, not NaN",
        ),
    ],
    ids=["empty", "quotes", "deep", "digits", "twice", "list", "long", "nan"],
)
def test_a_text_that_is_no_config_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_text(text)

    assert str(caught.value) == sentence


def test_a_limit_of_infinity_elsewhere_in_the_file_does_no_harm() -> None:
    text = '{"model_type": "llama", "time_step_limit": [0.0, Infinity], "rope_theta": -Infinity}'

    assert read_text(text).total_parameters == 6_738_415_616


def test_a_family_cannot_be_registered_twice() -> None:
    with pytest.raises(ValueError, match="two families named “llama”"):
        family("llama")(FAMILIES["llama"].build)


@pytest.mark.parametrize("model_type", sorted(FAMILIES))
@pytest.mark.parametrize("value", ["x", -1, [{"a": [[]]}]])
def test_no_family_breaks_on_nonsense_in_every_field(model_type: str, value: Any) -> None:
    fields = {*FAMILIES[model_type].defaults, "layer_types", "text_config", "hidden_size"}
    nonsense = dict.fromkeys(fields, value)

    sentence = refusal({**nonsense, "model_type": model_type})

    assert any(sentence.startswith(("text_config", field)) for field in fields)


@pytest.mark.parametrize("model_type", sorted(FAMILIES))
def test_no_family_breaks_on_one_field_of_nonsense(model_type: str) -> None:
    wrong: tuple[Any, ...] = ("x", -1, [], {}, 10**30)

    for field in FAMILIES[model_type].defaults:
        for value in wrong:
            with contextlib.suppress(ConfigError):
                assert read_config({"model_type": model_type, field: value}).total_parameters > 0


def test_a_field_is_named_as_the_file_names_it() -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({"model_type": "gpt2", "n_embd": 7})

    assert str(caught.value) == "n_embd is 7, which num_attention_heads (12) does not divide"


def test_the_same_value_given_twice_contradicts_nothing() -> None:
    text = '{"model_type": "gpt2", "n_layer": 2, "n_layer": 2}'

    shape = read_text(text)

    assert len(shape.layers) == 2
