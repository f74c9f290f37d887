"""Files as their makers publish them: old names, fields of a maker's own code, long lists."""

from typing import Any

import pytest

from calculator.core.architecture import ConfigError, read_text
from calculator.core.architecture.vocabulary import ONLY_TEXT
from tests.shapes import read


def test_the_first_files_of_falcon_40b_name_their_groups_only() -> None:
    fields = {"hidden_size": 8192, "n_head": 128, "n_head_kv": 8, "n_layer": 60}

    first = read("RefinedWeb", **fields, parallel_attn=True)

    # As tiiuae/falcon-40b counts today, with its fields under their newer names.
    assert first.total_parameters == 41_303_293_952
    assert (first.layers[0].kv_heads, first.kv_cache_bytes_per_token) == (8, 2 * 2 * 60 * 8 * 64)


@pytest.mark.parametrize(
    ("attention", "groups"),
    [
        ({}, 24),
        ({"attn_type": "multihead_attention", "kv_n_heads": 24}, 24),
        ({"attn_type": "multiquery_attention"}, 1),
        ({"attn_type": "grouped_query_attention", "kv_n_heads": 8}, 8),
    ],
)
def test_mpt_may_group_its_keys_and_values(attention: dict[str, Any], groups: int) -> None:
    fields = {"d_model": 3072, "n_heads": 24, "n_layers": 32, "vocab_size": 32768}

    shape = read("mpt", **fields, attn_config=attention)

    saved = 32 * 3072 * 2 * (24 - groups) * 128
    # With 8 groups these are the sizes of Replit Code v1.5, published as 3.3 billion.
    assert shape.total_parameters == 3_322_088_448 + 32 * 3072 * 2 * 16 * 128 - saved
    assert shape.kv_heads == groups


def test_groups_that_do_not_divide_the_heads_of_mpt_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"n_heads is 24, which kv_n_heads \(7\) does not"):
        read(
            "mpt",
            d_model=3072,
            n_heads=24,
            attn_config={"attn_type": "grouped_query_attention", "kv_n_heads": 7},
        )


@pytest.mark.parametrize(
    ("model_type", "tower"), [("qwen", "visual"), ("chatglm", "vision_config")]
)
def test_a_tower_beside_a_plain_type_is_said_to_be_left_out(model_type: str, tower: str) -> None:
    sizes = {"hidden_size": 64, "intermediate_size": 128, "vocab_size": 100}
    fields = {**sizes, "num_hidden_layers": 2, "num_attention_heads": 4, "kv_channels": 16}

    plain, seeing = read(model_type, **fields), read(model_type, **fields, **{tower: {"width": 8}})

    assert seeing.notes == (*plain.notes, ONLY_TEXT)
    assert seeing.total_parameters == plain.total_parameters


def test_a_file_may_list_every_layer_that_a_quantizer_left_alone() -> None:
    listed = ", ".join(f'"model.layers.{number}.self_attn"' for number in range(100_000))
    text = f'{{"model_type": "llama", "quantization_config": {{"ignore": [{listed}]}}}}'

    shape = read_text(text)

    assert len(text) > 3_000_000
    assert shape == read("llama")
