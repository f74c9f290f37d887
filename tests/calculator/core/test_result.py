"""An output's value, words and digits are three ways to say the same number."""

from decimal import Decimal

from calculator.core.result import Equation, Output, Result, Term, with_notes


def test_bytes_are_valued_in_gigabytes() -> None:
    found = Output.of_bytes(Decimal(4_515_000_000), "4,515,000,000 bytes")

    assert found == Output(Decimal("4.515"), "4.52 GB", "4,515,000,000 bytes")


def test_a_count_keeps_every_digit_beside_its_words() -> None:
    found = Output.of_count(8_030_261_248)

    assert found == Output(8_030_261_248, "8.03 billion", "8,030,261,248")


def test_a_share_is_valued_in_percent() -> None:
    assert Output.of_share(Decimal("0.12345")) == Output(Decimal("12.345"), "12.3%")
    assert Output.of_share(Decimal("0.12345"), 2).text == "12%"


def test_notes_are_added_behind_those_there_are_and_empty_ones_left_out() -> None:
    plain = Result(
        outputs={},
        equation=Equation(Term("answer", "1"), (), "One."),
        sentence="",
        announcement="",
        notes=("First.",),
    )

    assert with_notes(plain, "", "Second.").notes == ("First.", "Second.")
