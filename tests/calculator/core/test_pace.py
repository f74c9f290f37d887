"""Tokens a second and the first token: from measured runs where there are some, else not at all."""

from dataclasses import replace

import pytest

from calculator.core.devices import device
from calculator.core.pace import first_token, parameters_read, prompt_flops, writing
from calculator.core.speed import prefill_flops
from tests.shapes import run_of, shape_of


@pytest.mark.parametrize(
    ("slug", "speed"),
    [("rtx-4090", 9056.26), ("rtx-3090", 4239.64), ("a100-pcie-80gb", 7504.24)],
)
def test_a_measured_prompt_lies_in_the_range(slug: str, speed: float) -> None:
    # XiongjieDai/GPU-Benchmarks-on-LLM-Inference: Llama 3 8B, F16, prompts of 1,024 tokens.
    wait = first_token(run_of("llama-3-8b", context=1024), device(slug))

    assert wait is not None
    assert wait.low <= 1024 / speed * (1 + 1e-9)
    assert wait.high >= 1024 / speed


def test_a_prompt_of_one_token_takes_a_step_of_writing_at_least() -> None:
    run = run_of("llama-3-8b", context=1)
    rate = writing(run, device("rtx-4090"))

    wait = first_token(run, device("rtx-4090"))

    assert rate is not None
    assert wait is not None
    assert (wait.low, wait.high) == (1 / rate.high, 1 / rate.low)


def test_other_conversations_do_not_change_the_wait_for_one_prompt() -> None:
    alone, among = run_of("llama-3-8b"), run_of("llama-3-8b", sequences=8)

    assert first_token(alone, device("rtx-4090")) == first_token(among, device("rtx-4090"))


@pytest.mark.parametrize(
    ("model", "slug"),
    [
        ("llama-3-8b", "m4-32gb"),  # its peak rate is unknown
        ("llama-3-8b", "mi300x"),  # no prompt was measured on AMD's
        ("llama-3-8b", "dgx-h100"),  # several cards
        ("mixtral-8x7b", "h200"),  # experts
        ("gpt2", "rtx-4090"),  # below a billion parameters
        ("bert-large-uncased", "rtx-4090"),  # writes nothing
    ],
)
def test_what_nobody_measured_is_not_claimed(model: str, slug: str) -> None:
    assert first_token(run_of(model), device(slug)) is None


def test_without_a_prompt_there_is_nothing_to_wait_for() -> None:
    assert first_token(run_of("llama-3-8b", context=0), device("rtx-4090")) is None


def test_an_unknown_bandwidth_gives_no_speed() -> None:
    unknown = replace(device("rtx-4090"), bandwidth=None)

    assert writing(run_of("llama-3-8b"), unknown) is None


def test_full_attention_looks_at_half_of_all_pairs() -> None:
    shape = shape_of("llama-3-8b")

    operations = prompt_flops(shape, 1000)

    body, head = shape.active_without_embedding_and_head, shape.parts["lm_head"]
    assert operations == prefill_flops(
        active=body, head=head, tokens=1000, layers=32, heads=32, head_dim=128
    )


def test_a_window_looks_at_its_own_pairs_only() -> None:
    # Gemma 3 27B: 52 layers with a window of 1,024, 10 without; 32 heads of 128.
    shape = shape_of("gemma-3-27b")
    tokens, window, width = 5000, 1024, 32 * 128
    seen = sum(min(place, window) for place in range(1, tokens + 1))

    table = shape.parts["embedding"]
    body = shape.active_without_embedding - table

    operations = prompt_flops(shape, tokens) - 2 * (body * tokens + table)

    exact = 4 * width * (52 * seen + 10 * tokens * (tokens + 1) // 2)
    assert operations == pytest.approx(exact, rel=1e-3)


def test_one_conversation_reads_the_active_parameters() -> None:
    shape = shape_of("mixtral-8x7b")

    assert parameters_read(shape, 1) == pytest.approx(shape.active_without_embedding)


def test_many_conversations_read_every_expert_but_never_more() -> None:
    shape = shape_of("deepseek-v3")
    whole = shape.total_parameters - shape.parts["embedding"]

    read = [parameters_read(shape, count) for count in (1, 2, 16, 256, 10_000)]

    assert read == sorted(read)
    assert read[1] < 2 * read[0]
    assert read[-1] == pytest.approx(whole)
    assert max(read) <= whole


def test_a_dense_model_reads_the_same_for_any_number_of_conversations() -> None:
    shape = shape_of("llama-3-8b")

    assert parameters_read(shape, 64) == shape.active_without_embedding


def test_more_conversations_of_a_mixture_gain_less_than_those_of_a_dense_model() -> None:
    card = device("h200")
    gains = []
    for model in ("qwen3-30b-a3b", "qwen2.5-32b"):
        one, eight = (
            writing(run_of(model, context=1024, sequences=count), card) for count in (1, 8)
        )
        assert one is not None
        assert eight is not None
        gains.append(eight.low / one.low)

    assert 1 < gains[0] < gains[1] < 8
