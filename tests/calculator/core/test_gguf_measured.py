"""GGUF files of many families, each in a few types, against what llama-quantize itself says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from calculator.core.architecture import Shape, read_config
from calculator.core.gguf import FILE_TYPES, GgufError, file_size
from calculator.core.gguf.roles import contents
from tests.shapes import CONFIGS, DATA, shape_of

# llama-quantize --dry-run, llama.cpp as vendored in llama-cpp-python 0.3.36.
ROWS = json.loads((DATA / "gguf_measured.json").read_text("utf-8"))["models"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_a_file_has_the_bytes_that_llama_quantize_says(row: Mapping[str, Any]) -> None:
    shape = read_config(row["config"] if "config" in row else CONFIGS[row["id"]])

    sizes = {name: file_size(shape, name) for name in row["types"]}

    assert {name: size.tensor_bytes for name, size in sizes.items()} == row["types"]


def test_every_file_type_but_the_plain_one_is_measured() -> None:
    measured = {name for row in ROWS for name in row["types"]}

    assert measured == set(FILE_TYPES) - {"F32"}


def outer(shape: Shape) -> dict[str, tuple[int, int]]:
    return {each.role: (each.rows, each.columns) for each in contents(shape).outer}


def test_an_encoder_and_a_decoder_are_named_apart() -> None:
    shape = read_config({"model_type": "t5", "num_layers": 2, "num_decoder_layers": 1})

    found = outer(shape)

    assert found["enc.blk.1.attn_v.weight"] == found["dec.blk.0.cross_attn_v.weight"] == (512, 512)
    assert {"dec.blk.0.cross_attn_o.weight", "enc.output_norm.weight"} <= set(found)
    assert "dec.blk.1.attn_v.weight" not in found
    assert file_size(shape, "F16").weights == shape.total_parameters


def test_dbrx_keeps_its_routers_at_16_bits() -> None:
    lines = file_size(shape_of("dbrx"), "Q4_K_M").tensors

    assert {line.type for _, line in lines if line.role == "ffn_gate_inp.weight"} == {"F16"}


def test_tables_of_fewer_rows_are_filled_up_to_the_vocabulary() -> None:
    found = outer(read_config({"model_type": "gemma3n_text"}))

    assert found["per_layer_token_embd.weight"][0] == found["token_embd.weight"][0] == 262_400


def test_the_first_layers_of_deepseek_v4_look_experts_up_by_token() -> None:
    shape = read_config({"model_type": "deepseek_v4"})

    layers = [{each.role for each in layer} for layer in contents(shape).layers]

    assert ["ffn_gate_tid2eid.weight" in roles for roles in layers] == [True] * 3 + [False] * 40
    assert ["exp_probs_b.bias" in roles for roles in layers] == [False] * 3 + [True] * 40
    assert file_size(shape, "Q4_K_M").bytes_by_type()["I32"] == 3 * 129_280 * 6 * 4


@pytest.mark.parametrize(
    ("model_type", "text_type", "architecture"),
    [("llava", "mistral", "llama"), ("llava", "qwen2", "qwen2"), ("lfm2_vl", "lfm2", "lfm2")],
)
def test_a_model_that_sees_is_converted_as_the_language_model_inside(
    model_type: str, text_type: str, architecture: str
) -> None:
    shape = read_config({"model_type": model_type, "text_config": {"model_type": text_type}})

    assert file_size(shape, "Q8_0").architecture == architecture


def test_apertus_stretches_its_positions_unless_the_file_says_how() -> None:
    assert outer(read_config({"model_type": "apertus"}))["rope_freqs.weight"] == (1, 64)


@pytest.mark.parametrize("model_type", ["opt", "gptj", "zamba2", "ministral"])
def test_a_type_that_llama_cpp_does_not_have_is_refused_as_such(model_type: str) -> None:
    shape = read_config({"model_type": model_type})

    with pytest.raises(GgufError, match=f"has no architecture for models of type {model_type}"):
        file_size(shape, "Q4_K_M")
