"""What a bias does: it lifts or lowers a line that the weight tilts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Unpack

from calculator.core import formatting
from calculator.core.neurons import weighted, zero_crossing
from calculator.core.plot import Mark, Scale, Segment, clipped, marks
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import NumberField, Slider, Wording
from calculator.forms import CalculatorForm, Preset, Presets
from calculator.registry import widget

WORKED = (("2", "1", "3"), ("-0.5", "2", "4"), ("0", "3", "10"))
# Half heights the plot can take: the smallest that holds the point and the line's ends is used.
HEIGHTS = (5, 10, 20, 40, 60)
# Past this place the label of the gap would leave the frame, so it moves to the other side.
LABEL_TURNS = Decimal(8)


def within(reach: str, step: str, **wording: Unpack[Wording]) -> NumberField:
    """A number up to `reach` from zero, both ways, on a slider."""
    wording["slider"] = Slider(f"-{reach}", reach, step, "linear")
    return NumberField(minimum=f"-{reach}", maximum=reach, **wording)


class Form(CalculatorForm):
    w = within("5", "0.1", label="Weight", initial="2")
    b = within("10", "0.5", label="Bias", initial="1", accent="b")
    x = within("10", "0.5", label="Input", initial="3", accent="x")
    presets = (
        Presets(
            "x",
            "Worked lines",
            tuple(
                Preset(name, {"w": w, "b": b, "x": x})
                for name, (w, b, x) in zip(("rising", "falling", "flat"), WORKED, strict=True)
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One worked line of the table."""

    w: str
    b: str
    x: str
    y: str
    zero: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance between the two lines at the input: that is the bias."""

    line: Segment
    label_x: str
    label_y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Picture:
    line: Segment | None
    bare: Segment | None
    gap: Gap | None
    point: tuple[str, str]
    crossing: str
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    formula: str
    bare_formula: str
    at: str
    zero: str
    rows: tuple[Row, ...]


@widget(
    __name__,
    title="What a bias changes",
    question="What does a bias change?",
    form=Form,
    terms=("bias-parameter",),
    order=3,
)
def compute(*, w: Decimal, b: Decimal, x: Decimal) -> Result:
    y = weighted(weight=w, bias=b, value=x)
    zero, zero_text = crossing(w, b)
    return Result(
        outputs={
            "y": Output(y, formatting.significant(y), formatting.exact(y)),
            "zero": Output(zero, zero_text),
        },
        equation=Equation(
            Term("output", formatting.significant(y), kind="out"),
            (
                Term("weight", formatting.significant(w, 18), kind="n", operator="="),
                Term("input", bracketed(x), operator="×"),
                Term("bias", bracketed(b), kind="b", operator="+"),
            ),
            f"{formatting.significant(y)} equals a weight of {formatting.significant(w, 18)} times"
            f" an input of {formatting.significant(x, 18)}, plus a bias of"
            f" {formatting.significant(b, 18)}.",
        ),
        sentence=sentence(w, b, zero_text),
        announcement=f"An input of {formatting.significant(x, 18)} gives"
        f" {formatting.significant(y)}. {sentence(w, b, zero_text).rstrip('.')}",
        picture=picture(w, b, x, y),
        notes=notes(w, b),
    )


def crossing(w: Decimal, b: Decimal) -> tuple[Decimal | str, str]:
    place = zero_crossing(weight=w, bias=b)
    if place is not None:
        return place, formatting.significant(place)
    return ("never", "never") if b else ("everywhere", "everywhere")


def notes(w: Decimal, b: Decimal) -> tuple[str, ...]:
    if w:
        return ()
    if b:
        return ("With a weight of 0 the line is flat and never crosses zero.",)
    return ("With a weight and a bias of 0 the output is 0 everywhere.",)


def sentence(w: Decimal, b: Decimal, zero: str) -> str:
    if not w:
        return "The bias alone decides: the output is the same for every input."
    if not b:
        return "Without a bias the line runs through the origin, whatever the weight."
    way = "up" if b > 0 else "down"
    by = formatting.significant(b.copy_abs(), 18)
    return f"The bias moves the whole line {way} by {by}, so it crosses zero at {zero}."


def bracketed(value: Decimal) -> str:
    text = formatting.significant(value, 18)
    return f"({text})" if value < 0 else text


def picture(w: Decimal, b: Decimal, x: Decimal, y: Decimal) -> Picture:
    across = Scale(-10, 10, 3, 97)
    reach = max(y.copy_abs(), b.copy_abs(), (y - b).copy_abs())
    half = next((height for height in HEIGHTS if reach <= height), HEIGHTS[-1])
    up = Scale(-half, half, 95, 5)
    zero = zero_crossing(weight=w, bias=b)
    seen = zero is not None and across.inside(float(zero))
    return Picture(
        line=clipped(float(w), float(b), across, up),
        bare=clipped(float(w), 0, across, up) if b else None,
        gap=gap(x, y - b, y, across, up) if b else None,
        point=(across.place(float(x)), up.place(float(y))),
        crossing=across.place(float(zero)) if zero is not None and seen else "",
        x_marks=marks(across, [(-10, "−10"), (-5, "−5"), (5, "5"), (10, "10")]),
        y_marks=marks(up, [(place, formatting.significant(place)) for place in heights(half)]),
        formula=formula(w, b),
        bare_formula=formula(w, Decimal(0)),
        at=f"{formatting.significant(x, 18)} in, {formatting.significant(y)} out",
        zero=formatting.significant(zero) if zero is not None else "",
        rows=tuple(row(*map(Decimal, values)) for values in WORKED),
    )


def heights(half: int) -> tuple[float, ...]:
    return (half, half / 2, -half / 2, -half)


def gap(x: Decimal, bare: Decimal, y: Decimal, across: Scale, up: Scale) -> Gap:
    place = across.place(float(x))
    turned = x > LABEL_TURNS
    return Gap(
        Segment(place, up.place(float(bare)), place, up.place(float(y))),
        f"{across.number(float(x)) + (-2 if turned else 2):.2f}%",
        up.place(float(bare + y) / 2),
        "end" if turned else "start",
    )


def formula(w: Decimal, b: Decimal) -> str:
    slope = f"{formatting.significant(w, 18)} × x"
    if not b:
        return f"y = {slope}"
    sign = "+" if b > 0 else "−"
    return f"y = {slope} {sign} {formatting.significant(b.copy_abs(), 18)}"


def row(w: Decimal, b: Decimal, x: Decimal) -> Row:
    y = weighted(weight=w, bias=b, value=x)
    w_text, b_text, x_text, y_text = map(formatting.significant, (w, b, x, y))
    return Row(w_text, b_text, x_text, y_text, crossing(w, b)[1])
