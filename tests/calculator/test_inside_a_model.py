"""Answers that surprise are said in words: infinity, flat lines, models that break a rule."""

import pytest

from calculator import registry
from calculator.cards import Card, make_card


def card(slug: str, **query: str) -> Card:
    widget = registry.get(slug)
    assert widget is not None
    return make_card(widget, query)


@pytest.mark.parametrize(
    ("slug", "query", "note"),
    [
        ("bits", {"x": "70000", "fmt": "FP16"}, "Too large for FP16. It is stored as infinity."),
        ("bits", {"x": "1e-9", "fmt": "FP16"}, "Too small for FP16. It is stored as zero."),
        ("bits", {"x": "1e-39", "fmt": "FP32"}, "Below 1.18×10⁻³⁸ FP32 drops digits"),
        ("range", {"e": "4", "m": "3"}, "its largest number is 448 and not 240"),
        ("biases", {"w": "0"}, "With a weight of 0 the line is flat and never crosses zero."),
        ("biases", {"w": "0", "b": "0"}, "the output is 0 everywhere"),
        ("hyper", {}, "GPT-2 small really has 124,439,808 parameters"),
        ("anatomy", {"model": "qwen2.5-72b"}, "it has parts that this sum leaves out"),
    ],
)
def test_a_surprise_is_said(slug: str, query: dict[str, str], note: str) -> None:
    assert any(note in said for said in card(slug, **query).result.notes)


@pytest.mark.parametrize(
    ("slug", "query"),
    [
        ("bits", {}),
        ("bits", {"x": "0"}),
        ("range", {}),
        ("biases", {}),
        ("hyper", {"L": "2"}),
        ("anatomy", {}),
    ],
)
def test_an_ordinary_answer_needs_no_note(slug: str, query: dict[str, str]) -> None:
    assert card(slug, **query).result.notes == ()


@pytest.mark.parametrize(
    ("slug", "query", "name", "message"),
    [
        ("weights", {"a": "1.5"}, "a", "Inputs must be a whole number, like 4096"),
        ("hyper", {"d": "100"}, "d", "Width must be a multiple of 64"),
        ("anatomy", {"kv": "5"}, "kv", "Key-value heads must divide the number of heads"),
        ("quant", {"ws": "0, 0"}, "ws", "Every weight is zero, so there is nothing to scale"),
        ("quant", {"ws": "1 " * 17}, "ws", "Enter 16 weights or fewer"),
        ("bpw", {"g": "48"}, "g", "Group size must be one of 16, 32, 64, 128 or 256"),
        ("bits", {"x": "1e39"}, "x", "Number to store must be between −1×10³⁸ and 1×10³⁸"),
    ],
)
def test_a_wrong_input_is_refused_with_its_reason(
    slug: str, query: dict[str, str], name: str, message: str
) -> None:
    errors = card(slug, **query).form.errors

    assert str(errors[name][0]).startswith(message)


@pytest.mark.parametrize(
    ("slug", "reason"), [("mixtral-8x7b", "8 feed-forward blocks"), ("gpt2-small", "no gate")]
)
def test_a_model_that_the_sum_does_not_fit_is_refused(slug: str, reason: str) -> None:
    asked = card("anatomy", model=slug)

    assert reason in str(asked.form.non_field_errors()[0])
    assert asked.result.outputs["total"].exact == "8,030,261,248"


def test_infinity_is_an_answer() -> None:
    outputs = card("bits", x="-1e30", fmt="FP16").result.outputs

    assert outputs["value"].text == "−∞"
    assert outputs["fp16"].text == "−∞"
    assert outputs["bits"].text == "1 11111 0000000000"
    assert outputs["bf16"].text.startswith("−1.0")


def test_one_number_has_a_value_in_every_format() -> None:
    outputs = card("bits", x="0.3").result.outputs

    assert outputs["fp32"].exact == "0.300000011920928955078125"
    assert outputs["fp16"].text == "0.30004883"
    assert outputs["int8"].text == "0.2992126"
    assert outputs["int4"].text == "0.28571429"


def test_yes_and_no_can_be_written_as_one_and_nothing() -> None:
    assert card("hyper", tied="1").address == "/calculators/hyper/"
    assert card("hyper", tied="0").address == "/calculators/hyper/?tied=no"


def test_a_model_that_was_chosen_stays_in_the_address() -> None:
    chosen = card("anatomy", model="llama-2-7b")

    assert chosen.result.outputs["total"].exact == "6,738,415,616"
    assert chosen.address == "/calculators/anatomy/?model=llama-2-7b"


def test_a_tiny_number_survives_its_address() -> None:
    first = card("bits", x="1.23456789012345678e-60")

    again = card("bits", x=first.query.removeprefix("x="))

    assert again.result.outputs["fp32"].value == 0
    assert again.query == first.query


def test_a_layer_that_is_small_is_drawn_as_lines_and_a_large_one_as_an_area() -> None:
    small, large = card("weights", a="3", b="2"), card("weights")

    assert small.result.outputs["share"].text == "7.47×10⁻⁸%"
    assert "Llama" not in small.result.sentence
    assert "Llama 3.1 8B" in large.result.sentence


def test_the_size_of_a_file_follows_from_its_bits() -> None:
    outputs = card("bpw", b="4", g="32", s="8", n="70").result.outputs

    assert outputs["bpw"].text == "4.25"
    assert outputs["gb"].text == "37.2 GB"
    assert outputs["overhead"].text == "0.25"
