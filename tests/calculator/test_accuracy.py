"""The comparison with measurements: built, not typed, and as close as it claims to be."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from calculator.core.accuracy.measurements import GB, GIB, Measurement, measurements
from calculator.core.accuracy.predictions import between, error, point, rule_of
from calculator.core.accuracy.reading import Models, load
from calculator.core.architecture import read_config
from calculator.core.formats import weights
from calculator.core.training import PRESETS, state_bytes
from calculator.management.commands import build_accuracy

CLOSE_BITS = 0.0001
CLOSE_RUNS = 0.03
CLOSE_STATES = 0.05
AN_8B, AN_T0 = 7_721_324_544, 2_849_757_184


@pytest.fixture(scope="module")
def built() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(build_accuracy.FILE.read_text(encoding="utf-8"))
    return data


def rows(built: dict[str, Any], key: str) -> list[dict[str, Any]]:
    group = next(group for group in built["groups"] if group["key"] == key)
    found: list[dict[str, Any]] = group["rows"]
    return found


def by_id(built: dict[str, Any], number: str) -> dict[str, Any]:
    return next(row for group in built["groups"] for row in group["rows"] if row["id"] == number)


def test_the_committed_file_is_what_the_engine_says_now() -> None:
    call_command("build_accuracy", "--check", verbosity=0)


def test_a_stale_file_is_noticed_and_written_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accuracy.json"
    file.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(build_accuracy, "FILE", file)

    with pytest.raises(CommandError, match="stale"):
        call_command("build_accuracy", "--check")
    call_command("build_accuracy")
    call_command("build_accuracy", "--check")

    assert "Wrote accuracy.json" in capsys.readouterr().out
    assert json.loads(file.read_text(encoding="utf-8"))["groups"]


@pytest.mark.parametrize("key", ["total", "parts", "active", "cache", "gguf", "lora"])
def test_every_count_agrees_to_the_last_digit(built: dict[str, Any], key: str) -> None:
    check = next(check for check in built["exact"] if check["key"] == key)

    assert check["different"] == []
    assert check["matching"] == check["count"] > 20


def test_states_of_every_optimizer_agree_to_the_last_byte(built: dict[str, Any]) -> None:
    check = next(check for check in built["exact"] if check["key"] == "states")

    assert check["different"] == []
    assert check["matching"] == check["count"] == 11


def test_the_measured_model_has_as_many_parameters_as_its_states_say() -> None:
    data = load("states.json")

    measured = read_config(data["config"])

    assert measured.total_parameters == data["cases"][0]["params"]


def test_every_copied_measurement_is_predicted_or_has_a_reason(built: dict[str, Any]) -> None:
    shown = {row["id"] for group in built["groups"] for row in [*group["rows"], *group["left"]]}

    assert len(measurements()) == 344
    assert {row.id for row in measurements()} <= shown
    assert all(row["reason"] for group in built["groups"] for row in group["left"])


def test_bits_per_weight_of_llamas_own_table_are_within_a_ten_thousandth(
    built: dict[str, Any],
) -> None:
    table = [row for row in rows(built, "bits") if row["model"] == "Llama-3.1-8B"]

    assert len(table) == 17
    assert max(abs(row["error"]) for row in table) < CLOSE_BITS


def test_gpt_oss_is_exact_on_the_hub(built: dict[str, Any]) -> None:
    row = by_id(built, "M122")

    assert row["low"] == row["high"] == 65_248_815_744 == int(row["measured"])


def test_trained_parameters_are_exact_wherever_they_are_predicted(built: dict[str, Any]) -> None:
    found = rows(built, "lora")

    assert len(found) == 6
    assert all(row["error"] == 0 for row in found)


@pytest.mark.parametrize(
    ("number", "mebibytes"),
    [("M104", "1166.625"), ("M106", "1024"), ("M110", "598.5"), ("M115", "84")],
)
def test_logged_caches_and_states_are_exact(
    built: dict[str, Any], number: str, mebibytes: str
) -> None:
    row = by_id(built, number)

    assert Decimal(str(row["low"])) == Decimal(mebibytes) * 2**20
    assert row["within"]


def test_weights_and_cache_are_within_three_percent(built: dict[str, Any]) -> None:
    found = rows(built, "qwen3")
    small = ("Qwen3-0.6B", "Qwen3-1.7B")
    large = [row for row in found if not row["model"].startswith(small)]

    plain = [row for row in large if row["setting"].startswith("BF16")]
    eight = [row for row in large if row["setting"].startswith("FP8")]
    four = [row for row in large if row["setting"].startswith("AWQ-INT4")]

    assert (len(plain), len(eight), len(four)) == (16, 15, 12)
    assert max(abs(row["error"]) for row in plain) < 0.005
    assert max(abs(row["error"]) for row in [*eight, *four]) < 0.02
    assert max(abs(row["error"]) for row in found) < CLOSE_RUNS


@pytest.mark.parametrize(
    ("slug", "numbers"),
    [
        ("qwen3-0.6b", 751_659_264),
        ("qwen3-1.7b", 2_031_825_920),
        ("qwen3-4b", 4_411_646_016),
    ],
)
def test_a_tied_model_in_fp8_stores_its_head_apart(slug: str, numbers: int) -> None:
    """The numbers of the repository on the hub: model, head, and one scale a tile."""
    shape = Models(build_accuracy.configs()).shape(slug)

    scales = weights(shape, "fp8-block").scales // 4

    assert shape.tied
    assert shape.total_parameters + shape.vocab_size * shape.hidden_size + scales == numbers


def test_four_bits_were_measured_without_flash_attention(built: dict[str, Any]) -> None:
    """Their memory grows by one layer's keys and values for 32 heads of 128, beside the cache."""
    short, long = by_id(built, "M219"), by_id(built, "M228")

    grown = 2**20 * (int(long["measured"]) - int(short["measured"]))
    cached = 30_719 * 147_456

    assert grown - cached == pytest.approx(30_719 * 2 * 2 * 32 * 128, rel=0.06)


@pytest.mark.parametrize(
    ("parameters", "recipe", "measured"),
    [(AN_8B, "mixed-fp32-gradients", 139.2), (AN_T0, "fp32", 47.14)],
)
def test_states_of_full_fine_tuning_are_within_five_percent(
    parameters: int, recipe: str, measured: float
) -> None:
    size = state_bytes(parameters=parameters, recipe=PRESETS[recipe].recipe)

    assert size / GB == pytest.approx(measured, rel=CLOSE_STATES)


def test_the_comparison_keeps_its_promises_per_group(built: dict[str, Any]) -> None:
    worst = {group["key"]: group["worst"] for group in built["groups"]}

    assert worst["bits"] < 0.001
    assert worst["caches"] < 0.00001
    assert worst["published"] < 0.01
    assert worst["weights"] < 0.05
    assert worst["qwen3"] < CLOSE_RUNS
    assert worst["tuning"] < 0.22
    assert worst["engines"] is None


def measured(printed: str, unit: str) -> Measurement:
    return Measurement("X", "a model", "", "a size", printed, unit, "a source")


@pytest.mark.parametrize(
    ("printed", "unit", "low", "high"),
    [
        ("4.58", "GiB", Fraction("4.575") * GIB, Fraction("4.585") * GIB),
        ("6.7", "GB (unit not defined)", Fraction("6.65") * GB, Fraction("6.75") * GIB),
        ("7.62e+09", "params (rounded)", 7_615_000_000, 7_625_000_000),
        ("78384", "tokens", 78_384, 78_384),
        ("13.52", "GB (10^9)", 13_515_000_000, 13_525_000_000),
    ],
)
def test_a_measurement_is_as_wide_as_its_digits_and_its_unit_leave_it(
    printed: str, unit: str, low: Fraction, high: Fraction
) -> None:
    found = measured(printed, unit)

    assert (found.low, found.high) == (low, high)


def test_an_error_is_zero_where_the_intervals_overlap() -> None:
    row = measured("10", "GB (unit not defined)")

    inside = error(point(Fraction(105 * GB, 10), ""), row)
    below = error(between(5 * GB, 8 * GB, ""), row)
    above = error(point(22 * GB, ""), row)

    assert inside.gap == 0
    assert below.gap == Fraction(80, 95) - 1
    assert above.gap == 22 / (Fraction("10.5") * GIB / GB) - 1


def test_a_unit_without_a_meaning_is_taken_both_ways() -> None:
    found = error(point(10 * GB, ""), measured("10", "GB (unit not defined)"))

    assert found.high == 0
    assert found.low == Fraction(GB, GIB) - 1


def test_every_rule_is_asked_for_some_row() -> None:
    from calculator.core.accuracy.predictions import RULES

    used = {id(rule_of(row)) for row in measurements()}

    assert [rule.predict.__name__ for rule in RULES if id(rule) not in used] == []
