"""Running a model: the range of bytes against logs, and the verdict against a device."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.cache import ENGINES
from calculator.core.inference import (
    GIBIBYTE,
    MEBIBYTE,
    InferenceError,
    Load,
    cache_pool,
    inference_bytes,
    inference_lines,
    llama_cpp_compute,
    transformers_compute,
    vllm_compute,
)
from calculator.core.ranges import Span
from calculator.core.verdicts import LLAMA_CPP_MARGIN, MARGINS, allowed, judge

DATA = Path(__file__).parents[2] / "data"
ROWS = {
    row["id"]: row
    for row in json.loads((DATA / "measured_memory.json").read_text(encoding="utf-8"))
}
H100 = round(79.18 * GIBIBYTE)
QWEN_27B = Load(
    weights=0,
    cache=0,
    hidden_size=5120,
    intermediate_size=17_408,
    vocab_size=248_320,
    context=0,
)
QWEN_32B = Load(
    weights=65_524_246_528,
    cache=0,
    hidden_size=5120,
    intermediate_size=25_600,
    vocab_size=151_936,
    context=16_000,
)


def measured(row: str) -> float:
    return float(ROWS[row]["value"])


@pytest.mark.parametrize(("row", "slots"), [("M116", 1), ("M117", 2), ("M118", 4)])
def test_the_compute_buffer_of_llama_cpp_lies_in_the_range(row: str, slots: int) -> None:
    size = llama_cpp_compute(replace(QWEN_27B, sequences=slots)).size

    assert size.low / MEBIBYTE <= measured(row) <= size.high / MEBIBYTE
    assert size.high <= 1.3 * size.low


def test_the_compute_buffer_grows_with_the_context_by_the_mask_or_what_is_unpacked() -> None:
    base = llama_cpp_compute(QWEN_27B).size
    long = replace(QWEN_27B, context=65_536)

    mask = llama_cpp_compute(long).size
    quantized = llama_cpp_compute(replace(long, quantized_cache=True)).size
    latent = llama_cpp_compute(replace(long, quantized_cache=True, latent=True)).size

    assert mask.low == quantized.low == latent.low == base.low
    assert mask.high - base.high == 1.5 * 512 * 2 * 65_536
    assert quantized.high - base.high == 2.25 * 5120 * 65_536
    assert latent.high - base.high == 1.25 * 5120 * 65_536


@pytest.mark.parametrize(
    ("row", "kind"),
    [("M148", "dense"), ("M158", "dense"), ("M163", "dense"), ("M173", "multimodal")],
)
def test_the_activations_vllm_profiled_lie_in_the_range(row: str, kind: str) -> None:
    size = vllm_compute(replace(QWEN_32B, kind=kind)).size

    assert size.low <= measured(row) * GIBIBYTE <= size.high


@pytest.mark.parametrize(("row", "devices"), [("M149", 2), ("M154", 1), ("M169", 2), ("M174", 1)])
def test_what_vllm_keeps_outside_pytorch_lies_in_the_range(row: str, devices: int) -> None:
    runtime = inference_lines("vllm", replace(QWEN_32B, devices=devices))[3]

    assert runtime.size.low <= measured(row) * GIBIBYTE <= runtime.size.high


@pytest.mark.parametrize(
    ("row", "weights", "kind", "utilization"),
    [
        ("M166", 65_524_246_528, "dense", Fraction(9, 10)),
        ("M176", 48_022_792_192, "multimodal", Fraction(95, 100)),
        ("M146", round(64.38 * GIBIBYTE), "moe", Fraction(9, 10)),
    ],
)
def test_the_pool_vllm_reported_lies_in_the_range(
    row: str, weights: int, kind: str, utilization: Fraction
) -> None:
    load = replace(QWEN_32B, weights=weights, kind=kind)

    pool = cache_pool(load, memory=H100, utilization=utilization)

    # Logs print two digits after the point, and buffers beside the counted weights.
    assert pool.low / GIBIBYTE - 0.05 <= measured(row) <= pool.high / GIBIBYTE + 0.05


def test_a_pool_is_never_below_nothing() -> None:
    assert cache_pool(QWEN_32B, memory=10**9) == Span(0, 0)


@pytest.mark.parametrize("utilization", [Fraction(0), Fraction(11, 10)])
def test_a_share_of_the_card_above_all_of_it_is_refused(utilization: Fraction) -> None:
    with pytest.raises(InferenceError, match="above 0 and at most 1"):
        cache_pool(QWEN_32B, memory=H100, utilization=utilization)


def test_a_transformers_run_lies_in_the_range_that_was_measured() -> None:
    load = replace(QWEN_32B, cache=262_144 * 32_768, context=32_768)

    lines = inference_lines("transformers", load)

    # Peak of Qwen3-32B in BF16 after 30,720 tokens in and 2,048 out; without the CUDA context.
    low, high = (sum(getattr(line.size, end) for line in lines[:3]) for end in ("low", "high"))
    assert low <= (measured("M250") + 0.5) * MEBIBYTE <= high
    assert low == pytest.approx(measured("M250") * MEBIBYTE, rel=0.001)


def test_a_working_set_is_never_below_what_was_measured() -> None:
    size = transformers_compute(replace(QWEN_32B, context=0, vocab_size=1)).size

    assert size == Span(36 * MEBIBYTE, 36 * MEBIBYTE)


@pytest.mark.parametrize(
    ("runtime", "low", "high"),
    [("cuda", 0.47, 0.92), ("rocm", 0, 0.92), ("metal", 0, 0), ("cpu", 0, 0)],
)
def test_a_runtime_keeps_its_context(runtime: str, low: float, high: float) -> None:
    line = inference_lines("llama.cpp", replace(QWEN_32B, runtime=runtime))[3]

    assert line.size.low / GIBIBYTE == pytest.approx(low)
    assert line.size.high / GIBIBYTE == pytest.approx(high)
    assert line.source


@pytest.mark.parametrize("engine", ENGINES)
@given(weights=st.integers(0, 10**13), cache=st.integers(0, 10**12), slots=st.integers(1, 64))
def test_the_total_is_the_sum_and_weights_and_cache_are_exact(
    engine: str, weights: int, cache: int, slots: int
) -> None:
    load = replace(QWEN_32B, weights=weights, cache=cache, sequences=slots)

    lines = inference_lines(engine, load)
    size = inference_bytes(engine, load)

    assert [line.size.exact for line in lines[:2]] == [True, True]
    assert size.low == weights + cache + sum(line.size.low for line in lines[2:])
    assert size.high == weights + cache + sum(line.size.high for line in lines[2:])


def test_an_unknown_engine_is_refused_by_name() -> None:
    with pytest.raises(InferenceError, match=r"“ollama” is not an engine known here: use llama"):
        inference_lines("ollama", QWEN_32B)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "sparse"},
        {"runtime": "dos"},
        {"weights": -1},
        {"context": -1},
        {"hidden_size": 0},
        {"sequences": 0},
    ],
)
def test_an_impossible_load_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(InferenceError):
        replace(QWEN_32B, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("needed", "usable", "answer", "spare"),
    [
        (Span(8, 10), Span(10, 12), "fits", Span(0, 4)),
        (Span(8, 11), Span(10, 12), "tight", Span(-1, 4)),
        (Span(12, 15), Span(10, 12), "tight", Span(-5, 0)),
        (Span(13, 15), Span(10, 12), "does not fit", Span(-5, -1)),
    ],
)
def test_a_verdict_says_what_the_ranges_allow(
    needed: Span, usable: Span, answer: str, spare: Span
) -> None:
    verdict = judge(needed, usable)

    assert (verdict.answer, verdict.spare) == (answer, spare)


@given(
    st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted),
    st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted),
)
def test_what_fits_fits_anywhere_in_the_ranges(needed: list[int], usable: list[int]) -> None:
    verdict = judge(Span(*needed), Span(*usable)).answer

    cases = [need <= have for need in needed for have in usable]
    assert verdict == ("fits" if all(cases) else "tight" if any(cases) else "does not fit")


def test_an_engine_leaves_its_own_margin() -> None:
    visible = Span(79 * GIBIBYTE, 80 * GIBIBYTE)

    assert allowed("vllm", visible) == Span(visible.low * 9 // 10, visible.high * 9 // 10)
    assert allowed("llama.cpp", visible) == Span(78 * GIBIBYTE, 80 * GIBIBYTE)
    assert allowed("transformers", visible) == visible
    assert allowed("llama.cpp", Span(1, LLAMA_CPP_MARGIN)).low == 0
    assert set(MARGINS) == set(ENGINES)
