"""One run on several cards: by heads in vLLM, by whole layers in llama.cpp."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.serving import Run, program
from calculator.core.splitting import MOST_CARDS, RULES, Split
from tests.shapes import run_of


def buffer(run: Run) -> int:
    return run.most("cuda") - run.weights - run.kept().total - program(run.engine, "cuda")


def test_vllm_shares_the_cache_by_key_value_heads_and_then_repeats_them() -> None:
    # Llama 3 70B has 64 heads and 8 key-value heads; its cache of 8,192 tokens is 2.5 GiB.
    run = run_of("llama-3-70b", engine="vllm")
    split = Split(run)

    kept = {
        count: split.most("cuda", count)
        - -(-run.weights // count)
        - buffer(run)
        - program("vllm", "cuda", count)
        for count in split.counts
    }

    cache = 80 * 8192 * 2 * 8 * 128 * 2
    assert kept == {2: cache // 2, 4: cache // 4, **dict.fromkeys((8, 16, 32, 64), cache // 8)}


def test_latent_vectors_are_repeated_on_each_card() -> None:
    run = run_of("deepseek-v3", "fp8", engine="vllm")

    most = Split(run).most("cuda", 8)

    each = -(-run.weights // 8) + run.kept().total
    assert most == each + buffer(run) + program("vllm", "cuda", 8)


@pytest.mark.parametrize(
    ("model", "counts"),
    [
        ("llama-3-70b", (2, 4, 8, 16, 32, 64)),
        # 40 heads of 8 key-value heads: 5 and 10 divide the heads, but share no key-value heads.
        ("qwen2.5-14b", (2, 4, 8, 40)),
        # 71 heads, a prime number.
        ("falcon-7b", ()),
        # No attention heads, so that no rule says anything.
        ("mamba-130m", ()),
        ("deepseek-v4-flash-284b", ()),
        ("bert-large-uncased", ()),
    ],
)
def test_the_numbers_of_cards_are_those_that_share_the_heads(
    model: str, counts: tuple[int, ...]
) -> None:
    found = Split(run_of(model, engine="vllm")).counts

    assert found == counts


def test_llama_cpp_splits_up_to_sixteen_ways_and_no_more_than_layers() -> None:
    assert Split(run_of("llama-3-8b", "Q4_K_M")).counts == tuple(range(2, 17))
    assert Split(run_of("gpt2")).counts == tuple(range(2, 13))


@pytest.mark.parametrize("engine", ["transformers", "llama.cpp"])
def test_without_a_rule_or_a_format_no_number_is_claimed(engine: str) -> None:
    run = replace(run_of("llama-3-8b", engine=engine), format="")

    assert Split(run).counts == ()


@pytest.mark.parametrize("name", ["Q4_K_M", "BF16", "bf16", "nf4", "fp8"])
@pytest.mark.parametrize("model", ["llama-3-8b", "llama-3.2-1b", "gemma-3-27b", "deepseek-v3"])
def test_the_layers_and_what_is_around_them_are_the_whole_file(model: str, name: str) -> None:
    run = run_of(model, name)

    split = Split(run)

    assert sum(split.layer_bytes.values()) == run.weights
    assert split.sums[-1] + split.layer_bytes["first"] + split.layer_bytes["last"] == (
        run.weights + run.kept().total
    )


def test_layers_lie_where_llama_cpp_puts_them() -> None:
    # 32 layers and the head make 33 places: 17 layers on the first card, 15 and the head on the
    # second (⌊2 × 16 ÷ 33⌋ = 0, ⌊2 × 17 ÷ 33⌋ = 1).
    run = run_of("llama-3-8b", "Q4_K_M")
    split = Split(run)

    most = split.most("cuda", 2) - buffer(run) - program("llama.cpp", "cuda", 2)

    each = run.kept().total // 32
    first = split.layer_bytes["first"] + sum(split.layer_bytes[n] + each for n in range(17))
    last = split.layer_bytes["last"] + sum(split.layer_bytes[n] + each for n in range(17, 32))
    assert most == max(first, last)


def test_a_shared_table_lies_with_the_head() -> None:
    split = Split(run_of("llama-3.2-1b", "Q8_0"))

    assert split.layer_bytes["first"] == 0
    assert split.layer_bytes["last"] > 0


@given(
    st.sampled_from(["llama-3-8b", "gemma-3-27b", "jamba-v0.1", "qwen3-next-80b-a3b"]),
    st.sampled_from(["vllm", "llama.cpp"]),
    st.integers(1, 4000),
)
def test_the_cards_hold_everything_between_them(model: str, engine: str, context: int) -> None:
    run = run_of(model, engine=engine, context=context)
    split = Split(run)

    for count in split.counts:
        own = split.most("cuda", count) - split.buffer - program(engine, "cuda", count)

        assert own * count >= run.weights + run.kept().total
        assert own <= run.weights + run.kept().total


def test_asking_twice_gives_the_same_and_the_runtime_is_the_devices() -> None:
    split = Split(run_of("llama-3-70b", engine="vllm"))

    assert split.most("cuda", 4) == split.most("cuda", 4)
    layers = Split(run_of("llama-3-70b", "Q4_K_M"))
    assert layers.most("metal", 4) == layers.most("cuda", 4) - program("llama.cpp", "cuda", 4)


def test_every_engine_with_a_rule_has_a_limit_and_a_sentence() -> None:
    assert set(RULES) == set(MOST_CARDS)
