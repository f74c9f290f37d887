"""Reverse questions: the search finds what trying every number finds, also on steps."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.searching import (
    SearchError,
    best_format,
    fewest_cards,
    largest,
    longest_context,
    most_users,
)


def padded(tokens: int) -> int:
    """A cache in steps of 256 tokens that stops growing after a window of 1,024 of them."""
    return -(-min(tokens, 1024) // 256) * 256 * 3 + tokens // 512 * 40


def blocks(tokens: int) -> int:
    return (-(-tokens // 16) + 1) * 16 * 7


@given(
    st.sampled_from([padded, blocks, lambda tokens: 5 * tokens]),
    st.integers(0, 40_000),
    st.integers(1, 4000),
)
def test_the_longest_context_is_the_one_that_trying_them_all_finds(
    size: Callable[[int], int], capacity: int, maximum: int
) -> None:
    found = longest_context(size, capacity, maximum)

    tried = [tokens for tokens in range(1, maximum + 1) if size(tokens) <= capacity]
    assert found == max(tried, default=None)


@given(st.integers(0, 500), st.integers(0, 400), st.integers(0, 400))
def test_the_largest_number_is_found_between_any_ends(edge: int, low: int, more: int) -> None:
    found = largest(lambda number: number <= edge, low, low + more)

    assert found == (None if edge < low else min(edge, low + more))


def test_a_window_makes_the_context_as_long_as_the_model_allows() -> None:
    found = longest_context(lambda tokens: min(tokens, 100), 100, 131_072)

    assert found == 131_072


def test_searching_asks_a_number_of_times_that_grows_with_the_digits() -> None:
    asked: list[int] = []

    def holds(number: int) -> bool:
        asked.append(number)
        return number <= 777_777

    assert largest(holds, 1, 2**30) == 777_777
    assert len(asked) <= 2 + 30


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(SearchError, match="from 1 to 0"):
        longest_context(padded, 10**6, 0)


@given(st.integers(0, 50_000), st.integers(1, 300))
def test_users_at_once_are_as_many_as_fit(capacity: int, maximum: int) -> None:
    def size(users: int) -> int:
        return 1000 + users * padded(100)

    found = most_users(size, capacity, maximum)

    assert found == sum(size(users) <= capacity for users in range(1, maximum + 1))


def test_cards_are_counted_where_a_share_rises_again() -> None:
    # Eight heads on three cards: one card has three of them, so two cards waste less than three.
    shares = {1: 800, 2: 400, 3: 410, 4: 200, 8: 100}

    assert fewest_cards(shares.__getitem__, 405, shares) == 2
    assert fewest_cards(shares.__getitem__, 300, shares) == 4
    assert fewest_cards(shares.__getitem__, 50, shares) is None
    assert fewest_cards(lambda cards: 1000 // cards, 16) == 59


def test_the_best_format_is_the_first_that_fits() -> None:
    sizes = {"bf16": 160, "Q8_0": 85, "Q6_K": 66, "Q4_K_M": 49}

    assert best_format(sizes, sizes.__getitem__, 85) == "Q8_0"
    assert best_format(sizes, sizes.__getitem__, 84) == "Q6_K"
    assert best_format(sizes, sizes.__getitem__, 48) is None
