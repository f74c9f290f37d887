"""What a running model needs, and the longest conversation that still fits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.running import longest_context, running_need, verdict

GB = 10**9
BILLIONS = st.integers(min_value=10, max_value=10**7).map(lambda part: Decimal(part) * 10**6)
PER_TOKEN = st.integers(min_value=1, max_value=10**8).map(Decimal)


def test_the_parts_add_up() -> None:
    need = running_need(
        parameters=Decimal(70 * GB),
        bits=Decimal(4),
        tokens=Decimal(8192),
        cache_per_token=Decimal(327_680),
    )

    assert need.weights == 35 * GB
    assert need.cache == 2_684_354_560
    assert need.working == Decimal("3.5") * GB
    assert need.total == need.weights + need.cache + need.working


def test_small_models_still_get_a_gigabyte_to_work_in() -> None:
    need = running_need(
        parameters=Decimal(GB), bits=Decimal(4), tokens=Decimal(512), cache_per_token=Decimal(1)
    )

    assert need.working == GB


@given(BILLIONS, PER_TOKEN, st.sampled_from([8, 24, 80, 141]))
def test_the_longest_conversation_fits_and_one_more_token_does_not(
    parameters: Decimal, each: Decimal, gigabytes: int
) -> None:
    capacity = Decimal(gigabytes * GB)
    empty = running_need(
        parameters=parameters, bits=Decimal("4.5"), tokens=Decimal(0), cache_per_token=each
    )

    tokens = longest_context(capacity=capacity, need=empty, cache_per_token=each)

    assert empty.total + (tokens + 1) * each > capacity
    assert tokens == 0 or empty.total + tokens * each <= capacity


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [("90", "fits"), ("90.1", "tight"), ("100", "tight"), ("100.1", "too big")],
)
def test_a_comfortable_fit_leaves_a_tenth_free(gigabytes: str, expected: str) -> None:
    assert verdict(Decimal(gigabytes), Decimal(100)) == expected
