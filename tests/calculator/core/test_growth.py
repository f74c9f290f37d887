"""The picture of a growing cache: its lines, its labels and the rows that are always there."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.growth import CLOSEST, ceiling, growth, length
from calculator.core.kv_cache import Cache

LLAMA = Cache(lasting=131_072)
WEIGHTS = Decimal(16_060_522_496)


@pytest.mark.parametrize("tokens", [128, 4096, 8192, 131_072, 2_000_000])
def test_three_lengths_are_always_in_the_table(tokens: int) -> None:
    rows = growth(LLAMA, tokens=tokens, conversations=1, weights=WEIGHTS).rows

    assert {"4,096", "32,768", "131,072"} <= {row.tokens for row in rows}
    assert [row.tokens for row in rows if row.chosen] == [f"{tokens:,}"]


def test_unknown_weights_are_said_to_be_unknown() -> None:
    picture = growth(LLAMA, tokens=8192, conversations=1, weights=Decimal(0))

    assert picture.weights == ""
    assert picture.base is None
    assert {row.together for row in picture.rows} == {"unknown"}
    assert "the weights are unknown" in picture.summary


def test_the_label_of_thin_weights_stands_above_their_line() -> None:
    thick = growth(LLAMA, tokens=8192, conversations=1, weights=WEIGHTS).base
    thin = growth(LLAMA, tokens=8192, conversations=1, weights=Decimal(10**8)).base

    assert thick is not None
    assert thin is not None
    assert thin.drop < 0 < thick.drop


def test_the_curve_bends_where_the_window_is_full() -> None:
    sliding = Cache(lasting=81_920, windowed=425_984, window=1024)

    picture = growth(sliding, tokens=8192, conversations=1, weights=WEIGHTS)

    assert picture.cache.count("L") == 4
    assert "L3.12 " in picture.cache


@given(
    st.integers(min_value=128, max_value=2_000_000),
    st.integers(min_value=1, max_value=1024),
    st.integers(min_value=1, max_value=10**7),
    st.integers(min_value=0, max_value=2 * 10**13).map(Decimal),
)
def test_everything_stays_in_the_picture_and_labels_apart(
    tokens: int, conversations: int, each: int, weights: Decimal
) -> None:
    picture = growth(
        Cache(lasting=each), tokens=tokens, conversations=conversations, weights=weights
    )

    heights = [float(line.y) for line in picture.devices]
    assert 0 <= float(picture.height) <= 100
    assert float(picture.marker.x.rstrip("%")) <= 100
    assert all(0 < height < 100 for height in heights)
    gaps = [low - high for high, low in pairwise(heights)]
    assert all(gap >= 100 * CLOSEST - 0.02 for gap in gaps)


def test_the_next_machine_is_the_top_where_it_is_near() -> None:
    assert ceiling(20e9) == pytest.approx(24e9 * 1.06)
    assert ceiling(200e9) == pytest.approx(200e9 * 1.06)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [(0, "0"), (512, "512"), (1536, "1.5K"), (8192, "8K"), (1_572_864, "1.5M"), (8000, "8,000")],
)
def test_a_length_is_written_as_people_say_it(tokens: int, text: str) -> None:
    assert length(tokens) == text
