"""Formats keep exactly the numbers that IEEE 754 and the FP8 paper say they keep."""

import struct
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.exactness import decimal_of
from calculator.core.number_formats import (
    BF16,
    FP8_E4M3,
    FP8_E5M2,
    FP16,
    FP32,
    Layout,
    error_share,
    store,
    store_whole,
    widest,
)

DECIMALS = st.decimals(min_value=-(10**38), max_value=10**38, allow_nan=False, places=12)
SINGLES = st.floats(width=32, allow_nan=False, allow_infinity=False)
HALVES = st.floats(width=16, allow_nan=False, allow_infinity=False)
LAYOUTS = st.sampled_from([FP32, BF16, FP16, FP8_E5M2])


def bits_of(number: Decimal, layout: Layout) -> str:
    return "".join(store(number, layout).groups)


def packed(code: str, value: float) -> str:
    return "".join(f"{byte:08b}" for byte in struct.pack(code, value))


def written_without_negative_zero(value: float) -> Decimal:
    return Decimal(value) if value else Decimal(0)


@given(SINGLES)
def test_fp32_has_the_bits_that_the_machine_writes(value: float) -> None:
    assert bits_of(written_without_negative_zero(value), FP32) == packed(">f", value + 0.0)


@given(HALVES)
def test_fp16_has_the_bits_that_the_machine_writes(value: float) -> None:
    assert bits_of(written_without_negative_zero(value), FP16) == packed(">e", value + 0.0)


@given(st.floats(min_value=-65_504, max_value=65_504))
def test_rounding_to_fp16_agrees_with_the_machine(value: float) -> None:
    kept = store(written_without_negative_zero(value), FP16).value

    assert kept is not None
    assert float(kept) == struct.unpack(">e", struct.pack(">e", value))[0]


@given(DECIMALS, LAYOUTS)
def test_no_neighbour_is_nearer_than_what_is_kept(number: Decimal, layout: Layout) -> None:
    kept = store(number, layout)

    if kept.value is not None:
        power = max(kept.exponent, 1) - layout.bias - layout.digit_bits
        gap = Fraction(2) ** power
        assert abs(kept.value - Fraction(number)) <= gap / 2


@given(DECIMALS, LAYOUTS)
def test_what_a_format_kept_it_keeps_again(number: Decimal, layout: Layout) -> None:
    kept = store(number, layout)

    if kept.value is not None:
        again = store(decimal_of(kept.value), layout)
        assert again.value == kept.value


def test_rounding_happens_once() -> None:
    # A hair above the middle between 1 and 1.0078125; as a 64-bit float it is the middle itself,
    # and a tie would go down to 1.
    number = Decimal("1.00390625000000001")

    kept = store(number, BF16)

    assert float(number) == 1.00390625
    assert kept.value == Fraction("1.0078125")


def test_a_tie_goes_to_the_even_digit() -> None:
    assert store(Decimal("1.00390625"), BF16).value == 1
    assert store(Decimal("1.01171875"), BF16).value == Fraction("1.015625")


@pytest.mark.parametrize(
    ("layout", "largest"),
    [
        (FP32, Fraction(2**24 - 1) * 2**104),  # IEEE 754 binary32
        (BF16, Fraction(2**8 - 1) * 2**120),
        (FP16, 65_504),  # IEEE 754 binary16
        (FP8_E5M2, 57_344),  # arXiv:2209.05433, table 1
        (FP8_E4M3, 448),  # arXiv:2209.05433, table 1
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_largest_number_is_the_published_one(layout: Layout, largest: Fraction) -> None:
    assert widest(layout) == largest


def test_e4m3_would_end_at_240_under_the_general_rule() -> None:
    assert FP8_E4M3.largest == 240


def test_fp16_goes_to_infinity_half_a_step_past_its_largest_number() -> None:
    below, at = store(Decimal("65519.99"), FP16), store(Decimal(65520), FP16)

    assert (below.kind, below.value) == ("normal", Fraction(65_504))
    assert (at.kind, at.value, at.groups) == ("infinity", None, ("0", "11111", "0000000000"))


def test_small_numbers_lose_digits_and_then_vanish() -> None:
    smallest = decimal_of(FP16.smallest)

    assert smallest == Decimal(2) ** -24
    assert store(smallest, FP16).groups == ("0", "00000", "0000000001")
    assert store(smallest, FP16).kind == "subnormal"
    assert store(smallest / 2, FP16).kind == "zero"
    assert store(-smallest * Decimal("0.51"), FP16).groups == ("1", "00000", "0000000001")


def test_a_subnormal_rounds_up_into_the_normal_numbers() -> None:
    just_below = decimal_of(FP16.smallest_normal - FP16.smallest / 4)

    assert store(just_below, FP16).groups == ("0", "00001", "0000000000")


def test_whole_numbers_are_twos_complement_under_a_scale_of_one() -> None:
    kept = store_whole(Decimal("-0.3"), 4)

    assert (kept.number, kept.value, kept.groups) == (-2, Fraction(-2, 7), ("1", "", "110"))
    assert store_whole(Decimal("0.3"), 8).number == 38


@given(st.decimals(min_value=-5, max_value=5, allow_nan=False), st.sampled_from([4, 8]))
def test_whole_numbers_stay_in_reach_and_say_when_they_were_clipped(x: Decimal, bits: int) -> None:
    kept = store_whole(x, bits)

    assert abs(kept.number) <= kept.top
    assert kept.clipped == (abs(x) > 1)
    if not kept.clipped:
        assert abs(kept.value - Fraction(x)) <= Fraction(1, 2 * kept.top)


def test_the_error_of_zero_is_zero() -> None:
    assert error_share(Decimal(0), Fraction(0)) == 0
    assert error_share(Decimal("0.3"), Fraction("0.30078125")) == Fraction("0.00078125") / Fraction(
        "0.3"
    )
