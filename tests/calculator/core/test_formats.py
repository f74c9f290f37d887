"""Weights in every format: published sizes to the byte, the order of formats, the honest band."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.architecture import read_config
from calculator.core.formats import FORMATS, NAMES, band, canonical, quantizes, tiles, weights
from calculator.core.gguf import file_size
from tests.shapes import shape_of

LARGE = ("llama-2-7b", "llama-3-8b", "llama-3-70b", "llama-3.1-405b", "qwen3-8b", "qwen3-14b")


def test_gpt_oss_in_mxfp4_has_its_published_bytes() -> None:
    held = weights(shape_of("gpt-oss-120b"), "mxfp4")

    assert held.bytes == 65_248_815_744
    assert weights(shape_of("gpt-oss-20b"), "mxfp4").bytes == 13_761_264_768


def test_deepseek_has_the_published_number_of_fp8_scales() -> None:
    shape = shape_of("deepseek-v3")
    extra = sum(
        tiles(tensor.rows, tensor.columns) // 4 * tensor.copies
        for tensor in shape.layers[-1].tensors
        if quantizes(FORMATS["fp8-block"], tensor, shape.model_type)
    )

    scales = weights(shape, "fp8-block").scales // 4

    # The published checkpoint has one more layer, for predicting a second token.
    assert scales + extra == 41_540_496


def test_sixteen_bits_are_two_bytes_for_every_parameter() -> None:
    shape = shape_of("llama-3-8b")

    assert weights(shape, "bf16").bytes == 2 * 8_030_261_248
    assert weights(shape, "fp16").bytes == 2 * 8_030_261_248
    assert weights(shape, "fp32").bytes == 4 * 8_030_261_248


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("gptq-g128", "4.156"),
        ("awq-g32", "4.625"),
        ("nf4", "4.500"),
        ("nf4-dq", "4.127"),
        ("fp8", "8.000"),
        ("fp8-block", "8.002"),
        ("int8", "8.008"),
        ("mxfp4", "4.250"),
        ("nvfp4", "4.500"),
        ("mlx-4bit", "4.500"),
        ("mlx-8bit", "8.500"),
    ],
)
def test_a_quantized_weight_takes_the_bits_its_scales_add_up_to(name: str, bits: str) -> None:
    assert f"{float(FORMATS[name].bits_per_weight):.3f}" == bits


def test_embeddings_head_and_norms_stay_at_sixteen_bits() -> None:
    held = weights(shape_of("llama-3-8b"), "nf4")

    linear = 32 * (4096 * 4096 * 2 + 4096 * 1024 * 2 + 3 * 4096 * 14336)
    assert (held.quantized, held.scales) == (linear // 2, linear // 16)
    assert held.kept == 2 * (8_030_261_248 - linear)


def test_double_quantization_saves_what_litgpt_measured() -> None:
    shape = shape_of("llama-2-7b")

    saved = weights(shape, "nf4").bytes - weights(shape, "nf4-dq").bytes

    assert 0.30e9 < saved < 0.31e9


def test_mlx_quantizes_the_embedding_too() -> None:
    held = weights(shape_of("llama-3.2-1b"), "mlx-4bit")

    assert Fraction(9, 2) < held.bits_per_weight < Fraction(4502, 1000)


def test_a_vision_tower_stays_at_sixteen_bits() -> None:
    shape = shape_of("gemma-3-27b")
    text = shape_of("gemma-3-27b-text")

    assert weights(shape, "nf4").quantized == weights(text, "nf4").quantized


def test_a_gguf_type_is_a_format_too() -> None:
    shape = shape_of("llama-3-8b")

    held = weights(shape, "Q4_K_M")

    assert held.bytes == file_size(shape, "Q4_K_M").tensor_bytes == 4_912_898_304
    assert held.kept == 4 * (65 * 4096 + 64)


@pytest.mark.parametrize(
    ("written", "name"),
    [("q4_k_m", "Q4_K_M"), (" BF16 ", "bf16"), ("nf4_dq", "nf4-dq"), ("mxfp4-moe", "MXFP4_MOE")],
)
def test_a_format_is_found_however_it_is_written(written: str, name: str) -> None:
    assert canonical(written) == name


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="“q9” is not a format known here"):
        canonical("q9")

    with pytest.raises(ValueError, match="“q9” is not a file type"):
        weights(shape_of("llama-3-8b"), "q9")


def test_every_format_of_every_name_has_a_size() -> None:
    shape = shape_of("llama-3-8b")

    assert all(weights(shape, name).bytes > 10**9 for name in NAMES)


@pytest.mark.parametrize(
    "file_type", ["Q2_K", "Q3_K_M", "Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"]
)
@pytest.mark.parametrize("name", LARGE)
def test_real_models_lie_in_the_band_of_their_size(name: str, file_type: str) -> None:
    shape = shape_of(name)

    found = band(shape.total_parameters, file_type)

    assert found is not None
    bits = weights(shape, file_type).bits_per_weight
    assert found.least_bits - Fraction(5, 1000) <= bits <= found.most_bits + Fraction(5, 1000)


def test_small_models_lie_in_the_wider_band() -> None:
    shape = shape_of("llama-3.2-1b")

    found = band(shape.total_parameters, "Q4_K_M")

    assert found is not None
    assert found.least_bits - Fraction(5, 1000) <= weights(shape, "Q4_K_M").bits_per_weight
    assert weights(shape, "Q4_K_M").bits_per_weight <= found.most_bits


@pytest.mark.parametrize("name", ["nf4", "awq-g128", "fp8"])
@pytest.mark.parametrize("row", [*LARGE, "gemma-3-1b", "starcoder2-3b", "mistral-large-2-123b"])
def test_other_formats_lie_in_the_band_of_what_stays_at_sixteen_bits(row: str, name: str) -> None:
    shape = shape_of(row)

    found = band(shape.total_parameters, name)

    assert found is not None
    assert found.least_bytes * 0.999 <= weights(shape, name).bytes <= found.most_bytes * 1.001


def test_a_mere_number_of_parameters_gives_a_band() -> None:
    found = band(7 * 10**9, "Q4_K_M")

    assert found is not None
    assert (found.least_bytes, found.most_bytes) == (4_191_250_000, 4_287_500_000)


def test_formats_without_a_rest_have_no_band_to_speak_of() -> None:
    plain, mlx = band(7 * 10**9, "bf16"), band(10**9, "mlx-8bit")

    assert plain is not None
    assert mlx is not None
    assert plain.least_bytes == plain.most_bytes == 14 * 10**9
    assert mlx.least_bits == mlx.most_bits


def test_a_type_whose_band_nobody_measured_has_none() -> None:
    assert band(7 * 10**9, "IQ1_S") is None


shapes = st.fixed_dictionaries(
    {
        "model_type": st.sampled_from(["llama", "qwen3", "gemma2", "mixtral", "gpt_oss"]),
        "hidden_size": st.integers(1, 20).map(lambda k: 256 * k),
        "intermediate_size": st.integers(1, 20).map(lambda k: 256 * k),
        "num_hidden_layers": st.integers(1, 4),
        "num_attention_heads": st.sampled_from([8, 16]),
        "num_key_value_heads": st.sampled_from([1, 2, 8]),
        "head_dim": st.sampled_from([64, 128]),
        "vocab_size": st.integers(100, 5000),
    }
)


@given(config=shapes)
def test_formats_keep_their_order(config: dict[str, Any]) -> None:
    shape = read_config(config)

    def ordered(*names: str) -> bool:
        sizes = [weights(shape, name).bytes for name in names]
        return sizes == sorted(sizes)

    assert ordered("nf4-dq", "nf4", "fp8", "fp8-block", "int8", "bf16", "fp32")
    assert ordered("awq-g128", "awq-g64", "awq-g32", "fp8")
    assert ordered("mlx-4bit", "mlx-8bit", "bf16")
    assert weights(shape, "bf16").bytes == weights(shape, "fp16").bytes


@given(config=shapes, name=st.sampled_from(list(FORMATS)))
def test_a_total_is_the_sum_of_its_parts(config: dict[str, Any], name: str) -> None:
    held = weights(read_config(config), name)

    assert held.bytes == held.quantized + held.scales + held.kept
    assert held.bits_per_weight * held.parameters == 8 * held.bytes
