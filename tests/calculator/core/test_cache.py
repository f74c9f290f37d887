"""Caches and states held against logs of llama.cpp and live measurements of transformers."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.architecture import Cache, Layer, Shape, read_config
from calculator.core.cache import (
    CACHE_TYPES,
    ENGINES,
    CacheError,
    CacheSize,
    cache_bytes,
    cache_types,
)

DATA = Path(__file__).parents[2] / "data"
LOGS: list[dict[str, Any]] = json.loads((DATA / "cache_logs.json").read_text(encoding="utf-8"))
MEASURED: list[dict[str, Any]] = json.loads(
    (DATA / "measured_caches.json").read_text(encoding="utf-8")
)["cases"]
MODELS: dict[str, dict[str, Any]] = {
    row["id"]: row for row in json.loads((DATA / "models.json").read_text(encoding="utf-8"))
}
MIB = 2**20


def shape_of(name: str) -> Shape:
    return read_config(MODELS[name]["config"])


def case(row: dict[str, Any]) -> str:
    return str(row["case"])


@pytest.mark.parametrize("log", LOGS, ids=case)
def test_a_log_of_llama_cpp_is_reproduced_to_its_last_digit(log: dict[str, Any]) -> None:
    shape = shape_of(log["model"]) if "model" in log else read_config(log["config"])

    found = cache_bytes(
        shape,
        context=log["context"],
        sequences=log["sequences"],
        cache_type=log["cache_type"],
    )

    size = found.kv_cache_bytes if log["what"] == "kv" else found.state_bytes
    assert f"{Decimal(size) / MIB:.2f}" == log["mib"]


@pytest.mark.parametrize("row", MEASURED, ids=case)
def test_a_cache_of_transformers_is_reproduced_to_the_byte(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    found = cache_bytes(shape, context=row["tokens"], cache_type="bf16", engine="transformers")

    assert found.kv_cache_bytes == row["cache_bytes"]
    assert found.state_bytes == row["constant_state_bytes"]


@pytest.mark.parametrize(
    "row", [row for row in MEASURED if "constant_state_elements" in row], ids=case
)
def test_the_elements_of_a_constant_state_are_exact(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    assert shape.constant_state_elements == row["constant_state_elements"]


@pytest.mark.parametrize(
    "row",
    [row for row in MODELS.values() if "at_32768_tokens_bf16" in row],
    ids=lambda row: row["id"],
)
def test_the_whole_cache_at_32768_tokens_is_the_truth_less_one_token_a_window(
    row: dict[str, Any],
) -> None:
    shape = read_config(row["config"])
    one_each = 2 * sum(
        cache.elements * times
        for cache, times in shape.distinct_caches
        if cache.windowed and cache.window <= 32_768
    )

    found = cache_bytes(shape, context=32_768, cache_type="bf16", engine="transformers")

    assert found.kv_cache_bytes == row["at_32768_tokens_bf16"] - one_each


@pytest.mark.parametrize(
    "row",
    [row for row in MODELS.values() if row["kv_cache_bytes_per_token_bf16"]],
    ids=lambda row: row["id"],
)
def test_short_texts_cost_the_cache_of_a_token_times_tokens(row: dict[str, Any]) -> None:
    shape = read_config(row["config"])

    found = cache_bytes(shape, context=256, cache_type="bf16")

    assert found.kv_cache_bytes == 256 * row["kv_cache_bytes_per_token_bf16"]


def gemma(**settings: Any) -> CacheSize:
    return cache_bytes(shape_of("gemma-3-27b"), context=131_072, **settings)


def test_the_engines_differ_on_a_window_and_say_why() -> None:
    sizes = {engine: gemma(engine=engine) for engine in ENGINES}

    growing = 131_072 * 10 * 8192
    assert sizes["llama.cpp"].total == growing + 52 * 8192 * 1536
    assert sizes["vllm"].total == growing + 52 * 8192 * 3088
    assert sizes["transformers"].total == growing + 52 * 8192 * 1023
    reasons = {engine: size.lines[0].reason for engine, size in sizes.items()}
    assert reasons == {
        "llama.cpp": "a window of 1,024 and room for a batch of 512, padded to 256",
        "vllm": "a window of 1,024 and a batch of 2,048, in blocks of 16",
        "transformers": "a window of 1,024 keeps one token less between steps",
    }


def test_the_sliding_part_stays_16_bit_when_the_rest_is_quantized() -> None:
    sliding, full = gemma(cache_type="q8_0").lines

    assert sliding.size == 52 * 8192 * 1536
    assert sliding.reason.endswith("; it stays f16 when the rest is quantized")
    assert full.size == 131_072 * 10 * 8192 * 34 // 64
    assert full.formula == "10 layers × 1 × 131,072 tokens × 4,352 bytes (q8_0)"


def test_a_sliding_part_follows_a_plain_type() -> None:
    assert gemma(cache_type="f32").total == 2 * gemma().total


def test_one_cache_for_all_sequences_has_a_window_for_each() -> None:
    apart = gemma(sequences=4)
    unified = gemma(sequences=4, unified=True)

    assert [line.tokens for line in apart.lines] == [1536, 131_072]
    assert [line.tokens for line in unified.lines] == [4 * 1024 + 512, 4 * 131_072]
    assert apart.total - unified.total == 52 * 8192 * (4 * 1536 - 4608)


@pytest.mark.parametrize(
    ("engine", "tokens"), [("llama.cpp", 512), ("vllm", 304), ("transformers", 300)]
)
def test_a_cache_is_padded_as_the_engine_pads_it(engine: str, tokens: int) -> None:
    found = cache_bytes(shape_of("llama-3-8b"), context=300, engine=engine)

    assert found.kv_cache_bytes == 131_072 * tokens
    assert found.lines[0].tokens == tokens


def test_a_window_longer_than_the_text_costs_the_text() -> None:
    shape = shape_of("mistral-7b-v0.1")

    sizes = [cache_bytes(shape, context=256, engine=engine).total for engine in ENGINES]

    assert sizes == [256 * 131_072] * 3


@pytest.mark.parametrize(
    ("engine", "each"), [("llama.cpp", 0), ("vllm", 128 + 4), ("transformers", 2 * 128)]
)
def test_the_keys_of_an_indexer_are_a_line_of_their_own(engine: str, each: int) -> None:
    found = cache_bytes(shape_of("deepseek-v3.2"), context=1024, engine=engine)

    assert found.kv_cache_bytes == 1024 * (70_272 + 61 * each)
    assert [line.name for line in found.lines][1:] == (["indexer keys"] if each else [])


def test_states_differ_by_the_columns_and_the_type_of_a_convolution() -> None:
    shape = shape_of("qwen3-next-80b-a3b")
    recurrent, channels = 36 * 32 * 128 * 128, 36 * 8192

    sizes = {engine: cache_bytes(shape, context=256, engine=engine) for engine in ENGINES}

    assert sizes["llama.cpp"].state_bytes == 4 * (recurrent + 3 * channels)
    assert sizes["vllm"].state_bytes == 4 * recurrent + 2 * 3 * channels
    assert sizes["transformers"].state_bytes == 4 * recurrent + 2 * 4 * channels


def test_a_state_in_32_bits_is_32_bits_throughout() -> None:
    shape = shape_of("mamba-130m")

    found = cache_bytes(shape, context=1000, cache_type="f32", engine="transformers")

    assert found.state_bytes == 4 * shape.constant_state_elements
    assert found.kv_cache_bytes == 0


@pytest.mark.parametrize("name", ["bert-large-uncased", "roberta-base"])
def test_an_encoder_keeps_nothing(name: str) -> None:
    assert cache_bytes(shape_of(name), context=512).lines == ()


def test_an_unknown_cache_is_said_to_be_unknown() -> None:
    found = cache_bytes(shape_of("t5-base"), context=512)

    assert found.total == 0
    assert "is not counted" in found.unknown


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"engine": "abacus"}, "The engine must be one of llama.cpp, vllm, transformers"),
        ({"cache_type": "q9"}, f"The cache type must be one of {', '.join(CACHE_TYPES)}"),
        (
            {"cache_type": "q8_0", "engine": "vllm"},
            "vllm has no cache type q8_0: it offers f32, f16, bf16, fp8",
        ),
        ({"context": 0}, "The context must be from 1 to 1,000,000,000 tokens"),
        ({"context": 10**9 + 1}, "The context must be from 1 to 1,000,000,000 tokens"),
        ({"sequences": -1}, "The sequences must be from 1 to 1,000,000"),
        (
            {"unified": True, "engine": "vllm"},
            "Only llama.cpp has one cache for all sequences as an option",
        ),
    ],
)
def test_settings_that_do_not_exist_are_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CacheError) as caught:
        cache_bytes(shape_of("gpt2"), **{"context": 8, **settings})

    assert str(caught.value) == sentence


def test_rows_that_do_not_fill_blocks_are_refused() -> None:
    shape = read_config({"model_type": "llama", "hidden_size": 320, "num_key_value_heads": 1})

    with pytest.raises(CacheError, match="packs 32 values a block, and 10 values do not fill"):
        cache_bytes(shape, context=8, cache_type="q4_0")


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engine_offers_types_that_exist(engine: str) -> None:
    assert set(cache_types(engine)) <= set(CACHE_TYPES)


def test_an_entry_for_several_tokens_is_kept_once() -> None:
    cache = Cache("full", k_width=8, v_width=8, stride=4)
    shape = Shape(model_type="x", layers=(Layer((), cache),), outer=(), hidden_size=8, vocab_size=8)

    assert cache_bytes(shape, context=103, engine="transformers").total == 25 * 32


@given(
    name=st.sampled_from(["gemma-3-27b", "deepseek-v3.2", "qwen3-next-80b-a3b", "falcon-40b"]),
    context=st.integers(1, 10**6),
    sequences=st.integers(1, 1000),
    engine=st.sampled_from(ENGINES),
)
def test_twice_the_sequences_keep_twice_as_much(
    name: str, context: int, sequences: int, engine: str
) -> None:
    shape = shape_of(name)

    once, twice = (
        cache_bytes(shape, context=context, sequences=count, engine=engine)
        for count in (sequences, 2 * sequences)
    )

    assert twice.total == 2 * once.total
    assert once.total == sum(line.size for line in once.lines)


@given(context=st.integers(1, 10**6), more=st.integers(0, 10**6), engine=st.sampled_from(ENGINES))
def test_a_longer_text_never_keeps_less(context: int, more: int, engine: str) -> None:
    shape = shape_of("gemma-3-27b")

    shorter, longer = (
        cache_bytes(shape, context=tokens, engine=engine).total
        for tokens in (context, context + more)
    )

    assert shorter <= longer
