"""Weights land on the nearest step, and scales cost the bits that formats publish."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calculator.core.catalog import read
from calculator.core.quantization import bits_per_weight, quantize

WEIGHTS = st.lists(
    st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, places=4),
    min_size=1,
    max_size=16,
)
BITS = st.sampled_from([2, 3, 4, 5, 6, 8])


@given(WEIGHTS, BITS)
def test_no_weight_moves_more_than_half_a_step(weights: list[Decimal], bits: int) -> None:
    assume(any(weights))

    group = quantize(weights, bits)

    assert all(row.error <= group.scale / 2 for row in group.weights)
    assert all(abs(row.number) <= group.top for row in group.weights)


@given(WEIGHTS, BITS)
def test_the_largest_weight_is_kept_exactly(weights: list[Decimal], bits: int) -> None:
    assume(any(weights))

    group = quantize(weights, bits)

    largest = max(group.weights, key=lambda row: abs(row.weight))
    assert largest.error == 0
    assert abs(largest.number) == group.top


@given(WEIGHTS)
def test_quantizing_twice_changes_nothing_more(weights: list[Decimal]) -> None:
    assume(any(weights))

    group = quantize(weights, 4)
    numbers = [Decimal(row.number) for row in group.weights]

    assert [row.value for row in quantize(numbers, 4).weights] == numbers


def test_four_bits_symmetric_use_fifteen_levels() -> None:
    assert quantize([Decimal(1)], 4).levels == 15


def test_ties_go_to_the_even_number() -> None:
    group = quantize([Decimal(7), Decimal("2.5"), Decimal("-3.5")], 4)

    assert [row.number for row in group.weights] == [7, 2, -4]


def test_weights_of_zero_cannot_be_scaled() -> None:
    with pytest.raises(ValueError, match="every weight is zero"):
        quantize([Decimal(0), Decimal(0)], 4)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("Q4_0", "4.5"),  # 18 bytes for 32 weights: llama.cpp, ggml-common.h
        ("Q8_0", "8.5"),  # 34 bytes for 32 weights: the same
        ("MXFP4", "4.25"),  # 17 bytes for 32 weights: the same
        ("NVFP4", "4.5"),  # 36 bytes for 64 weights: the same
        ("NF4, QLoRA", "4.126953125"),  # 0.127 bits a parameter: arXiv:2305.14314, section 3
    ],
)
def test_block_formats_take_their_published_bits(name: str, published: str) -> None:
    rows = read("facts.toml")["block_formats"]
    assert isinstance(rows, list)
    row = next(row for row in rows if row["name"] == name)

    bits = bits_per_weight(
        bits=row["bits"], group=row["group"], scale_bits=row["scale"], outer_group=row["outer"]
    )

    assert bits == Fraction(published)
