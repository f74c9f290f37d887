"""How much memory a model needs just to be loaded: parameters × bits ÷ 8."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core import formatting
from calculator.core.memory import Rung, ladder, transfer_seconds, weights_bytes
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.shapes import Bar
from calculator.registry import widget
from calculator.shared_inputs import StoredForm, parameters_field, size_presets, stored_as_field

FORMATS = {"32": "FP32", "16": "BF16", "8": "INT8", "4": "INT4"}
MEGABITS_PER_SECOND = Decimal(100)
# Formats of whole files whose weights are as wide as the choice says.
STORED = {"8": "int8", "4": "nf4-dq"}


class Form(StoredForm):
    n = parameters_field()
    p = stored_as_field("16", FORMATS)
    stored_as = STORED
    presets = (size_presets("1", "8", "70", "405"),)


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
            "gb": Output.of_bytes(size),
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
