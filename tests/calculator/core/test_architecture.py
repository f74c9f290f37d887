"""Every copied row of the truth: each model's parameters, their split and its cache, exact."""

import json
from pathlib import Path
from typing import Any

import pytest

from calculator.core.architecture import CACHE_KINDS, LINES, PARTS, read_config, read_text
from calculator.core.architecture.vocabulary import TENSOR_KINDS

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/models.json").read_text(encoding="utf-8")
)
EXPERTS = [row for row in ROWS if "moe" in row]
WINDOWED = [row for row in ROWS if "sliding_window" in row]


def name(row: dict[str, Any]) -> str:
    return str(row["id"])


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_every_parameter_of_a_model_is_counted(row: dict[str, Any]) -> None:
    assert read_config(row["config"]).total_parameters == row["total_params"]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_parts_are_exact_and_sum_to_the_total(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.parts == {part: row[f"{part}_params"] for part in PARTS}
    assert sum(shape.parts.values()) == shape.total_parameters


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_finer_breakdown_is_exact(row: dict[str, Any]) -> None:
    assert read_config(row["config"]).breakdown == row["breakdown"]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_tied_head_is_known(row: dict[str, Any]) -> None:
    assert read_config(row["config"]).tied == row["tie_word_embeddings"]


@pytest.mark.parametrize("row", EXPERTS, ids=name)
def test_the_parameters_active_for_a_token_are_exact(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.active_parameters == row["active_params_per_token"]
    assert shape.active_without_embedding == row["active_params_excl_input_embedding"]
    assert shape.active_without_embedding_and_head == row["active_params_excl_embedding_and_head"]
    assert (shape.experts, shape.experts_per_token) == (
        row["moe"]["num_experts"],
        row["moe"]["experts_per_token"],
    )


@pytest.mark.parametrize("row", [row for row in ROWS if "moe" not in row], ids=name)
def test_all_parameters_of_a_dense_model_are_active(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.active_parameters == shape.total_parameters
    assert (shape.experts, shape.experts_per_token) == (0, 0)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["kv_cache_bytes_per_token_bf16"] is not None], ids=name
)
def test_the_cache_of_one_token_is_exact(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.kv_cache_bytes_per_token == row["kv_cache_bytes_per_token_bf16"]
    assert shape.constant_state_elements == row.get("constant_state_elements_per_sequence", 0)
    assert shape.layer_kinds == row["layers"]
    assert shape.generates
    assert shape.cache_unknown == ""


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["kv_cache_bytes_per_token_bf16"] is None], ids=name
)
def test_a_model_whose_cache_is_not_counted_says_so(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert not shape.generates or shape.cache_unknown


@pytest.mark.parametrize("row", WINDOWED, ids=name)
def test_windows_stop_the_growth_where_they_should(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])
    beyond = row["kv_cache_bytes_per_token_bf16_beyond_window"]
    cap = row["sliding_layers_cap_bytes_bf16"]

    assert shape.kv_cache_bytes_per_token_beyond_window == beyond
    assert shape.sliding_layers_cap_bytes == cap
    windows = {cache.window for cache, _ in shape.distinct_caches if cache.windowed}
    assert windows == {row["sliding_window"]}


@pytest.mark.parametrize("row", [row for row in ROWS if "sliding_window" not in row], ids=name)
def test_without_a_window_the_cache_grows_for_ever(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.sliding_layers_cap_bytes == 0 or shape.cache_unknown
    beyond = shape.kv_cache_bytes_per_token_beyond_window
    assert beyond == shape.kv_cache_bytes_per_token or shape.cache_unknown


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_text_of_a_file_gives_the_same_shape(row: dict[str, Any]) -> None:
    assert read_text(json.dumps(row["config"])) == read_config(row["config"])


@pytest.mark.parametrize(
    ("model_type", "size"),
    [
        ("llama", "hidden_size 4096"),
        ("t5", "head_dim 64"),
        ("gemma3", "text_config.vocab_size 262"),
    ],
)
def test_a_size_that_the_file_leaves_out_is_named(model_type: str, size: str) -> None:
    (note,) = read_config({"model_type": model_type, "vocab_siz": 1}).notes

    assert note.startswith(f"Not in the file, taken from the published defaults of {model_type}: ")
    assert size in note


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_size_that_is_given_is_not_called_a_default(row: dict[str, Any]) -> None:
    text = " ".join(read_config(row["config"]).notes)

    assert not [field for field in row["config"] if f" {field} " in text]


def test_tensors_come_in_order_with_the_number_of_their_layer() -> None:
    shape = read_config({"model_type": "llama", "num_hidden_layers": 2})

    listed = list(shape.tensors())

    assert [number for number, _ in listed if number is not None] == [0] * 9 + [1] * 9
    assert sum(tensor.count for _, tensor in listed) == shape.total_parameters
    assert sum(layer.count for layer in shape.layers) == shape.total_parameters - sum(
        tensor.count for tensor in shape.outer
    )


def test_equal_layers_are_the_same_object() -> None:
    shape = read_config({"model_type": "gemma2"})

    assert len({id(layer) for layer in shape.layers}) == 2
    assert [times for _, times in shape.distinct] == [13, 13]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_shape_speaks_only_the_words_of_the_vocabulary(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    for tensor, _ in shape.counted():
        assert tensor.part in PARTS
        assert tensor.kind in TENSOR_KINDS
        assert LINES.get(tensor.line, tensor.part) == tensor.part
        assert tensor.active <= tensor.copies
        assert tensor.kind != "vector" or tensor.rows == 1
    assert {cache.kind for cache, _ in shape.distinct_caches} <= set(CACHE_KINDS)
