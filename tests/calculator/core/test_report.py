"""One report on a model: everything the engine says, with the formula and the source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.devices import device
from calculator.core.formats import NAMES
from calculator.core.ranges import Span
from calculator.core.report import Ask, counted, report, size_in_words
from tests.shapes import CONFIGS, shape_of


def test_every_line_carries_its_name_its_bytes_its_formula_and_its_source() -> None:
    found = report(shape_of("llama-3-8b"), Ask(format="Q4_K_M", context=8192))

    assert [line.name for line in found.running] == [
        "weights",
        "cache: full attention",
        "compute buffer",
        "runtime",
    ]
    for line in found.running:
        assert line.formula
        assert line.source
        assert 0 <= line.size.low <= line.size.high


def test_what_is_needed_is_the_sum_of_the_lines() -> None:
    found = report(shape_of("qwen3-next-80b-a3b"), Ask(context=4096, sequences=2))

    assert found.needed.low == sum(line.size.low for line in found.running)
    assert found.needed.high == sum(line.size.high for line in found.running)
    assert "constant state" in [line.name for line in found.running]


def test_without_a_context_there_is_no_cache() -> None:
    found = report(shape_of("llama-3-8b"), Ask())

    assert found.cache is None
    assert found.adapter is None
    assert found.verdict is None


@pytest.mark.parametrize(
    ("slug", "answer"), [("rtx-4090", "fits"), ("rtx-3060-12gb", "does not fit")]
)
def test_a_device_gets_a_verdict(slug: str, answer: str) -> None:
    found = report(shape_of("llama-3-8b"), Ask(format="Q8_0", context=32768, device=device(slug)))

    assert found.verdict is not None
    assert found.verdict.answer == answer


def test_targets_are_checked_even_without_a_rank() -> None:
    with pytest.raises(ValueError, match="No module of this model is named “nope”"):
        report(shape_of("llama-3-8b"), Ask(lora_targets=["nope"]))

    found = report(shape_of("llama-3-8b"), Ask(lora_targets=["q_proj"]))
    assert found.adapter is None


def test_a_rank_counts_an_adapter() -> None:
    found = report(shape_of("llama-2-7b"), Ask(lora_rank=8, lora_targets=["q_proj", "v_proj"]))

    assert found.adapter is not None
    assert found.adapter.trainable == 4_194_304


def test_a_cache_type_is_checked_even_without_a_context() -> None:
    with pytest.raises(ValueError, match="The cache type must be one of"):
        report(shape_of("llama-3-8b"), Ask(cache_type="q9"))


def test_a_device_is_judged_with_its_own_runtime() -> None:
    card = report(shape_of("llama-3-8b"), Ask(context=8192))
    laptop = report(shape_of("llama-3-8b"), Ask(context=8192, device=device("m4-16gb")))

    assert laptop.needed.high < card.needed.high
    assert laptop.on_device is not None
    assert laptop.verdict == laptop.on_device.verdict


def test_a_context_longer_than_the_models_own_is_said() -> None:
    found = report(shape_of("llama-2-7b"), Ask(context=100_000))

    assert any("longer than the model's own" in warning for warning in found.warnings)


def test_an_unknown_cache_is_said_and_not_guessed() -> None:
    found = report(shape_of("deepseek-v4-flash-284b"), Ask(context=1000))

    assert found.cache is not None
    assert found.cache.total == 0
    assert found.cache.unknown in found.warnings


@pytest.mark.parametrize(
    ("model", "first"),
    [("llama-3-8b", "Feed-forward"), ("mamba-130m", "Other"), ("gemma-3-1b", "Feed-forward")],
)
def test_the_parts_come_largest_first_without_empty_ones(model: str, first: str) -> None:
    found = counted(shape_of(model))

    assert found[0][0] == first
    assert all(count > 0 for _, count in found)
    assert sum(count for _, count in found) == shape_of(model).total_parameters


@pytest.mark.parametrize("model", ["gemma-3-27b", "mixtral-8x7b", "deepseek-v3", "mamba-130m"])
def test_every_kind_of_model_gets_a_report_in_every_format(model: str) -> None:
    shape = shape_of(model)

    for name in NAMES:
        found = report(shape, Ask(format=name, context=2048))
        assert found.weights.bytes > 0


def test_bytes_known_only_as_a_range_are_shown_as_one() -> None:
    assert size_in_words(Span(10**9, 10**9)) == "1 GB"
    assert size_in_words(Span(10**9, 2 * 10**9)) == "1 to 2 GB"
    assert size_in_words(Span(172_000_000_000, 172_000_000_001)) == "172 GB"


@given(
    st.sampled_from(sorted(CONFIGS)),
    st.integers(1, 100_000),
    st.integers(1, 16),
    st.sampled_from(["transformers", "llama.cpp"]),
)
def test_twice_the_sequences_keep_twice_the_cache(
    model: str, context: int, sequences: int, engine: str
) -> None:
    shape = shape_of(model)
    one = report(shape, Ask(context=context, sequences=sequences, engine=engine)).cache
    two = report(shape, Ask(context=context, sequences=2 * sequences, engine=engine)).cache

    assert one is not None
    assert two is not None
    assert two.total == 2 * one.total
