"""A weight tilts the line and a bias moves it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from calculator.core.neurons import weighted, zero_crossing

NUMBERS = st.decimals(min_value=-10, max_value=10, allow_nan=False, places=6)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_bias_moves_every_output_by_itself(w: Decimal, b: Decimal, x: Decimal) -> None:
    with_bias = weighted(weight=w, bias=b, value=x)

    assert with_bias - weighted(weight=w, bias=Decimal(0), value=x) == b


@given(NUMBERS.filter(bool), NUMBERS)
def test_the_line_is_zero_where_it_crosses_zero(w: Decimal, b: Decimal) -> None:
    place = zero_crossing(weight=w, bias=b)

    assert place is not None
    assert abs(weighted(weight=w, bias=b, value=place)) < Decimal("1e-40")


@given(NUMBERS)
def test_a_flat_line_crosses_nothing(b: Decimal) -> None:
    assert zero_crossing(weight=Decimal(0), bias=b) is None


def test_a_line_through_the_origin_crosses_at_zero_without_a_sign() -> None:
    place = zero_crossing(weight=Decimal(-2), bias=Decimal(0))

    assert str(place) == "0"
