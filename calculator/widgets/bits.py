"""What each number format really keeps of a number, bit by bit."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from calculator.core import formatting
from calculator.core.exactness import decimal_of
from calculator.core.number_formats import (
    BF16,
    FP16,
    FP32,
    Stored,
    Whole,
    error_share,
    store,
    store_whole,
)
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import NumberField, Option, OptionField
from calculator.forms import CalculatorForm, value_presets
from calculator.registry import widget

LAYOUTS = {layout.name: layout for layout in (FP32, BF16, FP16)}
WHOLE_BITS = {"INT8": 8, "INT4": 4}
BYTES = {32: "4 bytes", 16: "2 bytes", 8: "1 byte", 4: "half a byte"}
# Eight figures are enough to tell FP32 from the number it was asked to keep.
DIGITS, FACTOR_DIGITS = 8, 10


class Form(CalculatorForm):
    x = NumberField(
        label="Number to store",
        initial="0.3",
        minimum="-1e38",
        maximum="1e38",
        hint="From −10³⁸ to 10³⁸",
        example="0.3",
    )
    fmt = OptionField(
        label="Kept as",
        initial="BF16",
        options=[Option(name, name, f"{layout.bits} bits") for name, layout in LAYOUTS.items()],
    )
    presets = (
        value_presets(
            "x", "Numbers to try", {"0.1": "0.1", "1": "1", "−2.5": "-2.5", "70000": "70000"}
        ),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One format's bits and what they are worth."""

    name: str
    size: str
    groups: tuple[str, str, str]
    value: str
    error: str
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One group of bits of the chosen format, and what it says."""

    key: str
    name: str
    bits: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Picture:
    pieces: tuple[Piece, ...]
    rows: tuple[Row, ...]
    chosen: str
    number: str


@widget(
    __name__,
    title="Bits of a number",
    question="What number does each format actually keep?",
    form=Form,
    terms=("precision", "fp32"),
    order=6,
    switch="fmt",
)
def compute(*, x: Decimal, fmt: str) -> Result:
    kept = store(x, LAYOUTS[fmt])
    number = formatting.significant(x, 18)
    text, off = value_text(kept), error_text(x, kept.value)
    return Result(
        outputs={
            "value": value_output(kept),
            "bits": Output(" ".join(kept.groups), " ".join(kept.groups)),
            "error": error_output(x, kept.value),
            **{name.lower(): value_output(store(x, layout)) for name, layout in LAYOUTS.items()},
            **{
                name.lower(): value_output(store_whole(x, bits))
                for name, bits in WHOLE_BITS.items()
            },
        },
        equation=equation(x, kept),
        sentence=sentence(x, kept, off),
        announcement=f"{fmt} keeps {number} as {text}, {off}",
        picture=Picture(pieces(kept), rows(x), fmt, number),
        notes=notes(x, kept),
    )


def value_text(kept: Stored | Whole) -> str:
    if kept.value is None:
        return "−∞" if isinstance(kept, Stored) and kept.sign else "∞"
    return formatting.significant(decimal_of(kept.value), DIGITS)


def value_output(kept: Stored | Whole) -> Output:
    if kept.value is None:
        return Output("infinity", value_text(kept))
    number = decimal_of(kept.value)
    return Output(number, value_text(kept), formatting.exact(number))


def error_text(x: Decimal, value: Fraction | None) -> str:
    if value is None:
        return "no number is left"
    share = error_share(x, value)
    return f"off by {formatting.percent(decimal_of(share), 2)}" if share else "exactly"


def error_output(x: Decimal, value: Fraction | None) -> Output:
    if value is None:
        return Output("infinite", "without limit")
    share = decimal_of(error_share(x, value))
    return Output(share * 100, formatting.percent(share, 2))


def equation(x: Decimal, kept: Stored) -> Equation:
    layout, text = kept.layout, value_text(kept)
    answer = Term(f"kept as {layout.name}", text, kind="out")
    if kept.value is None:
        largest = formatting.significant(decimal_of(layout.largest), 5)
        size = formatting.significant(x.copy_abs(), 18)
        terms = (
            Term("number", size, kind="n", operator="←"),
            Term("largest", largest, operator=">"),
        )
        return Equation(answer, terms, f"{size} is past {largest}, the largest {layout.name}.")
    lead, power = leading_digit(kept), stored_power(kept)
    digits = formatting.significant(decimal_of(fraction_of(kept)), FACTOR_DIGITS)
    return Equation(
        answer,
        (
            Term("sign", "−1" if kept.sign else "1", kind="sign", operator="="),
            Term(
                f"exponent {formatting.exact(power)}",
                formatting.power(2, power),
                kind="exp",
                operator="×",
            ),
            Term(
                f"{lead} + {kept.digits} ÷ {2**layout.digit_bits}", digits, kind="man", operator="×"
            ),
        ),
        f"{text} equals {'minus ' if kept.sign else ''}2 to the power of {power},"
        f" times {lead} plus {kept.digits} divided by {2**layout.digit_bits}.",
    )


def leading_digit(kept: Stored) -> int:
    """The bit that is not stored: 1 for normal numbers, 0 for subnormal ones and zero."""
    return 1 if kept.exponent else 0


def stored_power(kept: Stored) -> int:
    return max(kept.exponent, 1) - kept.layout.bias


def fraction_of(kept: Stored) -> Fraction:
    return leading_digit(kept) + Fraction(kept.digits, 2**kept.layout.digit_bits)


def sentence(x: Decimal, kept: Stored, off: str) -> str:
    name, number = kept.layout.name, formatting.significant(x, 18)
    if kept.value is None:
        return f"{name} has no number this large, so {number} is lost."
    if off == "exactly":
        return f"{name} keeps {number} exactly."
    return f"{name} cannot keep {number} exactly: this is the nearest it has, {off}."


def notes(x: Decimal, kept: Stored) -> tuple[str, ...]:
    name = kept.layout.name
    if kept.kind == "infinity":
        return (f"Too large for {name}. It is stored as infinity.",)
    if kept.kind == "zero" and x:
        return (f"Too small for {name}. It is stored as zero.",)
    if kept.kind == "subnormal":
        smallest = formatting.significant(decimal_of(kept.layout.smallest_normal))
        return (f"Below {smallest} {name} drops digits: this is one of its subnormal numbers.",)
    return ()


def pieces(kept: Stored) -> tuple[Piece, ...]:
    sign, exponent, digits = kept.groups
    layout, power = kept.layout, stored_power(kept)
    shown = formatting.power(2, power)
    meaning = {
        "infinity": "all ones: infinity",
        "normal": f"{kept.exponent}, less {layout.bias}: {shown}",
        "subnormal": f"all zeros: subnormal, {shown}",
        "zero": f"all zeros: {shown}",
    }[kept.kind]
    value = formatting.significant(decimal_of(fraction_of(kept)), FACTOR_DIGITS)
    count, full = formatting.exact(kept.digits), formatting.exact(2**layout.digit_bits)
    said = "all zeros" if kept.value is None else f"{count} of {full}: {value}"
    return (
        Piece("s", "sign", sign, "negative" if kept.sign else "positive"),
        Piece("e", "exponent", exponent, meaning),
        Piece("m", "digits", digits, said),
    )


def rows(x: Decimal) -> tuple[Row, ...]:
    floating = [store(x, layout) for layout in LAYOUTS.values()]
    whole = {name: store_whole(x, bits) for name, bits in WHOLE_BITS.items()}
    return (
        *(floating_row(x, kept, number) for number, kept in enumerate(floating)),
        *(whole_row(x, name, kept) for name, kept in whole.items()),
    )


def floating_row(x: Decimal, kept: Stored, number: int) -> Row:
    layout = kept.layout
    text, off = value_text(kept), error_text(x, kept.value)
    return Row(layout.name, BYTES[layout.bits], kept.groups, text, off, number)


def whole_row(x: Decimal, name: str, kept: Whole) -> Row:
    value = formatting.significant(decimal_of(kept.value), 4)
    text = f"{formatting.significant(kept.number)} ÷ {kept.top} = {value}"
    off = "clipped: the scale ends at 1" if kept.clipped else error_text(x, kept.value)
    return Row(name, BYTES[kept.bits], kept.groups, text, off, -1)
