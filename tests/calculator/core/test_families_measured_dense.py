"""Dense, encoder and multimodal families against counts measured on the real model classes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from calculator.core.architecture import ConfigError, Shape, read_config

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/families_dense.json").read_text(encoding="utf-8")
)["rows"]
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_hidden_layers": 4,
    "vocab_size": 100,
}
LLAMA = {"model_type": "llama", **TINY}
GEMMA4 = {
    "model_type": "gemma4_text",
    **TINY,
    "head_dim": 16,
    "attention_k_eq_v": True,
    "layer_types": ["sliding_attention", "full_attention"] * 2,
}


def cached(row: dict[str, Any], shape: Shape) -> int:
    """Elements of one more token, in the engine that the row was measured with."""
    caches = [cache for layer in shape.layers for cache in layer.caches]
    if row.get("engine") == "transformers":
        return sum(cache.expanded or cache.elements for cache in caches)
    return sum(cache.elements for cache in caches)


def windows(shape: Shape) -> dict[str, int]:
    found = Counter(layer.cache.window for layer in shape.layers if layer.cache.window)
    return {str(window): layers for window, layers in found.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_family_counts_what_its_real_class_holds(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.total_parameters == row["total"]
    assert {part: count for part, count in shape.parts.items() if count} == row["parts"]
    assert shape.active_parameters == row.get("active", row["total"])


@pytest.mark.parametrize("row", [row for row in ROWS if "cached" in row], ids=lambda row: row["id"])
def test_a_family_caches_what_its_real_class_cached(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert cached(row, shape) == row["cached"]
    assert windows(shape) == row.get("windows", {})


@pytest.mark.parametrize("model_type", ["phi", "gptj", "codegen"])
def test_a_tied_head_keeps_its_bias(model_type: str) -> None:
    shape = read_config({"model_type": model_type, **TINY, "tie_word_embeddings": True})

    assert shape.parts["lm_head"] == 100


def test_a_gemma_4_may_name_the_layers_that_differ() -> None:
    named = {"global_head_dim": 32, "num_global_key_value_heads": 1}
    numbered = {f"0{number}": {"head_dim": 32, "num_key_value_heads": 1} for number in (1, 3)}

    one, other = (
        read_config({**GEMMA4, **named}),
        read_config({**GEMMA4, "per_layer_config": numbered}),
    )

    assert one.total_parameters == other.total_parameters
    assert one.kv_cache_bytes_per_token == other.kv_cache_bytes_per_token == 2 * 2 * (64 + 64)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"9": {"head_dim": 32}}, "per_layer_config “9” is no layer with its own sizes"),
        ({"first": {}}, "per_layer_config “first” is no layer with its own sizes"),
        ({"1": 32}, "per_layer_config “1” is no layer with its own sizes"),
        ({"1": {"intermediate_size": 8}}, "per_layer_config changes intermediate_size"),
        ({"1": {"num_key_value_heads": 3}}, "per_layer_config.1.num_attention_heads is 4"),
    ],
)
def test_a_layer_with_impossible_sizes_is_refused(config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({**GEMMA4, "per_layer_config": config})

    assert str(caught.value).startswith(sentence)


def test_a_language_model_may_stand_one_level_down_under_its_own_type() -> None:
    inside = {"model_type": "ministral3", **TINY, "tie_word_embeddings": True}

    shape = read_config({"model_type": "ministral3", "text_config": inside, "vision_config": {}})

    assert shape.total_parameters == read_config(inside).total_parameters
    assert shape.model_type == "ministral3"


def test_a_text_config_beside_a_models_own_sizes_is_not_read() -> None:
    shape = read_config({**LLAMA, "text_config": {"model_type": "no such type"}})

    assert shape.total_parameters == read_config(LLAMA).total_parameters


def test_a_wrapper_may_keep_its_language_models_sizes_at_the_top() -> None:
    shape = read_config({**LLAMA, "model_type": "llava", "mm_hidden_size": 1024})

    assert shape.total_parameters == read_config(LLAMA).total_parameters


@pytest.mark.parametrize(
    ("fields", "tied"),
    [
        ({"model_type": "voxtral", "tie_word_embeddings": True, "text_config": LLAMA}, False),
        (
            {
                "model_type": "voxtral",
                "tie_word_embeddings": False,
                "text_config": {**LLAMA, "tie_word_embeddings": True},
            },
            True,
        ),
        ({"model_type": "llava", "tie_word_embeddings": True, "text_config": LLAMA}, True),
        ({"model_type": "qwen3_vl_moe"}, False),
    ],
)
def test_a_head_inside_is_tied_by_whoever_owns_it(fields: dict[str, Any], *, tied: bool) -> None:
    assert read_config(fields).tied is tied


@pytest.mark.parametrize(
    ("model_type", "hidden_size", "layers"), [("paligemma", 2048, 18), ("voxtral", 3072, 30)]
)
def test_a_wrapper_without_sizes_takes_those_of_its_class(
    model_type: str, hidden_size: int, layers: int
) -> None:
    shape = read_config({"model_type": model_type})

    assert (shape.hidden_size, len(shape.layers)) == (hidden_size, layers)


@pytest.mark.parametrize(
    "extra",
    [
        {"torch_dtype": "bfloat16", "dtype": "float16"},
        {"architectures": ["SomethingElse"], "auto_map": {"AutoConfig": "x.Y"}},
        {"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}},
        {"rope_scaling": {"type": "dynamic", "factor": 2.0}, "rope_theta": 10000},
        {"rope_scaling": None, "sliding_window": None, "head_dim": None, "mlp_bias": None},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}},
        {"max_position_embeddings": None, "pretraining_tp": 2, "a_field_of_tomorrow": [1]},
        {"tie_word_embeddings": None, "attention_bias": None},
    ],
)
def test_what_changes_no_weight_is_no_reason_to_refuse(extra: dict[str, Any]) -> None:
    plain = read_config(LLAMA)

    shape = read_config({**LLAMA, **extra})

    assert shape.total_parameters == plain.total_parameters
    assert shape.kv_cache_bytes_per_token == plain.kv_cache_bytes_per_token


def test_heads_that_are_null_are_as_many_as_there_are() -> None:
    shape = read_config({**LLAMA, "num_key_value_heads": None})

    assert shape.kv_heads == 4


@pytest.mark.parametrize(
    ("fields", "windows_of"),
    [
        ({"layer_types": ["full_attention", "sliding_attention"] * 2}, [0, 8, 0, 8]),
        ({"layer_types": ["attention", "local_attention"] * 2}, [0, 8, 0, 8]),
        ({}, [8] * 4),
        ({"sliding_window": None}, [0] * 4),
    ],
)
def test_starcoder_2_slides_where_its_layers_say_so(
    fields: dict[str, Any], windows_of: list[int]
) -> None:
    shape = read_config({"model_type": "starcoder2", **TINY, "sliding_window": 8, **fields})

    assert [layer.cache.window for layer in shape.layers] == windows_of


def test_a_null_gives_way_to_the_same_field_under_another_name() -> None:
    shape = read_config(
        {"model_type": "gpt2", "n_embd": 64, "hidden_size": None, "n_layer": 1, "n_head": 4}
    )

    assert shape.hidden_size == 64


def test_a_t5_says_itself_whether_its_block_is_gated() -> None:
    sizes = {"d_model": 64, "d_ff": 128, "num_layers": 2, "num_heads": 4, "d_kv": 16}
    plain, gated = (
        read_config({"model_type": "t5", **sizes, "is_gated_act": gate}) for gate in (False, True)
    )

    assert gated.total_parameters - plain.total_parameters == 4 * 64 * 128


@pytest.mark.parametrize(
    ("model_type", "names"),
    [("gpt2", {"n_embd": 64, "n_head": 4}), ("xglm", {"d_model": 64, "attention_heads": 4})],
)
def test_a_second_attention_is_counted_and_its_cache_is_said_to_be_left_out(
    model_type: str, names: dict[str, int]
) -> None:
    sizes = {"model_type": model_type, "num_layers": 2, "n_layer": 2, **names}
    without, crossing = (
        read_config({**sizes, "add_cross_attention": add}) for add in (False, True)
    )

    assert crossing.total_parameters - without.total_parameters == 2 * (4 * 64 * 65 + 2 * 64)
    assert crossing.kv_cache_bytes_per_token == without.kv_cache_bytes_per_token
    assert any("add_cross_attention" in note for note in crossing.notes)


@pytest.mark.parametrize(
    ("config", "same"),
    [
        (
            {
                "model_type": "phi-msft",
                "n_embd": 2048,
                "n_head": 32,
                "n_head_kv": None,
                "n_inner": None,
                "n_layer": 24,
                "n_positions": 2048,
            },
            {"model_type": "phi"},
        ),
        ({"model_type": "internlm", **TINY}, {**LLAMA, "attention_bias": True, "mlp_bias": False}),
        ({"model_type": "internlm", **TINY, "bias": False}, LLAMA),
        ({"model_type": "Yi", **TINY}, LLAMA),
        ({"model_type": "phi3_v", **TINY}, {"model_type": "phi3", **TINY}),
    ],
)
def test_an_older_type_counts_as_the_one_it_became(
    config: dict[str, Any], same: dict[str, Any]
) -> None:
    assert read_config(config).total_parameters == read_config(same).total_parameters


def test_the_norms_of_orion_have_offsets() -> None:
    shape = read_config({"model_type": "orion", **TINY})

    assert shape.parts["norm"] == (2 * 4 + 1) * 2 * 64


def test_the_layers_of_albert_share_their_weights() -> None:
    sizes = {"model_type": "albert", "hidden_size": 64, "num_attention_heads": 4}
    few, many = (read_config({**sizes, "num_hidden_layers": count}) for count in (2, 12))

    assert len(many.layers) == 12
    assert many.total_parameters == few.total_parameters
    assert any("counted once" in note for note in many.notes)


def test_a_layer_that_reads_the_image_keeps_nothing_for_each_token() -> None:
    text = {"model_type": "mllama_text_model", **TINY, "cross_attention_layers": [1]}

    shape = read_config({"model_type": "mllama", "text_config": text})

    assert [layer.cache.kind for layer in shape.layers] == ["full", "none", "full", "full"]
    assert any("image" in note for note in shape.notes)


def test_a_t5_with_a_head_of_its_own_is_told_that_transformers_ties_it() -> None:
    said, silent = (
        read_config({"model_type": "t5", **fields})
        for fields in ({"tie_word_embeddings": False}, {"tie_word_embeddings": True})
    )

    assert said.total_parameters == silent.total_parameters == 60_506_624
    assert any("tie_word_embeddings" in note for note in said.notes)
    assert not any("tie_word_embeddings" in note for note in silent.notes)


def test_the_kinds_of_distances_of_a_deberta_must_be_named() -> None:
    with pytest.raises(ConfigError, match="pos_att_type must be a list"):
        read_config({"model_type": "deberta-v2", "relative_attention": True, "pos_att_type": 2})


def test_a_wrapper_that_says_nothing_of_its_language_model_is_not_guessed() -> None:
    with pytest.raises(ConfigError, match="text_config is missing"):
        read_config({"model_type": "got_ocr2"})
