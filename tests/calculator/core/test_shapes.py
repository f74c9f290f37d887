"""Areas that mean amounts: parts fill their bar, tiles fit their box and keep one scale."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.shapes import area, coordinate, share, stack, tiles

AMOUNTS = st.decimals(min_value="0.01", max_value="10000", places=2)
SQUARE = re.compile(r"M(\S+) (\S+?)h(\S+?)v\3h-\3z")


def squares(path: str) -> list[tuple[float, float, float]]:
    return [(float(x), float(y), float(side)) for x, y, side in SQUARE.findall(path)]


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), (1.5, "1.5"), (-0.001, "0"), (2.346, "2.35"), (100, "100")]
)
def test_a_coordinate_is_short(value: float, expected: str) -> None:
    assert coordinate(Decimal(str(value))) == expected


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(5, 0) == "0%"


def test_parts_lie_end_to_end() -> None:
    first, second = stack(
        [("a", "A", Decimal(1), "1"), ("b", "B", Decimal(3), "3")], scale=Decimal(8)
    )

    assert (first.x, first.width) == ("0%", "12.5%")
    assert (second.x, second.width) == ("12.5%", "37.5%")


@given(AMOUNTS, AMOUNTS, st.integers(min_value=1, max_value=512), st.data())
def test_tiles_stay_in_their_box_and_are_all_there(
    each: Decimal, beside: Decimal, count: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(min_value=1, max_value=count))

    drawn = tiles(count=count, chosen=chosen, each=each, beside=beside)
    lit, unlit = squares(drawn.chosen), squares(drawn.others)

    assert (len(lit), len(unlit)) == (chosen, count - chosen)
    assert float(drawn.height) <= 190
    for x, y, side in lit + unlit:
        assert x + side <= 600.02
        assert y + side <= float(drawn.height) + 0.02


@given(AMOUNTS)
def test_tiles_compare_by_area(each: Decimal) -> None:
    drawn = tiles(count=1, chosen=1, each=each, beside=each * 4)

    (_, _, block), (_, _, side) = squares(drawn.beside + drawn.chosen)

    assert block == pytest.approx(2 * side, abs=0.02)


def test_eight_experts_stand_in_one_row() -> None:
    drawn = tiles(count=8, chosen=2, each=Decimal("5.64"), beside=Decimal("1.61"))

    assert {y for _, y, _ in squares(drawn.chosen + drawn.others)} == {0}


def test_a_filled_curve_closes_along_its_base() -> None:
    assert area([(0, 40), (50, 20), (100, 20)], 60) == "M0 40L50 20L100 20L100 60L0 60Z"
