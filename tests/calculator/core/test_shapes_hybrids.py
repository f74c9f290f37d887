"""Hybrids of attention and state spaces: counted by hand on small widths, or refused."""

from typing import Any

import pytest

from tests.shapes import kinds, read, refusal, sparse_layers

TINY = {
    "vocab_size": 10,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "tie_word_embeddings": True,
}
# Of the widths above: one embedding and the final norm, and attention with one group of heads of 4.
AROUND = 10 * 8 + 8
ATTENTION = 8 * 8 + 2 * 8 * 4 + 8 * 8


def test_jamba_with_one_expert_is_dense() -> None:
    shape = read("jamba", num_experts=1)

    assert "moe_experts" not in shape.breakdown
    assert shape.active_parameters == shape.total_parameters


def test_the_block_of_lfm2_is_adjusted_only_on_request() -> None:
    width = {"num_hidden_layers": 1, "hidden_size": 64, "block_ff_dim": 1000}

    assert read("lfm2", **width).parts["mlp"] == 3 * 64 * 768
    assert read("lfm2", **width, block_ffn_dim_multiplier=None).parts["mlp"] == 3 * 64 * 666
    assert read("lfm2", **width, block_auto_adjust_ff_dim=False).parts["mlp"] == 3 * 64 * 1000
    assert kinds(read("lfm2", **width)) == ["full"]


def test_the_layers_of_lfm2_are_named_or_numbered() -> None:
    named = read("lfm2", num_hidden_layers=2, layer_types=["conv", "full_attention"])

    assert named == read("lfm2", num_hidden_layers=2, full_attn_idxs=[1])


def test_lfm2_with_experts_has_dense_first_layers() -> None:
    shape = read("lfm2_moe", num_hidden_layers=3, layer_types=["conv", "full_attention", "conv"])

    assert kinds(shape) == ["conv", "full", "conv"]
    assert sparse_layers(shape) == [False, False, True]


def test_a_state_space_may_expand_by_a_fraction() -> None:
    assert read("mamba", expand=1.5) == read("mamba", intermediate_size=1152)


def test_bamba_attends_in_the_layers_it_lists() -> None:
    shape = read("bamba", num_hidden_layers=3, attn_layer_indices=[1])

    assert kinds(shape) == ["mamba2", "full", "mamba2"]


def test_arctic_holds_a_block_beside_its_experts() -> None:
    experts = {"moe_layer_frequency": 1, "num_local_experts": 4, "num_experts_per_tok": 2}
    mixture = 8 * 4 + 4 * 3 * 8 * 16

    alone = read("arctic", **TINY, **experts)
    beside = read("arctic", **TINY, **experts, parallel_attn_mlp_res=True)

    assert alone.total_parameters == AROUND + 4 * (ATTENTION + mixture + 2 * 8)
    assert beside.total_parameters == alone.total_parameters + 4 * (3 * 8 * 8 + 8)


def test_nemotron_h_is_described_by_a_pattern_or_a_list() -> None:
    sizes = {
        **TINY,
        "head_dim": 4,
        "mamba_num_heads": 4,
        "mamba_head_dim": 4,
        "ssm_state_size": 2,
        "n_groups": 1,
        "moe_intermediate_size": 6,
        "moe_shared_expert_intermediate_size": 5,
    }
    mixer = 8 * (16 + 20 + 4) + 20 * 4 + 20 + 3 * 4 + 16 + 16 * 8
    mixture = 8 * 8 + 8 * 2 * 4 * 6 + 2 * 8 * 4 + 2 * 8 * 5

    shape = read("nemotron_h", **sizes, hybrid_override_pattern="M*-E", moe_latent_size=4)
    listed = {**sizes, "layers_block_type": ["mamba", "attention", "mlp", "moe"]}

    assert kinds(shape) == ["mamba2", "full", "mlp", "moe"]
    assert shape.total_parameters == AROUND + 4 * 8 + mixer + ATTENTION + 2 * 8 * 16 + mixture
    assert shape == read("nemotron_h", **listed, moe_latent_size=4)
    plain = read("nemotron_h", **listed)
    assert plain.total_parameters - shape.total_parameters == 8 * 2 * 4 * 6 - 2 * 8 * 4


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "hybrid_override_pattern is missing"),
        ({"hybrid_override_pattern": "MX"}, "hybrid_override_pattern must be made of"),
        (
            {"hybrid_override_pattern": "M*", "num_hidden_layers": 3},
            "num_hidden_layers is 3, but the file describes 2 layers",
        ),
        (
            {"hybrid_override_pattern": "M", "layers_block_type": ["moe"]},
            "hybrid_override_pattern names other layers than layers_block_type",
        ),
    ],
)
def test_a_nemotron_h_without_clear_layers_is_refused(
    fields: dict[str, Any], sentence: str
) -> None:
    assert refusal("nemotron_h", **fields).startswith(sentence)


def test_blocks_that_layers_share_are_counted_once_and_cached_each_time() -> None:
    kinds_of = ["mamba", "hybrid", "mamba", "hybrid"]
    fields = {"hidden_size": 64, "num_hidden_layers": 4, "layers_block_type": kinds_of}
    adapters = 2 * 3 * 2 * 128 * 128

    shape = read("zamba2", **fields)
    wider = read("zamba2", **fields, use_shared_attention_adapter=True)

    assert kinds(shape) == ["mamba2", "full+mamba2", "mamba2", "full+mamba2"]
    assert shape.parts["attention"] == 3 * 128 * 128 + 128 * 64
    assert wider.parts["attention"] == shape.parts["attention"] + adapters
    assert shape.kv_cache_bytes_per_token == 2 * 2 * 2 * 128


def test_the_layers_of_zamba_can_be_listed() -> None:
    shape = read("zamba", num_hidden_layers=2, layers_block_type=["hybrid", "mamba"])

    assert kinds(shape) == ["full+mamba", "mamba"]
