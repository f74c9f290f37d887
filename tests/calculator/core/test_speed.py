"""Speed, time, money and energy: ranges that come from runs, and arithmetic anybody can redo."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.catalog import read
from calculator.core.speed import (
    GIGA,
    MEMORIES,
    TRAINING_SHARE,
    SpeedError,
    compute_seconds,
    decode_rate,
    decode_share,
    energy,
    experts_read,
    measured_shares,
    money,
    prefill_flops,
    prompt_share,
    training_flops,
)

DATA = Path(__file__).parents[2] / "data"
ROWS = {
    row["id"]: row
    for row in json.loads((DATA / "measured_memory.json").read_text(encoding="utf-8"))
}
# Bytes one token reads: 4-bit tensors without the input embedding, on an RTX 3090 of 936.2 GB/s.
RTX_3090 = 936.2 * GIGA


def test_every_run_names_its_source_and_lies_below_the_peak() -> None:
    runs = read("speeds.toml")["run"]
    assert isinstance(runs, list)

    shares = [run["read"] * run["speed"] / (run["bandwidth"] * GIGA) for run in runs]

    assert len(runs) >= 50
    assert all(0.25 < share < 1 for share in shares)
    assert all(run["source"] and run["url"].startswith("https://") for run in runs)


def test_each_regime_spans_all_of_its_runs() -> None:
    runs = read("speeds.toml")["run"]
    assert isinstance(runs, list)

    for run in runs:
        share = measured_shares()[run["regime"]]
        rate = decode_rate(
            weights=run["read"], cache=0, bandwidth=run["bandwidth"] * GIGA, share=share
        )
        assert rate.low * 0.999999 <= run["speed"] <= rate.high * 1.000001


@pytest.mark.parametrize(
    ("row", "read_bytes"),
    [("M480", 4_680_000_000), ("M475", 8_550_000_000), ("M478", 19_400_000_000)],
)
def test_the_speed_of_a_dense_model_lies_in_the_range(row: str, read_bytes: int) -> None:
    share = decode_share("gddr", 4.9)

    rate = decode_rate(weights=read_bytes, cache=0, bandwidth=RTX_3090, share=share)

    assert rate.low <= float(ROWS[row]["value"]) <= rate.high


def test_experts_reach_less_of_the_bandwidth_than_dense_models() -> None:
    experts, dense = (decode_share("gddr", 4.9, experts=moe) for moe in (True, False))

    assert experts.high < dense.low


@pytest.mark.parametrize("memory", [memory for memory in MEMORIES if memory != "cpu"])
def test_widths_between_4_and_16_bits_get_both_ranges(memory: str) -> None:
    wide, between, narrow = (decode_share(memory, bits) for bits in (16, 8.5, 4.5))

    assert between.low == min(wide.low, narrow.low)
    assert between.high == max(wide.high, narrow.high)
    assert between.runs == wide.runs + narrow.runs


def test_a_processor_has_a_range_of_its_own() -> None:
    assert decode_share("cpu", 8.5, experts=True) == measured_shares()["cpu"]


@pytest.mark.parametrize(("memory", "bits"), [("tape", 4), ("gddr", 0)])
def test_an_unknown_memory_or_no_bits_are_refused(memory: str, bits: int) -> None:
    with pytest.raises(SpeedError):
        decode_share(memory, bits)


@given(st.integers(1, 256), st.integers(1, 256), st.integers(1, 500))
def test_a_batch_reads_no_more_experts_than_there_are(
    experts: int, per_token: int, tokens: int
) -> None:
    if per_token > experts:
        with pytest.raises(SpeedError):
            experts_read(experts=experts, per_token=per_token, tokens=tokens)
        return

    count = experts_read(experts=experts, per_token=per_token, tokens=tokens)

    assert per_token <= count + 1e-6
    assert count <= min(experts, per_token * tokens) + 1e-6


def test_a_batch_shares_the_weights_but_not_the_cache() -> None:
    share = decode_share("hbm", 16)

    one, eight = (
        decode_rate(weights=16e9, cache=1e9, bandwidth=3.35e12, share=share, sequences=count)
        for count in (1, 8)
    )

    assert eight.high / one.high == pytest.approx(8 * 17 / 24)
    assert one.bound == eight.bound == "memory"


def test_a_large_batch_is_bound_by_computing() -> None:
    share = decode_share("hbm", 16)

    rate = decode_rate(
        weights=16e9,
        cache=0,
        bandwidth=3.35e12,
        share=share,
        sequences=4096,
        active=8 * 10**9,
        peak=989e12,
    )

    assert rate.bound == "compute"
    assert rate.high == pytest.approx(989e12 / 16e9)
    assert rate.low <= rate.high


def test_a_known_peak_changes_nothing_while_memory_is_the_limit() -> None:
    share = decode_share("hbm", 16)

    unknown, known = (
        decode_rate(
            weights=16e9, cache=0, bandwidth=3.35e12, share=share, active=active, peak=989e12
        )
        for active in (0, 8 * 10**9)
    )

    assert unknown == known


@pytest.mark.parametrize(("weights", "cache", "bandwidth"), [(0, 0, 1), (1, 0, -1), (1, -1, 1)])
def test_impossible_speeds_are_refused(weights: float, cache: float, bandwidth: float) -> None:
    share = decode_share("hbm", 16)

    with pytest.raises(SpeedError):
        decode_rate(weights=weights, cache=cache, bandwidth=bandwidth, share=share)


def test_a_prompt_costs_two_operations_a_parameter_and_half_of_all_pairs() -> None:
    flops = prefill_flops(active=1000, tokens=10, layers=2, heads=4, head_dim=8)

    assert flops == 2 * 1000 * 10 + 4 * 2 * 4 * 8 * 10 * 10 // 2


def test_the_head_is_asked_for_the_last_token_of_a_prompt_only() -> None:
    one, many = (prefill_flops(active=1000, head=50, tokens=tokens) for tokens in (1, 10))

    assert (one, many) == (2 * 1050, 2 * 10_050)


def test_measured_prompts_reached_a_part_of_the_peak() -> None:
    # The RTX 3090 did most: 4,239.64 tokens a second of 13.96 + 0.27 billion operations each.
    assert prompt_share().runs == 5
    assert 0 < prompt_share().low < prompt_share().high
    assert prompt_share().high == pytest.approx(4239.64 * (13.96e9 + 0.27e9) / 71e12, rel=1e-3)


@pytest.mark.parametrize(
    ("active", "tokens", "published"),
    [(174_600_000_000, 300 * 10**9, 3.14e23), (405 * 10**9, 15_600 * 10**9, 3.8e25)],
)
def test_training_costs_what_gpt_3_and_llama_3_published(
    active: int, tokens: int, published: float
) -> None:
    assert training_flops(active=active, tokens=tokens) == pytest.approx(published, rel=0.01)


def test_recomputing_the_forward_pass_costs_a_third_more() -> None:
    assert 3 * training_flops(active=7, tokens=9, recompute=True) == 4 * training_flops(
        active=7, tokens=9
    )


@pytest.mark.parametrize(("active", "tokens"), [(-1, 1), (1, -1)])
def test_negative_operations_are_refused(active: int, tokens: int) -> None:
    with pytest.raises(SpeedError):
        prefill_flops(active=active, tokens=tokens)
    with pytest.raises(SpeedError):
        training_flops(active=active, tokens=tokens)


def test_time_money_and_energy_follow_from_the_operations() -> None:
    seconds = compute_seconds(operations=3.6e18, peak=1e15, devices=2, share=(0.25, 0.5))

    assert (seconds.low, seconds.high) == (3600, 7200)
    assert money(seconds=seconds.high, devices=2, hourly=3) == 12
    assert energy(seconds=seconds.high, devices=2, watts=700, overhead=1.5) == pytest.approx(4.2)
    assert 0 < TRAINING_SHARE[0] < TRAINING_SHARE[1] < 1


@pytest.mark.parametrize(
    ("peak", "devices", "share"),
    [(0, 1, (0.5, 0.5)), (1, 0, (0.5, 0.5)), (1, 1, (0, 0.5)), (1, 1, (0.5, 1.1))],
)
def test_impossible_machines_are_refused(
    peak: float, devices: int, share: tuple[float, float]
) -> None:
    with pytest.raises(SpeedError):
        compute_seconds(operations=1, peak=peak, devices=devices, share=share)


def test_negative_prices_and_powers_are_refused() -> None:
    with pytest.raises(SpeedError):
        money(seconds=-1, devices=1, hourly=1)
    with pytest.raises(SpeedError):
        energy(seconds=1, devices=1, watts=1, overhead=0.9)
