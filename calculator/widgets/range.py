"""How far a floating-point format reaches and how fine its steps are."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import log10

from calculator.core import formatting
from calculator.core.exactness import decimal_of
from calculator.core.number_formats import (
    BF16,
    FP8_E4M3,
    FP8_E5M2,
    FP16,
    FP32,
    Layout,
    widest,
)
from calculator.core.plot import Mark, Scale, marks, ticks
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import CountField, Slider
from calculator.forms import CalculatorForm, Preset, Presets
from calculator.registry import widget
from calculator.shared_inputs import whole_field

FORMATS = (FP32, BF16, FP16, FP8_E5M2, FP8_E4M3)
RULER = Scale(-40, 40)
# Stripes in a span stand for the step: the more digit bits, the closer they are, as far as an eye
# can tell them apart. Widths are in thousandths of the ruler.
WIDEST_STRIPE, MOST_TOLD_APART = 180, 30
EXACT_PLACES = 60


def bits_field(label: str, initial: str, low: str, high: str, accent: str) -> CountField:
    return whole_field(
        label=label,
        initial=initial,
        minimum=low,
        maximum=high,
        suffix="bits",
        accent=accent,
        slider=Slider(low, high, "1", "linear"),
    )


class Form(CalculatorForm):
    e = bits_field("Exponent bits", "5", "2", "11", accent="e")
    m = bits_field("Digit bits", "10", "0", "52", accent="m")
    presets = (
        Presets(
            "m",
            "Formats",
            tuple(
                Preset(layout.name, {"e": str(layout.exponent_bits), "m": str(layout.digit_bits)})
                for layout in FORMATS
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Span:
    """One format on the ruler: `start` and `width` in percent, stripes as a path of 1000."""

    name: str
    shape: str
    start: str
    width: str
    stripes: str
    largest: str
    smallest: str
    step: str
    beyond: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Picture:
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]


@widget(
    __name__,
    title="Range and step",
    question="How big can the number get, and how fine are the steps?",
    form=Form,
    terms=("fp16", "bf16"),
    order=7,
)
def compute(*, e: Decimal, m: Decimal) -> Result:
    asked = Layout("Yours", int(e), int(m))
    largest, smallest, step = asked.largest, asked.smallest_normal, asked.step
    text = number_text(largest)
    return Result(
        outputs={
            "max": number_output(largest),
            "min": number_output(smallest),
            "step": number_output(step),
        },
        equation=Equation(
            Term("largest", text, kind="out"),
            (
                Term(
                    "all digits one",
                    f"(2 − {formatting.power(2, -asked.digit_bits)})",
                    kind="man",
                    operator="=",
                ),
                Term("highest exponent", formatting.power(2, asked.bias), kind="exp", operator="×"),
            ),
            f"{text} equals 2 minus 2 to the power of minus {asked.digit_bits}, times 2 to the"
            f" power of {asked.bias}.",
        ),
        sentence=f"The smallest number with all its digits is {number_text(smallest)}. Just above 1"
        f" the next number is {number_text(step)} away. In all {asked.bits} bits: 1 for the sign,"
        f" {asked.exponent_bits} for the exponent, {asked.digit_bits} for digits.",
        announcement=f"The largest number is {text}, the step just above 1 is {number_text(step)}",
        picture=Picture(spans(asked), scale_marks()),
        notes=notes(asked),
    )


def number_text(value: Fraction) -> str:
    return formatting.count_words(decimal_of(value))


def number_output(value: Fraction) -> Output:
    number = decimal_of(value)
    places = -int(number.as_tuple().exponent)
    exact = formatting.exact(number) if places <= EXACT_PLACES and number < 10**EXACT_PLACES else ""
    return Output(number, number_text(value), exact)


def notes(asked: Layout) -> tuple[str, ...]:
    if not same(asked, FP8_E4M3):
        return ()
    return (
        (
            "FP8 E4M3 breaks this rule: it has no infinity and a single code for “not a number”, so"
            " its largest number is 448 and not 240."
        ),
    )


def same(one: Layout, other: Layout) -> bool:
    return (one.exponent_bits, one.digit_bits) == (other.exponent_bits, other.digit_bits)


def spans(asked: Layout) -> tuple[Span, ...]:
    named = any(same(asked, layout) for layout in FORMATS)
    listed = FORMATS if named else (asked, *FORMATS)
    return tuple(span(layout, chosen=same(asked, layout)) for layout in listed)


def span(layout: Layout, *, chosen: bool) -> Span:
    largest = widest(layout)
    low, high = exponent_of(layout.smallest_normal), exponent_of(largest)
    start, end = RULER.number(max(low, RULER.low)), RULER.number(min(high, RULER.high))
    gap = WIDEST_STRIPE / (1 + min(layout.digit_bits, MOST_TOLD_APART) / 2)
    count = int((end - start) * 10 / gap)
    stripes = ticks((start * 10 + gap * place for place in range(1, count + 1)), top=0, bottom=10)
    return Span(
        layout.name,
        f"{layout.exponent_bits} + {layout.digit_bits}",
        f"{start:.2f}%",
        f"{end - start:.2f}%",
        stripes,
        number_text(largest),
        number_text(layout.smallest_normal),
        number_text(layout.step),
        high > RULER.high,
        chosen,
    )


def exponent_of(value: Fraction) -> float:
    """The power of ten of a number that may be far beyond what a float holds."""
    number = decimal_of(value)
    return number.adjusted() + log10(number.scaleb(-number.adjusted()))


def scale_marks() -> tuple[Mark, ...]:
    labels = [(-40, "10⁻⁴⁰"), (-20, "10⁻²⁰"), (0, "1"), (20, "10²⁰"), (40, "10⁴⁰")]
    return marks(RULER, labels)
