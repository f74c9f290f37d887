"""Every calculator gives, from an address, the values that were worked by hand."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from calculator import registry
from calculator.cards import make_card
from calculator.core.result import Output, Result

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "check_values.json").read_text(encoding="utf-8")
)
# What the hand values call the tier is the smallest machine: its gigabytes, or several servers.
RENAMED = {("tiers", "tier"): "device"}


def as_address(values: dict[str, Any]) -> dict[str, str]:
    return {name: written(value) for name, value in values.items()}


def written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def run(row: dict[str, Any]) -> Result:
    widget = registry.get(row["widget"])
    assert widget is not None
    card = make_card(widget, as_address(row["inputs"]))
    assert card.valid, card.form.errors
    return card.result


def named(row: dict[str, Any]) -> str:
    return f"{row['widget']}-{'-'.join(as_address(row['inputs']).values())}"


def agrees(output: Output, expected: Any) -> bool:
    if isinstance(expected, str | list):
        return str(output.value) == written(expected)
    return float(Decimal(str(output.value))) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_hand_worked_value_comes_out_of_the_form(row: dict[str, Any]) -> None:
    result = run(row)

    for name, expected in row["expected"].items():
        output = result.outputs[RENAMED.get((row["widget"], name), name).replace("_", "-")]
        assert agrees(output, expected), (name, output)


def test_every_calculator_has_three_hand_worked_values() -> None:
    counted = {widget.slug: 0 for widget in registry.all_widgets()}

    for row in ROWS:
        counted[row["widget"]] += 1

    assert set(counted.values()) == {3}
