"""What a prediction of one measured row is, and which rule makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from calculator.core.accuracy.measurements import UNITS, Measurement
from calculator.core.accuracy.reading import Models
from calculator.core.ranges import Span

type Number = int | float | Fraction


@dataclass(frozen=True, slots=True)
class Prediction:
    """From `low` to `high`, in the unit the measurement was brought to; `how` says the sum.

    `fitted` says that the row is one of those that the engine's range was read off: no test of it.
    """

    low: Fraction
    high: Fraction
    how: str
    fitted: bool = False

    @property
    def exact(self) -> bool:
        return self.low == self.high


def point(value: Number, how: str) -> Prediction:
    return Prediction(Fraction(value), Fraction(value), how)


def between(low: Number, high: Number, how: str, *, fitted: bool = False) -> Prediction:
    return Prediction(Fraction(low), Fraction(high), how, fitted)


def spanned(span: Span, how: str, *, fitted: bool = False) -> Prediction:
    return between(span.low, span.high, how, fitted=fitted)


type Predict = Callable[[Measurement, Models], Prediction]


@dataclass(frozen=True, slots=True)
class Rule:
    """Predicts the rows of some quantities; `source` and `setting` narrow them."""

    group: str
    predict: Predict
    quantities: tuple[str, ...]
    source: str
    setting: str

    def matches(self, row: Measurement) -> bool:
        return (
            row.quantity in self.quantities
            and self.source in row.source
            and self.setting in row.setting
        )


RULES: list[Rule] = []


def predicts(
    group: str, *quantities: str, source: str = "", setting: str = ""
) -> Callable[[Predict], Predict]:
    """Register the decorated function; where two match a row, the one registered first counts."""

    def register(predict: Predict) -> Predict:
        RULES.append(Rule(group, predict, quantities, source, setting))
        return predict

    return register


def rule_of(row: Measurement) -> Rule | None:
    return next((rule for rule in RULES if rule.matches(row)), None)


@dataclass(frozen=True, slots=True)
class Error:
    """How far a prediction is from a measurement, as shares of the measurement.

    `low` and `high` are those of the ends of the prediction against the published number; `gap`
    is 0 where prediction and measurement overlap, else the distance between their nearest ends.
    """

    low: Fraction
    high: Fraction
    gap: Fraction


def error(prediction: Prediction, row: Measurement) -> Error:
    """Return prediction ÷ measurement − 1 at both ends, and the gap between the two intervals.

    Against a number whose GB is not defined both meanings are taken: low against GiB, high
    against GB. Units: shares of the measurement. Errors: none; no row measures 0.
    """
    value = row.value
    least_unit, most_unit = UNITS[row.unit]
    if prediction.high < row.low:
        gap = prediction.high / row.low - 1
    elif prediction.low > row.high:
        gap = prediction.low / row.high - 1
    else:
        gap = Fraction(0)
    greatest = value * most_unit / least_unit
    return Error(prediction.low / greatest - 1, prediction.high / value - 1, gap)
