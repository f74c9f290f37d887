"""Mixtures, state spaces and hybrids against the real classes: switches, defaults, other names."""

import json
from pathlib import Path
from typing import Any

import pytest

from calculator.core.architecture import PARTS, read_config
from tests.shapes import read

# Every row was measured: transformers 5.23.0, the model class on the meta device. A cache or a
# state that was not measured is null.
MEASURED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data/families_sparse.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", MEASURED["rows"], ids=[row["name"] for row in MEASURED["rows"]])
def test_a_measured_variant_is_exact_in_every_number(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.total_parameters == row["total"]
    assert [shape.parts[part] for part in MEASURED["parts"]] == row["parts"]
    assert row["active"] in (None, shape.active_parameters)
    assert row["cache"] in (None, shape.kv_cache_bytes_per_token)
    assert row["state"] in (None, shape.constant_state_elements)


@pytest.mark.parametrize(
    "row", MEASURED["published"], ids=[row["repository"] for row in MEASURED["published"]]
)
def test_a_published_total_is_met_to_the_last_parameter(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.total_parameters == row["published"] - row.get("beyond", 0)


def test_the_measured_parts_are_named_as_ours_are() -> None:
    assert sorted(MEASURED["parts"]) == sorted(PARTS)


def test_liquids_own_switch_decides_whether_the_head_is_tied() -> None:
    assert read("lfm2", tie_embedding=False, tie_word_embeddings=True).parts["lm_head"] > 0
    assert read("lfm2", tie_embedding=True, tie_word_embeddings=False).parts["lm_head"] == 0
    assert read("lfm2", tie_word_embeddings=False).parts["lm_head"] > 0


def test_liquids_own_list_of_attending_layers_serves_its_mixture_too() -> None:
    kinds = ["conv", "full_attention", "conv", "full_attention"]

    listed = read("lfm2_moe", num_hidden_layers=4, full_attn_idxs=[1, 3])
    named = read("lfm2_moe", num_hidden_layers=4, layer_types=kinds)

    assert listed.layer_kinds == named.layer_kinds


def test_a_context_under_two_names_is_no_contradiction() -> None:
    shape = read("kimi_linear", max_position_embeddings=4096, model_max_length=1048576)

    assert shape.context == 4096


def test_a_null_context_leaves_the_other_name_to_count() -> None:
    assert read("kimi_linear", max_position_embeddings=None, model_max_length=8192).context == 8192


def test_a_hybrid_without_mixers_needs_no_fields_of_theirs() -> None:
    shape = read(
        "granitemoehybrid",
        num_hidden_layers=2,
        layer_types=["attention", "attention"],
        num_local_experts=0,
        mamba_n_heads=7,
    )

    assert shape.layer_kinds == {"full": 2}


def test_the_delta_attention_of_ling_may_have_sizes_of_its_own() -> None:
    plain = read("bailing_hybrid")

    assert read("bailing_hybrid", linear_num_heads=32, linear_head_dim=128).parts == plain.parts
    wider = read("bailing_hybrid", linear_head_dim=256)
    assert wider.constant_state_elements > 2 * plain.constant_state_elements


def test_a_short_hybrid_of_olmo_attends_in_its_last_layer() -> None:
    assert read("olmo_hybrid", num_hidden_layers=2).layer_kinds == {"linear": 1, "full": 1}


def test_the_state_of_rwkv_is_five_vectors_a_layer() -> None:
    shape = read("rwkv", hidden_size=64, num_hidden_layers=3, vocab_size=100)

    # Measured: five tensors of 1 × 64 × 3.
    assert shape.constant_state_elements == 5 * 64 * 3
    assert shape.kv_cache_bytes_per_token == 0


def test_the_state_of_xlstm_is_a_matrix_for_each_head() -> None:
    shape = read("xlstm", hidden_size=256, num_heads=4, num_hidden_layers=2)

    # Measured: 4 × 32 × 64, 4 × 32 and 4 × 1 in each layer.
    assert shape.constant_state_elements == 2 * (4 * 32 * 64 + 4 * 32 + 4)


def test_the_state_of_lightning_attention_is_a_matrix_for_each_head() -> None:
    shape = read("minimax", num_attention_heads=4, num_key_value_heads=2, head_dim=16)

    # Measured on a model of 4 layers: 4 × 16 × 16 in two of them.
    assert shape.constant_state_elements == 16 * 4 * 16 * 16


def test_the_biases_of_the_shared_expert_of_deepseek_v4_count() -> None:
    plain, biased = read("deepseek_v4"), read("deepseek_v4", mlp_bias=True)

    assert biased.total_parameters - plain.total_parameters == 43 * (2 * 2048 + 4096)


def test_a_listed_hybrid_of_olmo_follows_its_list() -> None:
    kinds = ["full_attention", "linear_attention"]

    assert read("olmo_hybrid", num_hidden_layers=2, layer_types=kinds).layers[0].kind == "full"
