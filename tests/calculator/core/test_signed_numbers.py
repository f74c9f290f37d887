"""Signed numbers and lists of them are read exactly or refused with the item at fault."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core import formatting
from calculator.core.quantities import QuantityError, parse_number, parse_numbers

FIVE = {"minimum": Decimal(-5), "maximum": Decimal(5)}


def outcome(text: str) -> tuple[Decimal, ...] | QuantityError:
    try:
        return parse_numbers(text, at_most=8, **FIVE)
    except QuantityError as error:
        return error


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("−0.3", "-0.3"),
        ("-0.3", "-0.3"),
        ("+0.3", "0.3"),
        (" 5 ", "5"),
        ("-5", "-5"),
        ("1e-5", "0.00001"),
        ("-0", "0"),
        ("－２", "-2"),
        ("-٣", "-3"),
        ("1E0", "1"),
    ],
)
def test_a_signed_number_is_read_exactly(text: str, value: str) -> None:
    assert str(parse_number(text, **FIVE)) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("- 5", "not_a_number"),
        ("--5", "not_a_number"),
        ("nan", "not_a_number"),
        ("-inf", "not_a_number"),
        ("−", "not_a_number"),
        ("–5", "character"),
        ("≈5", "character"),
        ("2B", "unit"),
        ("1,00", "grouping"),
        ("1,000", "out_of_range"),
        ("1e-70", "out_of_range"),
        ("5.0000000000000001", "out_of_range"),
        ("1e400", "out_of_range"),
    ],
)
def test_what_is_not_a_signed_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_number(text, **FIVE)

    assert caught.value.code == code


def test_a_number_out_of_range_is_told_both_limits() -> None:
    with pytest.raises(QuantityError, match="between −5 and 5"):
        parse_number("6", **FIVE)


def test_a_grouped_number_fits_a_wide_range() -> None:
    value = parse_number("-1,000,000", minimum=Decimal(-(10**6)), maximum=Decimal(10**6))

    assert value == -(10**6)


@pytest.mark.parametrize(
    "text",
    ["0.8, −0.3 0.1;0.05", "0.8,-0.3,0.1,0.05", "0.8\n-0.3\r\n0.1\t0.05", " 0.8，-0.3; 0.1 0.05, "],
)
def test_a_list_may_be_separated_in_any_usual_way(text: str) -> None:
    values = parse_numbers(text, at_most=4, **FIVE)

    assert [str(value) for value in values] == ["0.8", "-0.3", "0.1", "0.05"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "required", "at least one"),
        (" \n ", "required", "at least one"),
        ("1 2 3 4 5", "too_many", "Enter 4 numbers or fewer"),
        ("1, two", "not_a_number", "Number 2"),
        ("1, 2, 9", "out_of_range", "Number 3"),
        ("1,,2", "not_a_number", "Number 2"),
        (",", "not_a_number", "Number 1"),
        ("1,000", "grouping", "Number 2"),
        ("1" * 1000, "too_long", "264"),
    ],
)
def test_a_list_is_refused_with_the_item_at_fault(text: str, code: str, words: str) -> None:
    with pytest.raises(QuantityError, match=words) as caught:
        parse_numbers(text, at_most=4, **FIVE)

    assert caught.value.code == code


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_a_signed_number_shown_in_full_reads_back_as_itself(number: int) -> None:
    limit = Decimal(10**17)

    assert parse_number(formatting.exact(number), minimum=-limit, maximum=limit) == number


@given(st.text(alphabet="0123456789.,;' _+-−e x٣\u200b²К\n", max_size=600) | st.text())
def test_any_text_is_a_list_in_range_or_refused_in_a_sentence(text: str) -> None:
    result = outcome(text)

    if isinstance(result, QuantityError):
        assert str(result).isprintable()
    else:
        assert 1 <= len(result) <= 8
        assert all(-5 <= value <= 5 for value in result)
