"""GGUF files: how many bytes they hold, against llama.cpp's own converter and quantizer."""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.architecture import FAMILIES, read_config
from calculator.core.gguf import (
    ARCHITECTURES,
    BLOCKS,
    FILE_TYPES,
    NEED_MATRIX,
    GgufError,
    file_size,
)
from calculator.core.gguf.blocks import padded
from tests.shapes import CONFIGS, DATA, shape_of

ROWS = json.loads((DATA / "gguf.json").read_text("utf-8"))["models"]
# Whole-file bits a weight of Llama 3.1 8B as printed in llama.cpp's tools/quantize/README.md.
LLAMA_BITS = {
    "IQ1_S": "2.0042",
    "IQ1_M": "2.1460",
    "IQ2_XXS": "2.3824",
    "IQ2_M": "2.9294",
    "IQ3_XS": "3.4977",
    "IQ3_S": "3.6606",
    "IQ3_M": "3.7628",
    "IQ4_XS": "4.4597",
    "IQ4_NL": "4.6818",
    "Q2_K": "3.1593",
    "Q3_K_S": "3.6429",
    "Q3_K_M": "3.9960",
    "Q3_K_L": "4.2979",
    "Q4_K_S": "4.6672",
    "Q4_K_M": "4.8944",
    "Q5_K_S": "5.5704",
    "Q5_K_M": "5.7036",
    "Q6_K": "6.5633",
    "Q8_0": "8.5008",
}
# From few bits to many; each holds no fewer bytes than the one before it.
LADDER = ("IQ1_S", "IQ2_XXS", "Q2_K_S", "Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_every_file_type_of_a_model_has_the_bytes_of_the_real_file(row: Mapping[str, Any]) -> None:
    shape = read_config(CONFIGS[row["id"]])

    sizes = {name: file_size(shape, name) for name in row["types"]}

    found = {name: [size.tensor_bytes, size.padded_bytes] for name, size in sizes.items()}
    assert found == row["types"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_a_file_of_16_bits_has_the_tensors_of_the_real_one(row: Mapping[str, Any]) -> None:
    size = file_size(read_config(CONFIGS[row["id"]]), "F16")

    assert (len(size.tensors), size.weights) == (row["tensors"], row["elements"])
    assert size.tensor_bytes == row["f16_tensor_bytes"]


@pytest.mark.parametrize("file_type", LLAMA_BITS)
def test_llama_has_the_bits_a_weight_that_llama_cpp_prints(file_type: str) -> None:
    size = file_size(shape_of("llama-3-8b"), file_type)

    assert f"{float(size.bits_per_weight):.4f}" == LLAMA_BITS[file_type]


def test_an_importance_matrix_shrinks_the_feed_forward_blocks_of_iq3_xxs() -> None:
    size = file_size(shape_of("llama-3-8b"), "IQ3_XXS", matrix=True)

    assert f"{float(size.bits_per_weight):.4f}" == "3.2548"
    assert "IQ3_XXS" in NEED_MATRIX
    assert "Q4_K_M" not in NEED_MATRIX


@pytest.mark.parametrize(
    ("name", "file_type", "published"),
    [
        ("llama-3-8b", "Q4_0", 4_661_724_384),
        ("mistral-7b-v0.1", "Q4_0", 4_108_916_384),
        ("falcon-7b", "Q4_0", 4_210_994_112),
        ("gemma-3-1b", "Q4_0", 720_425_472),
        ("gpt-oss-20b", "MXFP4_MOE", 12_109_565_632),
        ("llama-3.2-3b", "Q4_K_M", 2_019_377_696),
        ("qwen3-30b-a3b", "Q3_K_S", 13_292_468_800),
    ],
)
def test_a_published_file_lies_within_the_headers_measured(
    name: str, file_type: str, published: int
) -> None:
    least, most = file_size(shape_of(name), file_type).file_bytes

    assert least <= published <= most + 10_000


def test_the_lines_say_which_role_takes_what() -> None:
    size = file_size(shape_of("llama-3-8b"), "Q4_K_M")

    assert sum(size.bytes_by_type().values()) == size.tensor_bytes
    norms = [line.bytes for _, line in size.tensors if line.role == "attn_norm.weight"]
    assert norms == 32 * [4096 * 4]


def test_32_bits_are_32_bits_everywhere() -> None:
    size = file_size(shape_of("llama-3-8b"), "F32")

    assert size.bits_per_weight == 32
    assert set(size.bytes_by_type()) == {"F32"}


def test_an_unknown_file_type_is_refused() -> None:
    with pytest.raises(ValueError, match="“Q4_K_XL” is not a file type"):
        file_size(shape_of("llama-3-8b"), "Q4_K_XL")


def test_a_model_of_a_type_without_a_known_converter_is_refused() -> None:
    shape = replace(shape_of("llama-3-8b"), model_type="unheard")

    with pytest.raises(GgufError, match="No GGUF converter for models of type unheard"):
        file_size(shape, "Q4_K_M")


def test_a_row_that_is_no_whole_number_of_blocks_is_refused() -> None:
    assert BLOCKS["Q4_K"].row_bytes(512) == 288
    assert BLOCKS["Q4_K"].bits_per_weight == Fraction(9, 2)

    with pytest.raises(ValueError, match="a row of 48 is not a multiple of 256"):
        BLOCKS["Q4_K"].row_bytes(48)


def test_every_model_type_with_a_converter_can_be_read() -> None:
    assert set(ARCHITECTURES) <= set(FAMILIES)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_model_is_sized_or_refused_with_a_sentence(name: str) -> None:
    shape = shape_of(name)

    if shape.model_type not in ARCHITECTURES:
        with pytest.raises(GgufError):
            file_size(shape, "Q4_K_M")
        return
    sizes = [file_size(shape, file_type).tensor_bytes for file_type in FILE_TYPES]
    assert all(0 < size <= sizes[0] for size in sizes)


llamas = st.fixed_dictionaries(
    {
        "model_type": st.sampled_from(["llama", "qwen3", "gemma2", "falcon", "mixtral"]),
        "hidden_size": st.integers(1, 12).map(lambda k: 256 * k),
        "intermediate_size": st.integers(1, 12).map(lambda k: 256 * k),
        "num_hidden_layers": st.integers(1, 90),
        "num_attention_heads": st.sampled_from([8, 16]),
        "head_dim": st.just(64),
        "vocab_size": st.integers(100, 1000),
        "tie_word_embeddings": st.booleans(),
    }
)


@given(config=llamas, groups=st.sampled_from([1, 2, 8]))
def test_more_bits_never_make_a_smaller_file(config: dict[str, Any], groups: int) -> None:
    shape = read_config({**config, "num_key_value_heads": groups})

    sizes = [file_size(shape, file_type).tensor_bytes for file_type in LADDER]

    assert sizes == sorted(sizes)


@given(config=llamas, file_type=st.sampled_from(FILE_TYPES))
def test_the_file_is_the_sum_of_its_tensors(config: dict[str, Any], file_type: str) -> None:
    shape = read_config({**config, "num_key_value_heads": 8})

    size = file_size(shape, file_type)

    lines = [line for _, line in size.tensors]
    assert size.tensor_bytes == sum(line.bytes for line in lines)
    assert size.padded_bytes == sum(padded(line.bytes) for line in lines)
    assert size.weights >= shape.total_parameters
