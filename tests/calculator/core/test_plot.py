"""Places in a picture stay inside its frame."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from calculator.core.exactness import decimal_of
from calculator.core.plot import Scale, clipped, marks, ticks

ACROSS, UP = Scale(-10, 10, 3, 97), Scale(-20, 20, 95, 5)
SLOPES = st.floats(min_value=-5, max_value=5)
OFFSETS = st.floats(min_value=-40, max_value=40)


def number(place: str) -> float:
    return float(place.rstrip("%"))


@given(SLOPES, OFFSETS)
def test_a_clipped_line_lies_in_its_frame(slope: float, offset: float) -> None:
    segment = clipped(slope, offset, ACROSS, UP)

    if segment is not None:
        assert 3 <= number(segment.x1) <= number(segment.x2) <= 97
        assert all(5 <= number(place) <= 95 for place in (segment.y1, segment.y2))


def test_a_line_outside_the_frame_is_not_drawn() -> None:
    assert clipped(0, 30, ACROSS, UP) is None


def test_a_line_inside_the_frame_spans_it() -> None:
    segment = clipped(1, 0, ACROSS, UP)

    assert segment is not None
    assert (segment.x1, segment.y1) == ("3.00%", "72.50%")
    assert (segment.x2, segment.y2) == ("97.00%", "27.50%")


def test_marks_and_ticks_stand_where_their_numbers_are() -> None:
    assert marks(ACROSS, [(0, "0")])[0].place == "50.00%"
    assert ticks([0, 500.04], top=0, bottom=10) == "M0.0 0V10M500.0 0V10"


def test_a_fraction_of_a_power_of_two_keeps_every_digit() -> None:
    assert str(decimal_of(Fraction(1, 2**20))) == "9.5367431640625E-7"


def test_any_other_fraction_keeps_forty_digits() -> None:
    assert len(decimal_of(Fraction(1, 3)).as_tuple().digits) == 40
