"""Puts the comparison together as plain data, ready to be written down and shown."""

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from statistics import median
from typing import Any

# Importing these registers their rules, in this order.
from calculator.core.accuracy import caches, engines, files, totals, tuning  # noqa: F401
from calculator.core.accuracy.exact import Check, checks
from calculator.core.accuracy.measurements import BYTES, UNITS, Measurement, measurements
from calculator.core.accuracy.peers import compare
from calculator.core.accuracy.predictions import Prediction, error, rule_of
from calculator.core.accuracy.published import published
from calculator.core.accuracy.reading import FOLDER, Models, NotCovered

# Titles and texts are in the page; here is only the order. The last group holds no measurements.
GROUPS = (
    *("bits", "sizes", "published", "parameters", "lora", "caches", "weights", "qwen3"),
    *("running", "tuning", "engines", "speeds", "estimates"),
)


def build(configs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole comparison for these configurations of the catalogue, by slug.

    Errors of rows are shares of the measurement: 0.01 is 1 % too much. Where the prediction is a
    range or the unit is not defined, the error is the gap between both intervals, 0 inside.
    """
    models = Models(configs)
    notes = tomllib.loads(FOLDER.joinpath("notes.toml").read_text(encoding="utf-8"))
    rows = [described(row, models, notes) for row in measurements()]
    rows += published(models)
    return {
        "groups": [group(key, rows) for key in GROUPS],
        "exact": [exact(check) for check in checks(models)],
        "peers": compare(models),
    }


def described(row: Measurement, models: Models, notes: Mapping[str, str]) -> dict[str, Any]:
    rule = rule_of(row)
    assert rule is not None, row
    common = {
        "id": row.id,
        "group": rule.group,
        "model": row.model,
        "setting": row.setting,
        "quantity": row.quantity,
        "measured": row.printed,
        "unit": row.unit,
        "source": row.source,
    }
    try:
        prediction = rule.predict(row, models)
    except NotCovered as reason:
        return common | {"reason": str(reason)}
    return common | judged(row, prediction) | {"note": notes.get(row.id, "")}


def judged(row: Measurement, prediction: Prediction) -> dict[str, Any]:
    found = error(prediction, row)
    plain = prediction.exact and not row.undefined
    return {
        "low": shown(prediction.low),
        "high": shown(prediction.high),
        "measured_low": shown(row.value),
        "measured_high": shown(row.value * UNITS[row.unit][1] / UNITS[row.unit][0]),
        "bytes": row.unit in BYTES,
        "error": rounded(found.low if plain else found.gap),
        "error_low": rounded(found.low),
        "error_high": rounded(found.high),
        "within": found.gap == 0,
        "fitted": prediction.fitted,
        "how": prediction.how,
    }


def shown(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 6)


def rounded(share: Fraction) -> float:
    return round(float(share), 7)


def group(key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    own = [row for row in rows if row["group"] == key]
    predicted = [row for row in own if "reason" not in row]
    tested = [abs(row["error"]) for row in predicted if not row["fitted"]]
    return {
        "key": key,
        "rows": predicted,
        "left": [row for row in own if "reason" in row],
        "tested": len(tested),
        "within": sum(row["within"] for row in predicted if not row["fitted"]),
        "median": median(tested) if tested else None,
        "worst": max(tested, default=None),
    }


def exact(check: Check) -> dict[str, Any]:
    return {
        "key": check.key,
        "title": check.title,
        "source": check.source,
        "count": len(check.comparisons),
        "matching": check.matching,
        "different": [
            {
                "name": each.name,
                "expected": each.expected,
                "found": each.found,
                "reason": each.reason,
            }
            for each in check.different
        ],
    }
