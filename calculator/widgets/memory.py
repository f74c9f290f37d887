"""How much memory a model needs just to be loaded: parameters × bits ÷ 8."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculator.core import formatting
from calculator.core.memory import GIGABYTE, Rung, ladder, transfer_seconds, weights_bytes
from calculator.core.real_models import RealModel, stored
from calculator.core.result import Equation, Output, Result, Term, with_notes
from calculator.fields import Option, OptionField
from calculator.forms import CalculatorForm
from calculator.registry import widget
from calculator.shared_inputs import parameters_field, size_presets

FORMATS = {"32": "FP32", "16": "BF16", "8": "INT8", "4": "INT4"}
MEGABITS_PER_SECOND = Decimal(100)
MODEL_FIELDS = {"n": "parameters"}
# Formats of whole files whose weights are as wide as the choice says.
STORED = {"8": "int8", "4": "nf4-dq"}


class Form(CalculatorForm):
    n = parameters_field()
    p = OptionField(
        label="Each one stored as",
        initial="16",
        options=[Option(bits, name, f"{bits} bits") for bits, name in FORMATS.items()],
    )
    model_fields = MODEL_FIELDS
    presets = (size_presets("1", "8", "70", "405"),)

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        return with_notes(result, stored(model, STORED.get(cleaned["p"], "")))


@dataclass(frozen=True, slots=True)
class Bar:
    key: str
    name: str
    share: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    bars: tuple[Bar, ...]
    chosen: str
    ladder: tuple[Rung, ...]


@widget(
    __name__,
    title="Memory of a model",
    question="How much memory does a model need just to be loaded?",
    form=Form,
    terms=("parameter", "weight-memory", "precision"),
    order=1,
    switch="p",
)
def compute(*, n: Decimal, p: str) -> Result:
    size = weights_bytes(parameters=n, bits=int(p))
    amount, unit = formatting.split_bytes(size)
    count = formatting.count_words(n)
    download = formatting.duration(
        transfer_seconds(size=size, megabits_per_second=MEGABITS_PER_SECOND)
    )
    text = formatting.gigabytes(size)
    return Result(
        outputs={
            "gb": Output(size / GIGABYTE, text),
            "gib": Output(size / 2**30, formatting.gibibytes(size)),
            "download": Output(size * 8 / (MEGABITS_PER_SECOND * 10**6), download),
        },
        equation=Equation(
            Term("memory", amount, unit, kind="out"),
            (
                Term("parameters", count, kind="n", operator="="),
                Term("bits each", p, kind="b", operator="×"),
                Term("bits in a byte", "8", operator="÷"),
            ),
            f"{text} equals {count} parameters times {p} bits each, divided by 8 bits in a byte.",
        ),
        sentence=f"for the weights alone ({formatting.gibibytes(size)}). At 100 megabits a second"
        f" they take {download} to download.",
        announcement=f"{count} parameters at {p} bits need {text}",
        picture=Picture(bars(n), p, ladder(size)),
    )


def bars(n: Decimal) -> tuple[Bar, ...]:
    widest = weights_bytes(parameters=n, bits=32)
    rows = []
    for bits, name in FORMATS.items():
        size = weights_bytes(parameters=n, bits=int(bits))
        rows.append(Bar(bits, name, f"{100 * size / widest:.2f}%", formatting.gigabytes(size)))
    return tuple(rows)
