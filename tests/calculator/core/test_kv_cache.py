"""Caches against counts that were taken from real caches, and the laws that hold for any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.kv_cache import Cache, Settings, cache_of
from calculator.core.kv_equation import equation, sliding

SIZES = st.integers(min_value=1, max_value=512)
LENGTHS = st.integers(min_value=0, max_value=10_000_000)


def full(*, layers: int, kv_heads: int, head_size: int) -> Cache:
    return cache_of(Settings(kind="full", layers=layers, kv_heads=kv_heads, head_size=head_size))


def sliding_cache(*, layers: int, slide: int, window: int, kv_heads: int, head_size: int) -> Cache:
    return cache_of(
        Settings(
            kind="sliding",
            layers=layers,
            sliding=slide,
            window=window,
            kv_heads=kv_heads,
            head_size=head_size,
        )
    )


GEMMA_3_27B = sliding_cache(layers=62, slide=52, window=1024, kv_heads=16, head_size=128)
DEEPSEEK_V3 = cache_of(Settings(kind="compressed", layers=61, latent=512 + 64))


# Bytes per token of 16-bit caches: held against the tensors that transformers 5.23 keeps.
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(full(layers=12, kv_heads=12, head_size=64), 36_864, id="GPT-2 small"),
        pytest.param(full(layers=32, kv_heads=32, head_size=128), 524_288, id="Llama 2 7B"),
        pytest.param(full(layers=32, kv_heads=8, head_size=128), 131_072, id="Llama 3.1 8B"),
        pytest.param(full(layers=80, kv_heads=8, head_size=128), 327_680, id="Llama 3.1 70B"),
        pytest.param(DEEPSEEK_V3, 70_272, id="DeepSeek-V3"),
    ],
)
def test_a_cache_takes_what_real_models_take(found: Cache, expected: int) -> None:
    assert found.per_token == expected
    assert found.lasting == expected


@pytest.mark.parametrize(
    ("found", "per_token", "past_the_window", "ceiling"),
    [
        pytest.param(
            sliding_cache(layers=26, slide=22, window=512, kv_heads=1, head_size=256),
            26_624,
            4_096,
            11_534_336,
            id="Gemma 3 1B",
        ),
        pytest.param(GEMMA_3_27B, 507_904, 81_920, 436_207_616, id="Gemma 3 27B"),
        pytest.param(
            sliding_cache(layers=24, slide=12, window=128, kv_heads=8, head_size=64),
            49_152,
            24_576,
            3_145_728,
            id="gpt-oss-20b",
        ),
        pytest.param(
            sliding_cache(layers=32, slide=32, window=4096, kv_heads=8, head_size=128),
            131_072,
            0,
            536_870_912,
            id="Mistral 7B v0.1",
        ),
    ],
)
def test_a_sliding_cache_takes_what_real_models_take(
    found: Cache, per_token: int, past_the_window: int, ceiling: int
) -> None:
    assert found.per_token == per_token
    assert found.lasting == past_the_window
    assert found.windowed * found.window == ceiling


def test_seventy_billion_at_4096_tokens_agrees_with_the_internet_draft() -> None:
    # draft-calabria-bmwg gives 1,342,177,280 bytes for a 70B model at 4,096 tokens.
    found = full(layers=80, kv_heads=8, head_size=128)

    assert found.size(tokens=4096) == 1_342_177_280


# unslothai/unsloth#4757 lists these as the right estimates; its “GB” are GiB.
@pytest.mark.parametrize(
    ("found", "tokens", "gibibytes"),
    [
        pytest.param(GEMMA_3_27B, 131_072, 10.41, id="Gemma 3 27B"),
        pytest.param(DEEPSEEK_V3, 163_840, 10.72, id="DeepSeek-V3.1"),
    ],
)
def test_a_long_conversation_takes_what_unsloth_published(
    found: Cache, tokens: int, gibibytes: float
) -> None:
    assert round(found.size(tokens=tokens) / 2**30, 2) == gibibytes


@given(SIZES, SIZES, SIZES, LENGTHS, st.data())
def test_a_sliding_cache_is_never_larger_than_a_full_one(
    layers: int, kv_heads: int, head_size: int, tokens: int, data: st.DataObject
) -> None:
    slide = data.draw(st.integers(min_value=0, max_value=layers))
    window = data.draw(st.integers(min_value=1, max_value=1_000_000))
    whole = full(layers=layers, kv_heads=kv_heads, head_size=head_size)

    found = sliding_cache(
        layers=layers, slide=slide, window=window, kv_heads=kv_heads, head_size=head_size
    )

    assert found.per_token == whole.per_token
    assert found.size(tokens=tokens) <= whole.size(tokens=tokens)
    assert (found.size(tokens=tokens) == whole.size(tokens=tokens)) == (
        tokens <= window or not slide
    )


@given(LENGTHS, LENGTHS, st.integers(min_value=1, max_value=1024))
def test_a_longer_conversation_never_takes_less(one: int, more: int, conversations: int) -> None:
    short = GEMMA_3_27B.size(tokens=one, conversations=conversations)
    long = GEMMA_3_27B.size(tokens=one + more, conversations=conversations)

    assert short <= long
    assert short == conversations * GEMMA_3_27B.size(tokens=one)


def settings(kind: str) -> Settings:
    return Settings(
        kind=kind,
        layers=32,
        kv_heads=8,
        head_size=128,
        bytes_each=2,
        window=4096,
        sliding=16,
        latent=576,
    )


def test_the_formula_of_a_sliding_cache_multiplies_out() -> None:
    layer, whole, tokens, slides, window = (
        int(term.text.strip("()").replace(",", "")) for term in sliding(settings("sliding"), 8192)
    )

    found = sliding_cache(layers=32, slide=16, window=4096, kv_heads=8, head_size=128)

    assert layer * (whole * tokens + slides * window) == found.size(tokens=8192)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("full", ["keys, values", "layers", "KV heads", "head size", "bytes", "tokens"]),
        ("compressed", ["layers", "latent size", "bytes", "tokens"]),
    ],
)
def test_each_kind_has_a_formula_of_its_own(kind: str, labels: list[str]) -> None:
    found = equation(1, settings(kind), 8192, 1)

    assert [term.label for term in found.terms] == labels


def test_several_conversations_are_a_term_of_the_formula() -> None:
    found = equation(1, settings("full"), 8192, 4)

    assert found.terms[-1].label == "conversations"
    assert found.words.endswith("times 8,192 tokens times 4 conversations.")
