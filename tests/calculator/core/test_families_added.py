"""Families that transformers alone does not decide: what their makers publish and write."""

import pytest

from calculator.core.architecture import ConfigError
from tests.shapes import read


def test_experts_without_weights_count_only_in_the_router_of_longcat() -> None:
    shape = read("longcat_flash")

    # transformers 5.23.0 has 741,053,585,408: it also allocates the gates and up-projections of
    # the 256 experts that do nothing, 28 × 256 × 2 × 2048 × 6144, which no checkpoint holds.
    assert shape.total_parameters == 741_053_585_408 - 28 * 256 * 2 * 2048 * 6144
    assert shape.breakdown["moe_router"] == 28 * 6144 * (512 + 256)
    assert 31.3e9 < shape.active_parameters - shape.parts["embedding"] < 31.4e9 + 805e6
    assert any("experts without weights" in note for note in shape.notes)


def test_each_layer_of_longcat_caches_two_compressed_vectors() -> None:
    shape = read("longcat_flash", num_layers=3)

    assert shape.kv_cache_bytes_per_token == 2 * 3 * 2 * (512 + 64)


def test_longcat_without_idle_experts_says_nothing_of_them() -> None:
    assert read("longcat_flash", zero_expert_num=0).notes == read("longcat_flash").notes[1:]


def test_the_attentions_of_longcat_may_be_counted_instead_of_its_layers() -> None:
    assert (
        read("longcat_flash", num_hidden_layers=8).total_parameters
        == read("longcat_flash", num_layers=4).total_parameters
    )


def test_half_a_layer_of_longcat_is_refused() -> None:
    with pytest.raises(ConfigError, match="num_hidden_layers is 7"):
        read("longcat_flash", num_hidden_layers=7)


def test_queries_and_outputs_of_jetmoe_are_routed_too() -> None:
    shape = read("jetmoe", num_hidden_layers=24)

    # arXiv 2404.07413: 8.52 billion parameters, 2.2 billion active (less the embedding here).
    assert round(shape.total_parameters / 1e9, 2) == 8.52
    assert (shape.active_parameters - shape.parts["embedding"]) // 10**8 == 22


def test_xiaomis_own_names_describe_the_same_model_as_those_of_transformers() -> None:
    sliding = [int(not (n == 0 or (n + 1) % 6 == 0)) for n in range(48)]
    own = read(
        "mimo_v2_flash",
        hybrid_layer_pattern=sliding,
        moe_layer_freq=[int(n > 0) for n in range(48)],
        swa_num_key_value_heads=8,
        swa_head_dim=192,
        swa_v_head_dim=128,
        swa_num_attention_heads=64,
        sliding_window_size=128,
        n_shared_experts=None,
    )

    plain = read("mimo_v2_flash")

    assert own.parts == plain.parts
    assert own.distinct_caches == plain.distinct_caches
    assert own.total_parameters == 308_778_768_832


def test_a_pattern_of_the_wrong_length_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match="hybrid_layer_pattern names 2 layers"):
        read("mimo_v2_flash", hybrid_layer_pattern=[0, 1])


def test_grok_is_xais_published_shape() -> None:
    shape = read("grok-1")

    # xai-org/grok-1, run.py: 64 layers of 48 + 2 × 8 heads of 128, 8 experts of 32,768, four norms.
    layer = 6144 * (2 * 6144 + 2 * 1024) + 8 * 6144 + 8 * 3 * 6144 * 32768 + 4 * 6144
    assert shape.total_parameters == 131072 * 6144 + 64 * layer + 6144
    assert 64 * layer // 10**9 == 314
    assert shape.kv_cache_bytes_per_token == 2 * 64 * 2 * 8 * 128


def test_the_experts_of_minicpm_are_not_overlooked() -> None:
    fields = {
        "vocab_size": 122753,
        "hidden_size": 2304,
        "intermediate_size": 5760,
        "num_hidden_layers": 40,
        "num_attention_heads": 36,
    }

    plain, mixed = read("minicpm", **fields), read("minicpm", **fields, num_experts=8)

    added = 40 * (7 * 3 * 2304 * 5760 + 8 * 2304)
    # openbmb/MiniCPM-2B-sft-bf16 stores 2,724,880,896 parameters.
    assert plain.total_parameters == 2_724_880_896
    assert mixed.total_parameters == plain.total_parameters + added
    assert mixed.experts_per_token == 2


def test_laguna_counts_its_query_heads_layer_by_layer() -> None:
    shape = read("laguna", num_hidden_layers=2, num_attention_heads_per_layer=[48, 64])

    first, second = shape.layers
    assert (first.heads, second.heads) == (48, 64)
    assert first.cache == second.cache


def test_a_list_of_heads_for_other_layers_is_refused() -> None:
    with pytest.raises(ConfigError, match="num_attention_heads_per_layer names 1 layers"):
        read("laguna", num_hidden_layers=2, num_attention_heads_per_layer=[48])


def test_the_indexer_of_minimax_is_read_from_its_own_object() -> None:
    sparse = {
        "sparse_num_index_heads": 2,
        "sparse_index_dim": 64,
        "sparse_attention_freq": [0, 1],
    }

    own = read("minimax_m3_vl_text", num_hidden_layers=2, sparse_attention_config=sparse)

    assert own.parts == (
        read(
            "minimax_m3_vl_text",
            num_hidden_layers=2,
            index_n_heads=2,
            index_head_dim=64,
            layer_types=["full_attention", "minimax_m3_sparse"],
        ).parts
    )
    assert [layer.cache.extra for layer in own.layers] == [0, 64]


def test_an_indexer_for_other_layers_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"sparse_attention_config\.sparse_attention_freq names"):
        read("minimax_m3_vl_text", sparse_attention_config={"sparse_attention_freq": [1]})


def test_dense_layers_in_front_of_command_repeat_their_own_pattern() -> None:
    shape = read(
        "cohere2_moe",
        num_hidden_layers=6,
        first_k_dense_replace=2,
        prefix_dense_sliding_window_pattern=2,
        prefix_dense_intermediate_size=999,
    )

    kinds = [layer.kind for layer in shape.layers]
    assert kinds == ["sliding", "full", "sliding", "sliding", "sliding", "full"]
    assert any(tensor.rows == 999 for tensor in shape.layers[0].tensors)


def test_hunyuan_says_which_layers_choose_for_the_next() -> None:
    few = read("hy_v4", indexer_types=["full"] + ["shared"] * 33)

    assert few.total_parameters < read("hy_v4").total_parameters
    with pytest.raises(ConfigError, match="indexer_types must say"):
        read("hy_v4", indexer_types=["full"])


@pytest.mark.parametrize("factor", ["half", True, 0, 65])
def test_a_factor_of_xlstm_that_is_no_factor_is_refused(factor: object) -> None:
    with pytest.raises(ConfigError, match="qk_dim_factor must be"):
        read("xlstm", qk_dim_factor=factor)


@pytest.mark.parametrize(
    ("wrapper", "inner"),
    [
        ("glm4v_moe", "glm4v_moe_text"),
        ("kimi_vl", "deepseek_v3"),
        ("minimax_m3_vl", "minimax_m3_vl_text"),
    ],
)
def test_the_language_model_inside_a_wrapper_is_read(wrapper: str, inner: str) -> None:
    fields = {"num_hidden_layers": 4, "hidden_size": 3072}

    wrapped = read(wrapper, text_config=fields)

    assert wrapped.total_parameters == read(inner, **fields).total_parameters


def test_zaya_caches_grouped_heads_and_the_last_inputs_of_its_convolutions() -> None:
    shape = read("zaya", num_hidden_layers=3)

    # Measured for each layer: keys and values of 2 × 128, conv states 1280 × 2, a value of 128.
    assert shape.kv_cache_bytes_per_token == 3 * 2 * 2 * 2 * 128
    assert shape.constant_state_elements == 3 * (1280 * 2 + 128)


def test_a_layer_of_zaya_may_slide() -> None:
    kinds = ["hybrid", "hybrid_sliding"]

    shape = read("zaya", num_hidden_layers=2, layer_types=kinds, sliding_window=64)

    assert [layer.cache.window for layer in shape.layers] == [0, 64]


def test_the_bias_of_a_tied_head_counts() -> None:
    added = read("zaya", lm_head_bias=True).total_parameters - read("zaya").total_parameters

    assert added == 262272


@pytest.mark.parametrize(
    "name", ["routed_expert_hidden_size", "mla_use_output_gate", "attn_res_block_size"]
)
def test_kimi_k3_is_not_taken_for_kimi_linear(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is a part of Kimi-K3"):
        read("kimi_linear", **{name: 1})


def test_the_file_of_minimax_m3_itself_is_read() -> None:
    own = read("minimax_m3", moe_layer_freq=[0] * 3 + [1] * 57)

    kinds = ["dense"] * 3 + ["sparse"] * 57
    assert own.parts == read("minimax_m3_vl_text", mlp_layer_types=kinds).parts


@pytest.mark.parametrize("word", ["num_experts", "n_routed_experts", "num_local_experts"])
@pytest.mark.parametrize("model_type", ["qwen3_moe", "gpt_oss", "llama4_text", "deepseek_v3"])
def test_a_neighbours_word_for_the_experts_is_understood(model_type: str, word: str) -> None:
    shape = read(model_type, num_hidden_layers=4, **{word: 40})

    assert shape.experts == 40


def test_a_neighbours_word_is_refused_by_its_own_name() -> None:
    with pytest.raises(ConfigError, match=r"^moe_num_experts must be a whole number"):
        read("qwen3_moe", moe_num_experts="many")


def test_two_words_for_the_experts_that_differ_are_refused() -> None:
    with pytest.raises(ConfigError, match="the same field"):
        read("llama4_text", num_experts=8, n_routed_experts=16)


def test_a_familys_own_word_wins_over_a_neighbours() -> None:
    assert read("llama4_text", num_local_experts=8, n_routed_experts=16).experts == 8
