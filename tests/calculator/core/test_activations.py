"""Activations: the published formulas, the measured copies, and the range between them."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.activations import (
    COPIES,
    ActivationError,
    Run,
    activation_bytes,
    activation_lines,
    gated_layer_bytes,
    layer_bytes,
    layer_span,
    logits_bytes,
    measured_layer_bytes,
)
from calculator.core.ranges import Span

DATA = Path(__file__).parents[2] / "data"
ROWS = json.loads((DATA / "measured_memory.json").read_text(encoding="utf-8"))
SIZES = {
    "hidden_size": 4096,
    "layers": 32,
    "heads": 32,
    "intermediate_size": 14336,
    "vocab_size": 128_256,
}
LLAMA = Run(**SIZES, sequence=32_768, batch=1)
SMALL = Run(
    hidden_size=8, layers=3, heads=2, intermediate_size=20, vocab_size=50, sequence=6, batch=5
)


def test_a_plain_layer_keeps_34_bytes_and_the_attention_scores() -> None:
    size = layer_bytes(SMALL)

    assert size == 6 * 5 * 8 * 34 + 5 * 2 * 6 * 6 * 5


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"recompute": "selective"}, 240 * 34),
        ({"recompute": "full"}, 240 * 2),
        ({"recompute": "full", "parallel": "tensor", "devices": 4}, 240 * 2),
        ({"recompute": "full", "parallel": "sequence", "devices": 4}, 240 * 2 // 4),
        ({"parallel": "sequence", "devices": 4}, (240 * 34 + 1800) / 4),
        ({"parallel": "tensor", "devices": 4}, 240 * 10 + (240 * 24 + 1800) / 4),
    ],
)
def test_recomputing_and_splitting_keep_less(switches: dict[str, str], expected: float) -> None:
    assert layer_bytes(SMALL, **switches) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("switch", [{"recompute": "some"}, {"parallel": "all"}, {"devices": 0}])
def test_an_unknown_switch_is_refused(switch: dict[str, str]) -> None:
    with pytest.raises(ActivationError):
        layer_bytes(SMALL, **switch)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*SIZES, "sequence", "batch"])
def test_a_size_below_1_is_refused_by_name(name: str) -> None:
    sizes = SIZES | {"sequence": 1, "batch": 1} | {name: 0}

    with pytest.raises(ActivationError, match=name.replace("_", " ")):
        Run(**sizes)


def test_measured_copies_are_those_of_the_published_table() -> None:
    rows = {
        row["model"]: Fraction(row["value"])
        for row in ROWS
        if row["quantity"].startswith("activation copies")
    }

    ours = {model: copies for family in COPIES.values() for model, copies in family.items()}

    assert len(rows) == 5
    assert {model: ours[model] for model in rows} == rows


def test_a_layer_of_llama_keeps_7_gib_at_32k_as_published() -> None:
    size = measured_layer_bytes(LLAMA, Fraction(28))

    assert size == 7 * 2**30


def test_logits_of_llama_take_15_7_gib_at_32k_as_published() -> None:
    size = logits_bytes(LLAMA)

    assert size.low / 2**30 == pytest.approx(15.7, abs=0.05)


def test_logits_reach_the_bytes_that_a_plain_loss_was_measured_to_hold() -> None:
    """PyTorch 2.13 on the CPU, 1,024 × 151,936 scores in 16 bits: peak of the process after
    backward less the one before, with the loss of transformers 5.23 and with a shifted copy.
    """
    measured = {"transformers 5.23": 14.04, "shifted copy": 18.02}
    run = Run(**SIZES | {"vocab_size": 151_936}, sequence=1024, batch=1)

    size = logits_bytes(run)

    scores = 1024 * 151_936
    assert size.low < measured["transformers 5.23"] * scores
    assert size.high / scores == pytest.approx(measured["shifted copy"], rel=0.01)


def test_checkpoints_of_llama_take_8_gib_at_32k_as_published() -> None:
    inputs = activation_lines(LLAMA, checkpointing=True)[0]

    assert inputs.size == Span(8 * 2**30, 8 * 2**30)


def test_a_fused_layer_keeps_18_hidden_and_4_intermediate_widths() -> None:
    assert gated_layer_bytes(SMALL) == 30 * (18 * 8 + 4 * 20)


def test_an_unknown_family_gets_every_family_s_range() -> None:
    sizes = layer_span(LLAMA, "never-heard-of").size
    known = [layer_span(LLAMA, family).size for family in COPIES]

    assert sizes.low <= min(size.low for size in known)
    assert sizes.high == max(size.high for size in known)


@pytest.mark.parametrize(("short", "long"), [("M328", "M329")])
def test_growth_with_the_length_lies_in_the_range_where_it_was_measured(
    short: str, long: str
) -> None:
    rows = {row["id"]: float(row["value"]) for row in ROWS}
    # Qwen-14B, QLoRA with checkpointing, 4,096 to 8,192 tokens, on one A100.
    sizes = {
        "hidden_size": 5120,
        "layers": 40,
        "heads": 40,
        "intermediate_size": 13_696,
        "vocab_size": 152_064,
    }

    ends = [
        activation_bytes(Run(**sizes, sequence=tokens, batch=1), checkpointing=True)
        for tokens in (4096, 8192)
    ]

    grown = (rows[long] - rows[short]) * 1e9
    assert ends[1].low - ends[0].low <= grown <= ends[1].high - ends[0].high


@given(st.sampled_from(["", *COPIES]), st.booleans(), st.integers(1, 4096), st.integers(1, 64))
def test_twice_the_batch_keeps_twice_as_much(
    family: str,
    checkpointing: bool,  # noqa: FBT001 - Hypothesis passes by position
    sequence: int,
    batch: int,
) -> None:
    one, two = (
        activation_bytes(
            Run(**SIZES, sequence=sequence, batch=count * batch),
            family=family,
            checkpointing=checkpointing,
        )
        for count in (1, 2)
    )

    # Each of the measured layer's two ends is rounded up to a whole byte, in every layer.
    assert two.high == pytest.approx(2 * one.high, abs=2 * SIZES["layers"])
    assert two.low == pytest.approx(2 * one.low, abs=2 * SIZES["layers"])


def test_checkpointing_keeps_less_than_everything() -> None:
    kept, everything = (
        activation_bytes(LLAMA, family="llama", checkpointing=switch) for switch in (True, False)
    )

    assert kept.high < everything.low
