"""Six tiers without a gap and without an overlap, and the machine that follows from the memory."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.memory import machines
from calculator.core.tiers import comfortable_bytes, smallest_machine, tier_of, tiers

BILLION = 10**9
COUNTS = st.decimals(min_value=0, max_value=10**16, allow_nan=False, allow_infinity=False)


@given(COUNTS)
def test_every_size_belongs_to_exactly_one_tier(parameters: Decimal) -> None:
    holding = [tier for tier in tiers() if tier.holds(parameters)]

    assert holding == [tier_of(parameters)]


@pytest.mark.parametrize(
    ("edge", "below", "name"),
    [
        (1, "Tiny", "Pocket"),
        (4, "Pocket", "Laptop"),
        (15, "Laptop", "Workstation"),
        (40, "Workstation", "Big single machine"),
        (110, "Big single machine", "Multi-GPU"),
    ],
)
def test_an_edge_belongs_to_the_tier_above_it(edge: int, below: str, name: str) -> None:
    at = Decimal(edge * BILLION)

    assert tier_of(at).name == name
    assert tier_of(at - 1).name == below


def test_the_first_tier_starts_at_nothing_and_the_last_has_no_end() -> None:
    first, *_, last = tiers()

    assert first.low == 0
    assert last.high is None


@pytest.mark.parametrize(
    ("billions", "gigabytes", "machine"),
    [("8", "5.4", 8), ("70", "47.25", 48), ("100", "67.5", 80), ("1000", "675", None)],
)
def test_the_smallest_machine_holds_four_and_a_half_bits_and_a_fifth(
    billions: str, gigabytes: str, machine: int | None
) -> None:
    need = comfortable_bytes(Decimal(billions) * BILLION)

    device = smallest_machine(need)

    assert need == Decimal(gigabytes) * BILLION
    assert (device and device.capacity) == (machine and machine * BILLION)


def test_a_machine_that_is_exactly_full_still_holds_the_model() -> None:
    full = machines()[0]

    assert smallest_machine(full.capacity) == full
    assert smallest_machine(full.capacity + 1) == machines()[1]
