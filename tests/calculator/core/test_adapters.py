"""LoRA's parameters against peft's own counts, and the memory of three ways to fine-tune."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.adapters import adapter_tuning, full_tuning
from calculator.core.lora import Adapter

# Trainable parameters that peft 0.21.2 counts; shapes are (how many, inputs, outputs).
LLAMA_3_8B = [(64, 4096, 4096), (64, 4096, 1024), (64, 4096, 14336), (32, 14336, 4096)]


@pytest.mark.parametrize(
    ("rank", "shapes", "expected"),
    [
        pytest.param(8, [(64, 4096, 4096)], 4_194_304, id="Llama 2 7B, queries and values"),
        pytest.param(16, LLAMA_3_8B, 41_943_040, id="Llama 3 8B, every matrix"),
        pytest.param(64, LLAMA_3_8B, 167_772_160, id="Llama 3 8B, every matrix, rank 64"),
        pytest.param(16, [(32, 4544, 4672)], 4_718_592, id="Falcon 7B, fused queries to values"),
        pytest.param(16, [(30, 4096, 12288)], 7_864_320, id="Bloom 7B, fused queries to values"),
    ],
)
def test_lora_trains_as_many_parameters_as_peft_counts(
    rank: int, shapes: list[tuple[int, int, int]], expected: int
) -> None:
    trained = sum(
        Adapter("matrix", matrices, rank, inputs, outputs).parameters
        for matrices, inputs, outputs in shapes
    )

    assert trained == expected


@given(*[st.integers(min_value=1, max_value=65_536)] * 2, st.integers(min_value=1, max_value=256))
def test_lora_is_smaller_than_its_matrix_below_a_rank_that_depends_on_the_shape(
    inputs: int, outputs: int, rank: int
) -> None:
    trained = Adapter("matrix", 1, rank, inputs, outputs).parameters

    smaller = rank < Decimal(inputs * outputs) / (inputs + outputs)

    assert (trained < inputs * outputs) == smaller


def test_qlora_puts_65_billion_parameters_under_48_gigabytes() -> None:
    # 65 × 4.127 ÷ 8 + 0.8 × 12 = 33.5 + 9.6 GB.
    memory = adapter_tuning(
        parameters=Decimal(65 * 10**9),
        bits=Decimal("4.127"),
        adapter=Decimal(8 * 10**8),
        adapter_bytes=Decimal(12),
    )

    assert memory.base == Decimal(33531875000)
    assert memory.total < 48 * 10**9


def test_full_fine_tuning_takes_sixteen_bytes_for_each_parameter() -> None:
    memory = full_tuning(parameters=Decimal(1_500_000_000))

    assert memory.total == 24 * 10**9
    assert memory.base == 3 * 10**9
