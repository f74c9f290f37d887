"""The reverse questions of one run on one device, held against the functions they search."""

from typing import Any

import pytest

from calculator.core.answers import FILES, NARROW, PLAIN, Answer, Questions, format_sizes
from calculator.core.devices import device, devices
from calculator.core.formats import weights
from calculator.core.serving import Run, runtime_of
from calculator.core.verdicts import FITS, TIGHT, TOO_BIG, allowed
from tests.shapes import run_of, shape_of


def quantized(name: str, **asked: Any) -> Run:
    return run_of(name, "Q4_K_M", **asked)


def answer(run: Run, slug: str) -> Answer:
    return Questions(run, format_sizes(run.shape, run.engine)).answer(device(slug))


@pytest.mark.parametrize("engine", ["llama.cpp", "vllm", "transformers"])
@pytest.mark.parametrize("model", ["llama-3-8b", "gemma-3-27b", "deepseek-v3", "jamba-v0.1"])
@pytest.mark.parametrize("slug", ["rtx-4090", "h100-sxm-80gb", "m3-ultra-512gb", "mi300x-platform"])
def test_one_more_would_not_fit(model: str, engine: str, slug: str) -> None:
    run = run_of(model, "bf16", engine=engine)
    runtime = runtime_of(device(slug))
    room = allowed(engine, device(slug).usable).low

    found = answer(run, slug)

    assert found.longest is not None
    assert found.users is not None
    if found.longest:
        assert run.needed(runtime, found.longest).high <= room
    if found.longest < run.shape.context:
        assert run.needed(runtime, found.longest + 1).high > room
    if found.users:
        assert run.most(runtime, sequences=found.users) <= room
    if found.users != 256:
        assert run.most(runtime, sequences=found.users + 1) > room


@pytest.mark.parametrize("slug", devices())
def test_the_upper_end_is_the_sum_of_the_lines(slug: str) -> None:
    run, runtime = quantized("gemma-3-27b", sequences=3), runtime_of(device(slug))

    assert run.most(runtime) == sum(line.size.high for line in run.lines(runtime))
    assert run.most(runtime, 500) == run.needed(runtime, 500).high


def test_a_format_is_the_first_that_fits() -> None:
    run = quantized("llama-3-8b")
    room = allowed("llama.cpp", device("rtx-3060-12gb").usable).low
    beside = run.most("cuda") - run.weights
    fitting = [name for name in FILES if weights(run.shape, name).bytes + beside <= room]

    found = answer(run, "rtx-3060-12gb")

    assert found.format == fitting[0] == "Q8_0"


def test_where_no_format_fits_none_is_named() -> None:
    assert answer(quantized("deepseek-v3"), "rtx-4090").format == ""


@pytest.mark.parametrize(
    ("model", "engine", "names"),
    [
        ("llama-3-8b", "llama.cpp", FILES),
        ("llama-3-8b", "vllm", PLAIN),
        ("gpt-oss-20b", "llama.cpp", NARROW["gpt_oss"]),
        ("gpt-oss-20b", "vllm", ("mxfp4",)),
        ("gpt-j-6b", "llama.cpp", PLAIN),
    ],
)
def test_formats_are_those_of_the_engine_and_the_model(
    model: str, engine: str, names: tuple[str, ...]
) -> None:
    assert tuple(format_sizes(shape_of(model), engine)) == names


@pytest.mark.parametrize(
    ("model", "name", "engine", "slug", "cards"),
    [
        # 42.5 GB of weights are too much for 24 GB, and not for two of them.
        ("llama-3-70b", "Q4_K_M", "llama.cpp", "rtx-4090", 2),
        ("llama-3-8b", "Q4_K_M", "llama.cpp", "rtx-4090", None),
        # 141 GB in 16 bits: 2 × 0.9 × 79.1 GiB leave no room for activations.
        ("llama-3-70b", "bf16", "vllm", "h100-sxm-80gb", 4),
        ("deepseek-v3", "fp8", "vllm", "h200", 8),
        ("deepseek-v3", "Q4_K_M", "llama.cpp", "rtx-4090", None),
        ("deepseek-v3", "bf16", "transformers", "h200", None),
        ("deepseek-v3", "Q4_K_M", "llama.cpp", "m4-max-128gb", None),
        ("deepseek-v3", "bf16", "vllm", "dgx-h100", None),
    ],
)
def test_cards_are_counted_where_one_is_not_enough(
    model: str, name: str, engine: str, slug: str, cards: int | None
) -> None:
    found = answer(run_of(model, name, engine=engine), slug)

    assert found.cards == cards


def test_how_far_cards_were_tried_is_said() -> None:
    assert answer(quantized("deepseek-v3"), "rtx-4090").most_cards == 16
    assert answer(quantized("deepseek-v3"), "m4-max-128gb").most_cards == 0


def test_an_encoder_has_no_conversation_to_ask_about() -> None:
    found = answer(quantized("bert-large-uncased"), "rtx-4090")

    assert (found.longest, found.users, found.rate) == (None, None, None)
    assert found.format == "BF16"


def test_an_unknown_cache_is_not_searched() -> None:
    found = answer(run_of("deepseek-v4-flash-284b", "bf16"), "mi325x-platform")

    assert (found.longest, found.users) == (None, None)


def test_what_fits_without_an_unknown_cache_is_tight_at_best() -> None:
    with_one = answer(quantized("deepseek-v4-flash-284b"), "m3-ultra-512gb")
    alone = answer(quantized("deepseek-v4-flash-284b", context=0), "m3-ultra-512gb")
    small = answer(quantized("deepseek-v4-flash-284b"), "m4-16gb")

    assert (with_one.verdict.answer, with_one.format, with_one.rate) == (TIGHT, None, None)
    assert (alone.verdict.answer, alone.format) == (FITS, "BF16")
    assert (small.verdict.answer, small.format) == (TOO_BIG, "")


def test_without_a_length_nobody_can_say_how_many() -> None:
    run = quantized("llama-3-8b", context=0)

    found = answer(run, "rtx-4090")

    assert found.users is None
    assert found.longest == run.shape.context


def test_a_model_without_a_limit_is_searched_up_to_a_million_tokens() -> None:
    assert answer(quantized("mamba-130m"), "rtx-4090").longest == 2**20
