"""How many parameters LoRA trains: one big matrix and the two thin ones beside it, to scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

from calculator.catalogue.choosing import AnyModel
from calculator.core import formatting
from calculator.core.catalog import Model
from calculator.core.lora import Adapter
from calculator.core.memory import weights_bytes
from calculator.core.plainness import UnsuitedError
from calculator.core.real_models import RealModel, adapted
from calculator.core.result import Equation, Output, Result, Term, with_notes
from calculator.core.shapes import coordinate, rectangle
from calculator.fields import Slider
from calculator.forms import CalculatorForm, value_presets
from calculator.registry import widget
from calculator.shared_inputs import billions_field, whole_field

MEGABYTE = 10**6
STORED_BITS = 16
LONGEST_SIDE = 240.0
GAP = 12.0
# Strips thinner than this would vanish; the picture's own words say that it is drawn no thinner.
THINNEST = 1.25

MODEL_FIELDS = {
    "a": "query_inputs",
    "b": "query_outputs",
    "m": "query_matrices",
    "n": "parameters",
}


class Form(CalculatorForm):
    r = whole_field(
        label="Rank",
        initial="8",
        maximum="256",
        example="8 or 16",
        slider=Slider("0", "2.40824", "0.30103", ticks=("1", "4", "16", "64", "256")),
    )
    a = whole_field(label="Inputs of the matrix", initial="4096", maximum="65536", accent="side")
    b = whole_field(label="Outputs of the matrix", initial="4096", maximum="65536", accent="side")
    m = whole_field(
        label="Matrices adapted",
        initial="64",
        maximum="2000",
        hint="64 is queries and values in each of 32 layers",
        accent="matrices",
    )
    n = billions_field(label="Parameters of the model", initial="6.738", accent="model")
    model_fields = MODEL_FIELDS
    presets = (value_presets("r", "Ranks", {rank: rank for rank in ("4", "8", "16", "64")}),)

    @classmethod
    def model_values(cls, model: AnyModel) -> dict[str, str]:
        if isinstance(model, Model) and not model.gated:
            raise UnsuitedError("joins queries, keys and values in one matrix of other sides")
        return super().model_values(model)

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        """The drawn matrices are the queries; what is usually adapted is counted one by one."""
        return with_notes(result, adapted(model, int(cleaned["r"])))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Four rectangles on one scale of length, and the box around them."""

    box: str
    width: str
    height: str
    tall: str
    wide: str
    matrix: str
    square: str


@dataclass(frozen=True, slots=True)
class Rectangle:
    key: str
    name: str
    sides: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    drawing: Drawing
    rectangles: tuple[Rectangle, ...]
    shares: tuple[tuple[str, str], ...]


@widget(
    __name__,
    title="LoRA",
    question="How many parameters does LoRA train instead?",
    form=Form,
    terms=("lora", "fine-tuning"),
    order=13,
)
def compute(*, r: Decimal, a: Decimal, b: Decimal, m: Decimal, n: Decimal) -> Result:
    rank, inputs, outputs, matrices = int(r), int(a), int(b), int(m)
    pair = Adapter("one matrix", 1, rank, inputs, outputs).parameters
    trained = Adapter("all matrices", matrices, rank, inputs, outputs).parameters
    of_matrix, of_model = Decimal(pair) / (inputs * outputs), trained / n
    size = weights_bytes(parameters=Decimal(trained), bits=STORED_BITS)
    count, each = formatting.count_words(trained), formatting.percent(of_matrix)
    model, file = formatting.percent(of_model), formatting.gigabytes(size)
    return Result(
        outputs={
            "trained": Output.of_count(trained),
            "of-matrix": Output.of_share(of_matrix),
            "of-model": Output.of_share(of_model),
            "mb": Output(size / MEGABYTE, file),
        },
        equation=equation(rank, inputs, outputs, matrices, count),
        sentence=f"({formatting.exact(trained)}) are trained. That is {each} of each matrix and"
        f" {model} of the model, and {file} to store at 16 bits.",
        announcement=f"At rank {rank} LoRA trains {count} parameters, {model} of the model",
        picture=Picture(
            draw(rank, inputs, outputs),
            rectangles(rank, inputs, outputs, pair),
            (("of each adapted matrix", each), ("of the whole model", model)),
        ),
        notes=notes(pair, inputs * outputs, Decimal(trained), n),
    )


def notes(pair: int, matrix: int, trained: Decimal, model: Decimal) -> tuple[str, ...]:
    found = []
    if pair >= matrix:
        relation = "as many parameters as" if pair == matrix else "more parameters than"
        found.append(f"At this rank LoRA has {relation} the matrix itself.")
    if trained > model:
        found.append("The adapters outnumber the model: no real model has this many such matrices.")
    return tuple(found)


def equation(rank: int, inputs: int, outputs: int, matrices: int, count: str) -> Equation:
    amount, _, word = count.partition(" ")
    number, side_a, side_b = (formatting.exact(item) for item in (matrices, inputs, outputs))
    return Equation(
        Term("trained", amount, word, kind="out"),
        (
            Term("matrices", number, operator="="),
            Term("rank", str(rank), kind="n", operator="×"),
            Term("inputs and outputs", f"({side_a} + {side_b})", operator="×"),
        ),
        f"{count} trained parameters equal {number} matrices times rank {rank} times {side_a}"
        f" inputs plus {side_b} outputs.",
    )


def rectangles(rank: int, inputs: int, outputs: int, pair: int) -> tuple[Rectangle, ...]:
    rows = (
        ("frozen", "The matrix, frozen", outputs, inputs),
        ("tall", "B on the left, trained", outputs, rank),
        ("wide", "A on top, trained", rank, inputs),
    )
    drawn = tuple(
        Rectangle(
            key,
            name,
            f"{formatting.exact(high)} × {formatting.exact(wide)}",
            formatting.count_words(high * wide),
        )
        for key, name, high, wide in rows
    )
    both = Rectangle("square", "A and B as one square", "", formatting.count_words(pair))
    return (*drawn, both)


def draw(rank: int, inputs: int, outputs: int) -> Drawing:
    unit = LONGEST_SIDE / max(rank, inputs, outputs)
    wide, high, thin = (max(THINNEST, unit * side) for side in (inputs, outputs, rank))
    side = max(THINNEST, unit * sqrt(rank * (inputs + outputs)))
    left, top = thin + GAP, thin + GAP
    right = left + wide + 2 * GAP
    width, height = right + side, top + max(high, side)
    return Drawing(
        box=f"0 0 {coordinate(width)} {coordinate(height)}",
        width=coordinate(width),
        height=coordinate(height),
        tall=rectangle(0, top, thin, high),
        wide=rectangle(left, 0, wide, thin),
        matrix=rectangle(left, top, wide, high),
        square=rectangle(right, top, side, side),
    )
