"""Families beyond models.json, by totals that others published, and each family's switches."""

import json
from pathlib import Path
from typing import Any

import pytest

from calculator.core.architecture import Shape, read_config
from calculator.core.cache import cache_bytes

MODELS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/more_models.json").read_text(encoding="utf-8")
)["models"]
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "num_hidden_layers": 4,
    "head_dim": 16,
    "vocab_size": 100,
}


def tiny(model_type: str, **fields: Any) -> Shape:
    return read_config({**TINY, "model_type": model_type, **fields})


def added(model_type: str, before: dict[str, Any], after: dict[str, Any]) -> int:
    """How many parameters the second file has more than the first."""
    return tiny(model_type, **after).total_parameters - tiny(model_type, **before).total_parameters


def cached_windows(shape: Shape) -> list[int]:
    return [layer.cache.window for layer in shape.layers]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["id"])
def test_a_published_total_is_met(model: dict[str, Any]) -> None:
    shape = read_config(model["config"])

    assert shape.total_parameters + model.get("beyond", 0) == model["published"]


@pytest.mark.parametrize(
    ("model_type", "layer", "outer"),
    [
        # Weights and biases of all six matrices and of two norms; the head is tied.
        ("xglm", 4 * (64 * 64 + 64) + 2 * 64 * 128 + 128 + 64 + 4 * 64, 100 * 64 + 2 * 64),
        # Attention has no biases, one norm serves both halves, the head has a bias.
        ("codegen", 4 * 64 * 64 + 2 * 64 * 128 + 128 + 64 + 2 * 64, 2 * 100 * 64 + 100 + 2 * 64),
        # As Llama, with queries, keys and values in one matrix.
        ("baichuan", 4 * 64 * 64 + 3 * 64 * 128 + 2 * 64, 2 * 100 * 64 + 64),
    ],
)
def test_a_family_without_a_published_total_is_counted_by_hand(
    model_type: str, layer: int, outer: int
) -> None:
    assert tiny(model_type, n_inner=128).total_parameters == 4 * layer + outer


@pytest.mark.parametrize(
    ("model_type", "before", "after", "more"),
    [
        ("llama", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("llama", {}, {"mlp_bias": True}, 4 * (2 * 128 + 64)),
        ("llama", {"tie_word_embeddings": True}, {}, 100 * 64),
        ("mistral", {"num_key_value_heads": 2}, {}, 4 * 2 * 2 * 16 * 64),
        ("seed_oss", {}, {"attention_out_bias": True}, 4 * 64),
        ("ernie4_5", {}, {"use_bias": True}, 4 * (4 * 64 + 2 * 128 + 64)),
        ("hyperclovax", {"use_post_norm": False}, {}, 4 * 2 * 64),
        ("qwen", {}, {"no_bias": False}, 4 * (64 + 2 * 64 + 64)),
        ("qwen3", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("cohere", {}, {"use_qk_norm": True}, 4 * 2 * 64),
        ("cohere", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("phi", {}, {"qk_layernorm": True}, 4 * 4 * 16),
        ("glm", {"attention_bias": False}, {}, 4 * 3 * 64),
        ("stablelm", {}, {"qk_layernorm": True}, 4 * 2 * 64),
        ("stablelm", {}, {"use_qkv_bias": True}, 4 * 3 * 64),
        ("stablelm", {"use_parallel_residual": True}, {}, 4 * 2 * 64),
        ("nemotron", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("persimmon", {"qk_layernorm": False}, {}, 4 * 4 * 16),
        ("gpt_neox", {"attention_bias": False}, {}, 4 * 4 * 64),
        ("gpt_neo", {"attention_types": [[["local"], 4]]}, {}, 0),
        ("starcoder2", {"use_bias": False}, {}, 4 * (5 * 64 + 128)),
        ("gpt_bigcode", {}, {"multi_query": False}, 4 * 2 * 3 * 16 * 65),
        ("opt", {"layer_norm_elementwise_affine": False}, {}, 4 * 4 * 64 + 2 * 64),
        ("opt", {"_remove_final_layer_norm": True}, {}, 2 * 64),
        ("opt", {"enable_bias": False}, {}, 4 * (5 * 64 + 128)),
        ("falcon", {}, {"bias": True}, 4 * (64 + 32 + 64 + 128 + 64)),
        ("falcon", {}, {"multi_query": False}, 4 * 2 * 3 * 16 * 64),
        ("falcon", {}, {"parallel_attn": False}, 4 * 2 * 64),
        ("falcon", {}, {"num_ln_in_parallel_attn": 2}, 4 * 2 * 64),
        ("falcon", {"new_decoder_architecture": True}, {}, -4 * (2 * 3 * 16 * 64 + 2 * 64)),
        ("electra", {"embedding_size": 64}, {"embedding_size": 32}, 33 * 64 - 32 * 616),
        ("modernbert", {}, {"norm_bias": True}, (3 + 4 + 2) * 64),
        ("modernbert", {}, {"attention_bias": True, "mlp_bias": True}, 4 * (5 * 64 + 256)),
        ("gemma", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("olmo", {}, {"attention_bias": True}, 4 * 4 * 64),
        ("internlm2", {"bias": False}, {}, 4 * 4 * 64),
    ],
)
def test_a_switch_of_a_family_adds_what_it_should(
    model_type: str, before: dict[str, Any], after: dict[str, Any], more: int
) -> None:
    assert added(model_type, before, after) == more


@pytest.mark.parametrize(
    ("model_type", "fields", "windows"),
    [
        ("qwen2", {}, [0] * 4),
        ("qwen2", {"use_sliding_window": True}, [0] * 4),
        ("qwen2", {"use_sliding_window": True, "max_window_layers": 2}, [0, 0, 4096, 4096]),
        ("gemma2", {}, [4096, 0, 4096, 0]),
        ("gemma3_text", {"sliding_window_pattern": 2}, [4096, 0, 4096, 0]),
        ("gemma3_text", {"use_bidirectional_attention": True}, [2049] * 4),
        ("gemma4_text", {}, [512, 512, 512, 0]),
        ("gemma4_text", {"use_bidirectional_attention": "all"}, [257, 257, 257, 0]),
        ("cohere2", {}, [4096, 4096, 4096, 0]),
        ("olmo3", {"layer_types": ["full_attention"] * 4}, [0] * 4),
        ("exaone4", {}, [4096, 4096, 4096, 0]),
        ("exaone4", {"sliding_window_pattern": "LG"}, [4096, 0, 4096, 0]),
        ("exaone4", {"sliding_window_pattern": None}, [0] * 4),
        ("exaone4", {"sliding_window": None}, [0] * 4),
        ("granite_swa", {}, [0, 128, 128, 128]),
        ("smollm3", {"use_sliding_window": True, "sliding_window": 8}, [0, 0, 0, 8]),
        ("starcoder2", {"sliding_window": 4096}, [4096] * 4),
        ("vaultgemma", {}, [4096, 0, 4096, 0]),
    ],
)
def test_windows_lie_where_the_family_puts_them(
    model_type: str, fields: dict[str, Any], windows: list[int]
) -> None:
    shape = tiny(model_type, **fields)

    assert cached_windows(shape) == windows


def test_a_layer_that_reads_anothers_cache_has_no_keys_and_keeps_nothing() -> None:
    heads = {"num_key_value_heads": 2, "global_head_dim": 32}
    alone = tiny("gemma4_text", **heads)
    shared = tiny("gemma4_text", **heads, num_kv_shared_layers=2, use_double_wide_mlp=True)

    assert [layer.cache.kind for layer in shared.layers] == ["sliding"] * 2 + ["shared"] * 2
    lost = 2 * 64 * 32 + 16 + 2 * 64 * 64 + 32
    assert alone.total_parameters - shared.total_parameters == lost - 2 * 3 * 64 * 128
    assert cache_bytes(shared, context=256).kv_cache_bytes == 2 * 256 * 2 * 64


def test_gemma_3n_takes_a_width_for_each_layer() -> None:
    one = tiny("gemma3n_text", num_kv_shared_layers=0, num_key_value_heads=2)
    several = tiny(
        "gemma3n_text",
        num_kv_shared_layers=0,
        num_key_value_heads=2,
        intermediate_size=[128, 128, 128, 256],
    )

    assert several.total_parameters - one.total_parameters == 3 * 64 * 128
    assert {"per_layer_model_projection", "altup_projections"} <= {
        tensor.name for tensor in one.outer
    }


def test_a_gemma_4_without_inputs_for_each_layer_has_no_table_for_them() -> None:
    assert len(tiny("gemma4_text", hidden_size_per_layer_input=0).outer) == 2


def test_a_single_stream_needs_no_projections() -> None:
    names = [t.name for t in tiny("gemma3n_text", num_kv_shared_layers=0, altup_num_inputs=1).outer]

    assert "altup_projections" not in names


def test_every_layer_of_umt5_has_a_table_of_positions() -> None:
    more = tiny("umt5", num_heads=4).total_parameters - tiny("mt5", num_heads=4).total_parameters

    assert more == (2 * 4 - 2) * 32 * 4


def test_a_falcon_of_the_new_layout_keeps_all_heads_in_transformers() -> None:
    shape = tiny("falcon", new_decoder_architecture=True, num_kv_heads=2)

    keeps = {
        engine: cache_bytes(shape, context=256, engine=engine).kv_cache_bytes
        for engine in ("llama.cpp", "transformers")
    }

    assert keeps["transformers"] == 2 * keeps["llama.cpp"]


@pytest.mark.parametrize(
    ("fields", "tied"),
    [
        ({}, True),
        ({"text_config": {"tie_word_embeddings": False}}, False),
        ({"tie_word_embeddings": True, "text_config": {"tie_word_embeddings": False}}, True),
    ],
)
def test_a_wrapper_decides_whether_the_head_is_tied(fields: dict[str, Any], tied: bool) -> None:  # noqa: FBT001
    assert read_config({"model_type": "paligemma", **fields}).tied is tied


def test_a_wrapper_without_a_language_model_takes_its_own_defaults() -> None:
    shape = read_config({"model_type": "mistral3"})

    assert (shape.hidden_size, len(shape.layers), shape.model_type) == (5120, 40, "mistral3")
    assert "Only the language model is counted" in shape.notes[0]


@pytest.mark.parametrize("model_type", ["phi4mm", "llava", "qwen3_vl"])
def test_what_is_left_out_is_said(model_type: str) -> None:
    assert any(
        "Only the language model is counted" in n
        for n in read_config({"model_type": model_type}).notes
    )


def test_a_vision_tower_may_have_a_head_that_pools() -> None:
    without, with_head = (
        read_config({"model_type": "gemma3", "vision_config": {"vision_use_head": head}})
        for head in (False, True)
    )

    more = with_head.breakdown["vision"] - without.breakdown["vision"]
    assert more == 768 + 4 * 768 * 769 + 2 * 768 + 2 * 768 * 3072 + 768 + 3072


def test_a_family_that_shares_anothers_defaults_keeps_its_own_context() -> None:
    contexts = {
        name: read_config({"model_type": name, "head_dim": 128}).context
        for name in ("glm4_moe", "glm4v_moe_text")
    }

    assert contexts == {"glm4_moe": 131072, "glm4v_moe_text": 65536}


@pytest.mark.parametrize(
    ("fields", "heads", "biases"),
    [
        ({"multi_query_attention": True, "multi_query_group_num": 2}, 2, 1),
        ({"multi_query_attention": False, "multi_query_group_num": 2}, 4, 1),
        ({"add_bias_linear": True}, 4, 4),
        ({"add_qkv_bias": False}, 4, 0),
    ],
)
def test_chatglm_reads_its_own_names(fields: dict[str, Any], heads: int, biases: int) -> None:
    shape = read_config(
        {
            "model_type": "chatglm",
            "hidden_size": 64,
            "num_attention_heads": 4,
            "num_layers": 2,
            "padded_vocab_size": 100,
            "ffn_hidden_size": 128,
            **fields,
        }
    )

    assert shape.kv_heads == heads
    assert sum(tensor.name.endswith(".bias") for tensor in shape.layers[0].tensors) == biases


def test_an_expert_is_counted_once_for_each_copy_and_used_by_few() -> None:
    shape = tiny(
        "gemma4_text",
        enable_moe_block=True,
        num_experts=8,
        top_k_experts=2,
        moe_intermediate_size=32,
    )

    expert = 4 * 3 * 64 * 32
    assert shape.breakdown["moe_experts"] == 8 * expert
    assert shape.total_parameters - shape.active_parameters == 6 * expert
