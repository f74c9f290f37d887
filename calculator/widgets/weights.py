"""How many weights join two layers: one for every pair of an input and an output."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core import formatting
from calculator.core.catalog import MODELS
from calculator.core.parameters import dense_weights
from calculator.core.result import Equation, Output, Result, Term
from calculator.forms import CalculatorForm, Preset, Presets
from calculator.registry import widget
from calculator.shared_inputs import whole_field

YARDSTICK = MODELS["llama-3.1-8b"]
# A smaller share of a whole model says nothing in a sentence.
LEAST_SHARE = Decimal("1e-6")
MOST_NODES = 8
MOST_CELLS = 32
# The drawing's own units: the box is 320 wide, so that its text keeps its size on a phone.
SIDE, THINNEST, ROW, LEFT, RIGHT = 190, 4, 34, 16, 304


class Form(CalculatorForm):
    a = whole_field(label="Inputs", initial="4096", maximum="65536")
    b = whole_field(label="Outputs", initial="4096", maximum="65536", accent="b")
    presets = (
        Presets(
            "b",
            "Layers",
            (
                Preset("3 × 2", {"a": "3", "b": "2"}),
                Preset("attention", {"a": "4096", "b": "4096"}),
                Preset("feed-forward", {"a": "4096", "b": "14336"}),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Wire:
    y1: int
    y2: int


@dataclass(frozen=True, slots=True)
class Network:
    """Two columns of nodes; every wire is one weight."""

    height: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    wires: tuple[Wire, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The weights as an area: inputs across, outputs down, drawn in cells of many weights."""

    width: int
    height: int
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cell_inputs: int
    cell_outputs: int

    @property
    def box_height(self) -> int:
        return self.height + 26

    @property
    def middle(self) -> int:
        return 24 + self.height // 2

    @property
    def cell(self) -> str:
        count = formatting.exact(self.cell_inputs * self.cell_outputs)
        if count == "1":
            return "Each cell is one weight."
        sides = f"{formatting.exact(self.cell_inputs)} by {formatting.exact(self.cell_outputs)}"
        return f"Each full cell is {sides}: {count} weights."


@dataclass(frozen=True, slots=True)
class Picture:
    inputs: str
    outputs: str
    count: str
    network: Network | None
    grid: Grid | None


@widget(
    __name__,
    title="Weights of a layer",
    question="How many weights join two layers?",
    form=Form,
    terms=("weight", "parameter"),
    order=2,
)
def compute(*, a: Decimal, b: Decimal) -> Result:
    inputs, outputs = int(a), int(b)
    count = dense_weights(inputs=inputs, outputs=outputs)
    share = Decimal(count) / YARDSTICK.parameters
    megabytes = Decimal(count) * 2 / 10**6
    text, exact = formatting.count_words(count), formatting.exact(count)
    size = formatting.gigabytes(count * 2)
    whole = formatting.count_words(YARDSTICK.parameters)
    known = share >= LEAST_SHARE
    of_model = (
        f" They are {formatting.percent(share)} of the {whole} parameters of {YARDSTICK.name}."
    )
    opening = "one for each pair" if text == exact else f"one for each pair, {exact} in all"
    return Result(
        outputs={
            "weights": Output.of_count(count),
            "share": Output.of_share(share),
            "mb": Output(megabytes, size),
        },
        equation=Equation(
            Term("weights", text, kind="out"),
            (
                Term("inputs", formatting.exact(inputs), kind="n", operator="="),
                Term("outputs", formatting.exact(outputs), kind="b", operator="×"),
            ),
            f"{exact} weights equal {formatting.exact(inputs)} inputs times"
            f" {formatting.exact(outputs)} outputs.",
        ),
        sentence=f"{opening}. At 16 bits they take {size}.{of_model if known else ''}",
        announcement=f"{formatting.plural(inputs, 'input', 'inputs')} and"
        f" {formatting.plural(outputs, 'output', 'outputs')} need"
        f" {formatting.plural(count, 'weight', 'weights')}",
        picture=picture(inputs, outputs, count),
    )


def picture(inputs: int, outputs: int, count: int) -> Picture:
    small = max(inputs, outputs) <= MOST_NODES
    return Picture(
        formatting.plural(inputs, "input", "inputs"),
        formatting.plural(outputs, "output", "outputs"),
        formatting.plural(count, "weight", "weights"),
        network(inputs, outputs) if small else None,
        None if small else grid(inputs, outputs),
    )


def network(inputs: int, outputs: int) -> Network:
    height = ROW * max(inputs, outputs)
    left, right = nodes(inputs, height), nodes(outputs, height)
    wires = tuple(Wire(one, other) for one in left for other in right)
    return Network(height, left, right, wires)


def nodes(count: int, height: int) -> tuple[int, ...]:
    return tuple((2 * number + 1) * height // (2 * count) for number in range(count))


def grid(inputs: int, outputs: int) -> Grid:
    longest = max(inputs, outputs)
    unit = 1
    while longest > unit * MOST_CELLS:
        unit *= 2
    width = max(THINNEST, SIDE * inputs // longest)
    height = max(THINNEST, SIDE * outputs // longest)
    return Grid(
        width,
        height,
        tuple(f"{SIDE * place / longest:.2f}" for place in range(unit, inputs, unit)),
        tuple(f"{24 + SIDE * place / longest:.2f}" for place in range(unit, outputs, unit)),
        min(unit, inputs),
        min(unit, outputs),
    )
