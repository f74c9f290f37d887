"""Which number sets memory and which sets speed: a tank, and the slice that each token reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculator.core import formatting
from calculator.core.experts import read_ratio
from calculator.core.memory import weights_bytes
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.shapes import Piece, stack
from calculator.forms import CalculatorForm, Preset, Presets
from calculator.registry import widget
from calculator.shared_inputs import parameters_field, stored_as_field

MODEL_FIELDS = {"T": "parameters", "A": "used_parameters"}


class Form(CalculatorForm):
    T = parameters_field(label="Total parameters", initial="46.7", example="46.7")
    A = parameters_field(
        label="Active for each token", initial="12.9", example="12.9", accent="active"
    )
    p = stored_as_field("4", {"16": "BF16", "8": "INT8", "4": "INT4"})
    model_fields = MODEL_FIELDS
    presets = (
        Presets(
            "A",
            "Models",
            (
                Preset("Mixtral 8x7B", {"T": "46.7", "A": "12.9"}),
                Preset("DeepSeek-V3", {"T": "671", "A": "37"}),
                Preset("Dense 8B", {"T": "8", "A": "8"}),
            ),
        ),
    )

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["A"] > cleaned["T"]:
            self.add_error("A", "Active must be no more than total")


@dataclass(frozen=True, slots=True)
class Picture:
    read: Equation
    pieces: tuple[Piece, ...]


@widget(
    __name__,
    title="Total and active parameters",
    question="Which number sets memory, and which sets speed?",
    form=Form,
    terms=("active-parameters", "total-parameters"),
    order=16,
    switch="p",
)
def compute(*, T: Decimal, A: Decimal, p: str) -> Result:  # noqa: N803
    hold, read = (weights_bytes(parameters=count, bits=int(p)) for count in (T, A))
    ratio = read_ratio(total=T, active=A)
    held, moved = formatting.gigabytes(hold), formatting.gigabytes(read)
    times = f"{formatting.significant(ratio)}×"
    return Result(
        outputs={
            "hold": Output.of_bytes(hold),
            "read": Output.of_bytes(read),
            "ratio": Output(ratio, times),
        },
        equation=equation("to hold", hold, "total", T, p),
        sentence=sentence(T == A, moved, formatting.significant(ratio)),
        announcement=f"{held} must be held and {moved} are read for each token",
        picture=Picture(equation("to read", read, "active", A, p), pieces(hold, read)),
    )


def sentence(dense: bool, moved: str, times: str) -> str:  # noqa: FBT001
    if dense:
        return "of weights must be in memory, and every one of them is read for each token."
    return (
        f"of weights must be in memory. Each token reads {moved} of them, {times} times less, and"
        " reading is what usually sets the speed of writing."
    )


def equation(label: str, size: Decimal, word: str, count: Decimal, bits: str) -> Equation:
    amount, unit = formatting.split_bytes(size)
    words = formatting.count_words(count)
    return Equation(
        Term(label, amount, unit, kind="out"),
        (
            Term(word, words, kind="n", operator="="),
            Term("bits each", bits, kind="b", operator="×"),
            Term("bits in a byte", "8", operator="÷"),
        ),
        f"{amount} {unit} {label} equals {words} {word} parameters times {bits} bits each, divided"
        " by 8 bits in a byte.",
    )


def pieces(hold: Decimal, read: Decimal) -> tuple[Piece, ...]:
    rows = [("read", "Read for each token", read, formatting.gigabytes(read))]
    if hold > read:
        rows.append(("waiting", "Waits in memory", hold - read, formatting.gigabytes(hold - read)))
    return stack(rows, scale=hold)
