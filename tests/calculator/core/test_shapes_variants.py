"""What the files of mixtures may vary, and which of their contradictions are refused."""

from typing import Any

import pytest

from tests.shapes import kinds, read, refusal, sparse_layers

TINY = {
    "vocab_size": 10,
    "hidden_size": 8,
    "intermediate_size": 16,
    "moe_intermediate_size": 6,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 4,
    "tie_word_embeddings": True,
    "num_experts": 5,
    "n_routed_experts": 5,
    "num_local_experts": 5,
    "num_experts_per_tok": 2,
    "num_shared_experts": 1,
    "n_shared_experts": 1,
}
# Of the widths above: one embedding and the final norm; attention with one group of heads of 4;
# a dense block; the router, 5 experts and the shared one; a norm on each head.
AROUND = 10 * 8 + 8
ATTENTION = 8 * 8 + 2 * 8 * 4 + 8 * 8
DENSE = 3 * 8 * 16
MIXTURE = 8 * 5 + 6 * 3 * 8 * 6
HEADS = 2 * 4


def own(model_type: str) -> dict[str, Any]:
    """The widths above under the names of this family alone: two names would contradict."""
    counts = {
        "dots1": "n_routed_experts",
        "granitemoe": "num_local_experts",
        "glm4_moe": "n_routed_experts",
    }
    kept = counts.get(model_type, "num_experts")
    dropped = {"num_experts", "n_routed_experts", "num_local_experts"} - {kept}
    return {key: value for key, value in TINY.items() if key not in dropped}


@pytest.mark.parametrize(
    ("model_type", "fields", "layers"),
    [
        ("glm4_moe", {}, DENSE + 3 * MIXTURE),
        ("glm4_moe", {"use_qk_norm": True}, DENSE + 3 * MIXTURE + 4 * HEADS),
        ("hy_v3", {}, DENSE + 3 * MIXTURE + 4 * HEADS),
        ("hy_v3", {"mlp_bias": True}, DENSE + 40 + 3 * (MIXTURE + 20) + 4 * HEADS),
        ("dots1", {}, 4 * (MIXTURE + HEADS)),
        ("exaone_moe", {}, DENSE + 3 * MIXTURE + 4 * HEADS),
        # A gate as wide as the queries, two more norms, and a balancing bias in sparse layers.
        ("afmoe", {}, DENSE + 3 * (MIXTURE + 5) + 4 * (HEADS + 8 * 8 + 2 * 8)),
        ("flex_olmo", {}, 4 * (8 * 5 + 5 * 3 * 8 * 16 + 8 + 4)),
        ("granitemoe", {}, 4 * (8 * 5 + 5 * 3 * 8 * 16)),
        ("granitemoe", {"shared_intermediate_size": 3}, 4 * (40 + 5 * 3 * 8 * 16 + 3 * 8 * 3)),
    ],
)
def test_a_mixture_is_what_its_layers_hold(
    model_type: str, fields: dict[str, Any], layers: int
) -> None:
    shape = read(model_type, **own(model_type), **fields)

    assert shape.total_parameters == AROUND + 4 * (ATTENTION + 2 * 8) + layers
    assert shape.experts == 5


def test_windows_of_mixtures_follow_a_period_or_a_pattern() -> None:
    pattern = {"sliding_window": 7, "sliding_window_pattern": "LG"}

    assert kinds(read("exaone_moe", **own("exaone_moe"), **pattern)) == ["sliding", "full"] * 2
    assert kinds(read("exaone_moe", **own("exaone_moe")))[-1] == "full"
    assert kinds(read("afmoe", **own("afmoe"))) == ["sliding"] * 3 + ["full"]
    assert kinds(read("dots1", **own("dots1"), max_window_layers=3))[2:] == ["full", "sliding"]


def test_lings_hybrid_gates_whole_channels_and_heads() -> None:
    fields = {**own("bailing_hybrid"), "layer_group_size": 2, "first_k_dense_replace": 0}
    latent = {"kv_lora_rank": 3, "qk_nope_head_dim": 4, "qk_rope_head_dim": 2, "v_head_dim": 5}
    recalling = 6 * 8 * 8 + 3 * 8 * 4 + 8 + 2 + 8 * 2 + 4
    seeing = 8 * 12 + 8 * 5 + 3 + 3 * 2 * 9 + 2 * 5 * 8 + 8 * 2

    shape = read("bailing_hybrid", **fields, **latent)

    assert kinds(shape) == ["linear", "mla"] * 2
    assert shape.total_parameters == AROUND + 4 * (MIXTURE + 16) + 2 * (recalling + seeing)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"first_k_dense_replace": 2}, [False, False, True, True]),
        ({"first_k_dense_replace": 1, "moe_layer_freq": 2}, [False, False, True, False]),
        ({"moe_layer_freq": [0, 1, 0, 1]}, [False, True, False, True]),
        ({"mlp_layer_types": ["dense", "sparse", "sparse", "dense"]}, [False, True, True, False]),
    ],
    ids=["first", "every", "marks", "named"],
)
def test_the_file_says_which_layers_hold_experts(
    fields: dict[str, Any], expected: list[bool]
) -> None:
    assert sparse_layers(read("glm4_moe_lite", num_hidden_layers=4, **fields)) == expected


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"moe_layer_freq": [1]},
            "moe_layer_freq names 1 layers, but num_hidden_layers is 4",
        ),
        (
            {"mlp_layer_types": ["dense"]},
            "mlp_layer_types names 1 layers, but num_hidden_layers is 4",
        ),
        (
            {"mlp_layer_types": ["dense", "dense", "dense", "thick"]},
            "mlp_layer_types must say “dense” or “sparse” of each layer",
        ),
        ({"num_experts_per_tok": 65}, "num_experts_per_tok is 65, more than the 64 experts"),
    ],
)
def test_experts_that_contradict_the_layers_are_refused(
    fields: dict[str, Any], sentence: str
) -> None:
    assert refusal("glm4_moe_lite", num_hidden_layers=4, **fields).startswith(sentence)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [True] * 6),
        ({"indexer_types": ["full", "shared"] * 3}, [True, False] * 3),
        ({"index_topk_pattern": "FFSSSF"}, [True, True, False, False, False, True]),
        ({"index_topk_freq": 4}, [True, True, False, False, False, True]),
    ],
    ids=["all", "listed", "pattern", "frequency"],
)
def test_only_some_layers_of_glm_5_keep_keys_of_an_indexer(
    fields: dict[str, Any], expected: list[bool]
) -> None:
    shape = read("glm_moe_dsa", num_hidden_layers=6, **fields)

    assert [layer.cache.extra == 128 for layer in shape.layers] == expected
    assert {layer.cache.elements for layer in shape.layers} == {512 + 64}


def test_an_indexer_is_described_by_its_own_words_or_refused() -> None:
    sentence = "indexer_types must say “full” or “shared” of each layer"

    assert refusal("glm_moe_dsa", indexer_types=["full"]) == sentence
    assert refusal("glm_moe_dsa", num_hidden_layers=1, index_topk_pattern="X") == sentence
    assert refusal("deepseek_v32", q_lora_rank=None).startswith("q_lora_rank is null")


def test_deepseek_v4_reads_the_ratios_of_its_own_files() -> None:
    shape = read("deepseek_v4", num_hidden_layers=3, compress_ratios=[0, 4, 128, 0])
    named = ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention"]

    assert kinds(shape) == ["sliding", "compressed", "compressed"]
    assert shape == read("deepseek_v4", num_hidden_layers=3, layer_types=named)
    assert refusal("deepseek_v4", num_hidden_layers=1, compress_ratios=[8]) == (
        "compress_ratios must say 0, 4 or 128 of each layer"
    )


def test_kimi_linear_reads_the_lists_of_its_own_files() -> None:
    inside = {"head_dim": 64, "num_heads": 16, "short_conv_kernel_size": 3}
    lists = {"full_attn_layers": [2], "kda_layers": [1, 3]}

    shape = read("kimi_linear", num_hidden_layers=3, linear_attn_config={**inside, **lists})

    assert kinds(shape) == ["linear", "mla", "linear"]
    assert shape.constant_state_elements == 2 * (16 * 64 * 64 + 3 * 16 * 64 * 3)
    lists["kda_layers"] = [1]
    assert refusal(
        "kimi_linear", num_hidden_layers=3, linear_attn_config={**inside, **lists}
    ).startswith("linear_attn_config.full_attn_layers with kda_layers must name each layer once")


def test_minimax_reads_the_list_of_its_own_files() -> None:
    shape = read("minimax", num_hidden_layers=2, attn_type_list=[0, 1])

    assert kinds(shape) == ["linear", "full"]
    assert refusal("minimax", num_hidden_layers=2, attn_type_list=[0]) == (
        "attn_type_list names 1 layers, but num_hidden_layers is 2"
    )
    assert refusal(
        "minimax",
        num_hidden_layers=1,
        attn_type_list=[1],
        layer_types=["linear_attention"],
    ) == ("attn_type_list names other layers than layer_types does")


@pytest.mark.parametrize(
    ("fields", "chunks", "expected"),
    [
        ({}, 3, [True] * 4),
        ({"moe_layers": [2]}, 3, [False, False, True, False]),
        ({"interleave_moe_layer_step": 2, "no_rope_layers": [1, 0, 1, 0]}, 2, [False, True] * 2),
        ({"layer_types": ["full_attention"] * 4}, 0, [True] * 4),
    ],
    ids=["defaults", "listed", "rotary", "named"],
)
def test_llama_4_says_where_its_chunks_and_experts_are(
    fields: dict[str, Any], chunks: int, expected: list[bool]
) -> None:
    shape = read("llama4_text", num_hidden_layers=4, **fields)

    assert sparse_layers(shape) == expected
    assert shape.sliding_layers_cap_bytes == chunks * 8192 * 2 * 2 * 8 * 128


def test_a_list_of_llama_4_must_name_every_layer() -> None:
    sentence = "no_rope_layers names 1 layers, but num_hidden_layers is 48"

    assert refusal("llama4_text", no_rope_layers=[1]) == sentence


def test_qwens_windows_are_switched_on_by_the_file() -> None:
    switched = {"use_sliding_window": True, "num_hidden_layers": 4, "max_window_layers": 3}

    assert kinds(read("qwen2_moe", **switched)) == ["sliding", "full", "sliding", "full"]
    assert kinds(read("qwen3_moe", **switched)) == ["sliding"] * 4


def test_biases_double_with_the_queries_that_hold_a_gate() -> None:
    plain = read("qwen3_5_text", num_hidden_layers=4)
    biased = read("qwen3_5_text", num_hidden_layers=4, attention_bias=True)

    assert biased.total_parameters - plain.total_parameters == (2 * 16 + 4 + 4) * 256 + 4096


def test_contradictions_of_single_families_are_refused() -> None:
    assert refusal("dbrx", tie_word_embeddings=True).startswith("tie_word_embeddings is true")
    assert refusal("hunyuan_v1_moe", moe_topk=2) == (
        "moe_topk is 2, more than the 1 experts there are"
    )
    assert refusal("hunyuan_v1_moe", num_experts=[4, 8]).startswith("num_experts must be the same")
    assert refusal("jamba", attn_layer_offset=8).startswith("attn_layer_offset is 8, not smaller")
    assert refusal("lfm2_moe").startswith("layer_types is missing")
    assert refusal("lfm2", block_ffn_dim_multiplier=-1).startswith("block_ffn_dim_multiplier must")
    assert refusal("mamba2", num_heads=64).startswith("num_heads is 64, but 64 × head_dim 64 is")
    assert refusal("bamba", mamba_d_head=32).startswith("mamba_d_head is 32, but 128 heads of it")
    assert refusal("arctic").startswith("moe_layer_frequency is 2: only Arctic's own 1")
    assert refusal("zamba2", num_hidden_layers=7).startswith("layers_block_type is missing")
    assert refusal("recurrent_gemma", block_types=["x"]).startswith("block_types must be a list")
