"""Counts people type are read exactly or refused with a reason a reader can act on."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core import formatting
from calculator.core.quantities import QuantityError, is_approximate, parse_count

LIST = Path(__file__).parents[2] / "data" / "bad_numbers.txt"
BILLION = Decimal(10**9)
# Characters that mean something to the reader of numbers, and some that must not.
TYPED = st.text(alphabet="0123456789.,' _+-−−eExXbBkKMTi ≈~×*٣７\u200b\u202e²Кa\n", max_size=70)


def listed(verdict: str) -> list[tuple[str, str, str]]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(json.loads(row[0]), row[1], row[2]) for row in rows if row[1].startswith(verdict)]


def refusal(text: str) -> QuantityError:
    with pytest.raises(QuantityError) as caught:
        parse_count(text)
    return caught.value


def outcome(text: str) -> Decimal | QuantityError:
    try:
        return parse_count(text)
    except QuantityError as error:
        return error


@pytest.mark.parametrize(("text", "expected", "_"), listed("ok:"))
def test_every_good_number_of_the_list_is_read_exactly(text: str, expected: str, _: str) -> None:
    value = parse_count(text)

    assert f"ok:{value}" == expected


@pytest.mark.parametrize(("text", "_", "code"), listed("error"))
def test_every_bad_number_of_the_list_is_refused_for_its_reason(
    text: str, _: str, code: str
) -> None:
    error = refusal(text)

    assert error.code == code
    assert str(error).isprintable()
    assert len(str(error)) < 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.", "5"),
        ("１,０００.５", "1000.5"),
        ("٣٫٥", "3.5"),
        ("1,00,00,000", "10000000"),
        ("1\u00a0000\u202f000", "1000000"),
        ("1 000 tokens", "1000"),
        ("7 quadrillion", "7000000000000000"),
        ("1P", "1000000000000000"),
        ("0e999", "0"),
        ("1e5 tokens", "100000"),
        ("1.0000000000000000000", "1"),
        ("1.23456789012345678Ti", "1357421750469.62387777778352128"),
        ("\u2066 7B \u2069", "7000000000"),
    ],
)
def test_the_rules_hold_beyond_the_list(text: str, value: str) -> None:
    assert str(parse_count(text)) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (".", "not_a_number"),
        ("+ 5", "not_a_number"),
        ("++5", "not_a_number"),
        ("~-7", "negative"),
        ("-+5", "negative"),
        ("0,500", "grouping"),
        (",5", "grouping"),
        ("1,000.000,5", "not_a_number"),
        ("1,00,00", "grouping"),
        ("1 00 000", "grouping"),
        ("1,000'000", "grouping"),
        ("1  000", "grouping"),
        ("7t", "unit"),
        ("7 milliard", "unit"),
        ("7Pi", "unit"),
        ("1e3 billion", "exponent_and_suffix"),
        ("１7", "mixed_digits"),
        ("7\u212a", "character"),
        ("7\tB", "character"),
        ("\u202e7", "character"),
        ("\ud835", "character"),
        ("0x7B", "not_a_number"),
        ("16x1.5B", "moe_name"),
        ("８ｘ７Ｂ", "moe_name"),
        ("1000000.5T", "out_of_range"),
        ("1e9999", "out_of_range"),
        ("1e-9999", "out_of_range"),
        ("1.234567890123456789", "too_precise"),
        (" " * 65, "too_long"),
    ],
)
def test_what_breaks_a_rule_is_refused_beyond_the_list(text: str, code: str) -> None:
    assert refusal(text).code == code


@pytest.mark.parametrize("text", ["8x7B", "8 X 7 b", "8×7B", "8*7B"])
def test_a_known_model_name_offers_its_total_and_active_parameters(text: str) -> None:
    shared = 4096 * 4096 * 2 + 4096 * 1024 * 2 + 4096 * 8 + 2 * 4096
    expert = 3 * 4096 * 14336
    around = 2 * 32000 * 4096 + 4096

    error = refusal(text)

    assert error.total == 32 * (shared + 8 * expert) + around
    assert error.active == 32 * (shared + 2 * expert) + around
    assert "46.7 billion" in str(error)
    assert "12.9 billion" in str(error)
    assert "56" not in str(error)


def test_a_name_that_states_both_sizes_offers_both() -> None:
    error = refusal("30B-A3B")

    assert (str(error.total), str(error.active)) == ("30000000000", "3000000000")
    assert "30 billion" in str(error)
    assert "3 billion" in str(error)


def test_an_unknown_model_name_asks_for_total_or_active_and_guesses_neither() -> None:
    error = refusal("9x9B")

    assert (error.total, error.active) == (None, None)
    assert "total" in str(error)
    assert "active" in str(error)
    assert "81" not in str(error)


@pytest.mark.parametrize("text", ["2*7", "2×7"])
def test_a_product_of_bare_numbers_is_not_taken_for_a_model(text: str) -> None:
    assert "model" not in str(refusal(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8 * 10**9),
        ("0.5", 5 * 10**8),
        ("~8", 8 * 10**9),
        ("1,000", 10**12),
        ("8B", 8 * 10**9),
        ("70 million", 70 * 10**6),
        ("7e9", 7 * 10**9),
        ("8 parameters", 8),
        ("0", 0),
    ],
)
def test_only_a_bare_number_takes_the_unit_of_its_field(text: str, value: int) -> None:
    assert parse_count(text, bare_unit=BILLION) == value


def test_the_range_is_checked_after_the_unit_of_the_field() -> None:
    assert parse_count("1000000000", bare_unit=BILLION) == 10**18

    with pytest.raises(QuantityError) as caught:
        parse_count("1000000001", bare_unit=BILLION)

    assert caught.value.code == "out_of_range"


@pytest.mark.parametrize("text", ["≈7B", " ~ 7B", "～7B", "\u200b≈ 7B"])
def test_an_approximate_number_can_be_echoed_as_one(text: str) -> None:
    value = parse_count(text)

    assert value == parse_count("7B")
    assert is_approximate(text)
    assert not is_approximate("7B")


@given(st.decimals(min_value="1e-12", max_value="1e18", allow_nan=False, places=None))
def test_a_count_shown_in_full_reads_back_as_itself(value: Decimal) -> None:
    shortened = Decimal(f"{value:.17e}")

    assert parse_count(formatting.exact(shortened)) == shortened


@given(
    st.integers(min_value=0, max_value=10**6),
    st.sampled_from(["K", "M", "B", " billion", " million", "mn"]),
)
def test_a_suffix_moves_the_point_and_changes_nothing_else(number: int, suffix: str) -> None:
    sizes = {"K": 10**3, "M": 10**6, "B": 10**9, " billion": 10**9, " million": 10**6, "mn": 10**6}

    assert parse_count(f"{number}{suffix}") == number * sizes[suffix]


@given(TYPED | st.text(max_size=70))
def test_any_text_is_a_count_in_range_or_refused_in_a_sentence(text: str) -> None:
    result = outcome(text)

    if isinstance(result, QuantityError):
        assert str(result).isprintable()
    else:
        assert result == 0 or Decimal("1e-12") <= result <= Decimal("1e18")
        assert "E" not in str(result)
