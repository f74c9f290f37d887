"""What happens to weights when each gets only a few bits: they move to the nearest step."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from calculator.core import formatting
from calculator.core.exactness import decimal_of
from calculator.core.plot import Mark, Scale, marks, ticks
from calculator.core.quantization import Kept, Quantized, quantize
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import NumbersField, Option, OptionField
from calculator.forms import CalculatorForm
from calculator.registry import widget

BITS = ("8", "6", "5", "4", "3", "2")
# The drawing's margins, in percent, so that the outermost dots are whole.
MARGIN = 4


class Form(CalculatorForm):
    ws = NumbersField(
        label="Weights",
        initial="0.8,-0.3,0.1,0.05",
        at_most=16,
        limit="1000000",
        hint="1 to 16 numbers, with commas or spaces between",
    )
    b = OptionField(
        label="Bits for each",
        initial="4",
        options=[Option(bits, bits, said=f"{bits} bits") for bits in BITS],
    )

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if not any(cleaned["ws"]):
            self.add_error("ws", "Every weight is zero, so there is nothing to scale")


@dataclass(frozen=True, slots=True)
class Row:
    """One weight: `before` and `after` are its places on the number line."""

    weight: str
    steps: str
    number: str
    kept: str
    error: str
    before: str
    after: str
    worst: bool


@dataclass(frozen=True, slots=True)
class Picture:
    ticks: str
    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    levels: str


@widget(
    __name__,
    title="Quantization",
    question="What happens to weights when each gets only a few bits?",
    form=Form,
    terms=("quantization", "int8"),
    order=8,
    switch="b",
)
def compute(*, ws: tuple[Decimal, ...], b: str) -> Result:
    group = quantize(ws, int(b))
    worst, scale = number(group.worst.error), number(group.scale)
    largest = number(group.scale * group.top)
    kept = ", ".join(formatting.significant(row.number) for row in group.weights)
    return Result(
        outputs={
            "err": Output(decimal_of(group.worst.error), worst),
            "scale": Output(decimal_of(group.scale), scale),
            "q": Output(",".join(str(row.number) for row in group.weights), kept),
            "levels": Output(group.levels, formatting.exact(group.levels)),
        },
        equation=Equation(
            Term("scale", scale, kind="out"),
            (
                Term("largest weight", largest, kind="n", operator="="),
                Term(
                    f"{formatting.power(2, int(b) - 1)} − 1",
                    formatting.exact(group.top),
                    kind="b",
                    operator="÷",
                ),
            ),
            f"The scale {scale} equals the largest weight, {largest}, divided by {group.top}.",
        ),
        sentence=sentence(group, b, worst),
        announcement=f"At {b} bits the worst weight is off by {worst}",
        picture=picture(group),
    )


def sentence(group: Quantized, bits: str, worst: str) -> str:
    steps = f"With {bits} bits there are {group.levels} steps to choose from"
    if not group.worst.error:
        return f"{steps}, and every weight lands on one exactly."
    return f"{steps}. The weight that moves most is {number(group.worst.weight)}, by {worst}."


def number(value: Fraction) -> str:
    return formatting.significant(decimal_of(value))


def picture(group: Quantized) -> Picture:
    reach = float(group.scale * group.top)
    line = Scale(-reach, reach, MARGIN, 100 - MARGIN)
    steps = [10 * line.number(float(group.scale * q)) for q in range(-group.top, group.top + 1)]
    largest = number(group.scale * group.top)
    return Picture(
        ticks(steps, top=0, bottom=10),
        marks(line, [(-reach, f"−{largest}"), (0, "0"), (reach, largest)]),
        tuple(row(kept, line, worst=kept.error == group.worst.error) for kept in group.weights),
        formatting.exact(group.levels),
    )


def row(kept: Kept, line: Scale, *, worst: bool) -> Row:
    return Row(
        formatting.significant(decimal_of(kept.weight), 6),
        formatting.significant(decimal_of(kept.steps), 4),
        formatting.significant(kept.number),
        number(kept.value),
        number(kept.error),
        line.place(float(kept.weight)),
        line.place(float(kept.value)),
        worst and bool(kept.error),
    )
