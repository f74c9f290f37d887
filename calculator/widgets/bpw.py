"""Why a 4-bit file is more than 4 bits a weight: every group of weights carries its scale."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any
from urllib.parse import urlencode

from calculator.core import formatting
from calculator.core.catalog import read
from calculator.core.exactness import decimal_of
from calculator.core.formats import band
from calculator.core.memory import weights_bytes
from calculator.core.plot import ticks
from calculator.core.quantization import OUTER_SCALE_BITS, bits_per_weight
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import Option, OptionField
from calculator.forms import CalculatorForm
from calculator.registry import widget
from calculator.shared_inputs import parameters_field

NONE = "none"
FILES = ("Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")


def choices(label: str, initial: str, values: str, accent: str = "b") -> OptionField:
    options = [Option(value, value) for value in values.split()]
    return OptionField(label=label, initial=initial, options=options, accent=accent)


class Form(CalculatorForm):
    b = choices("Bits for each weight", "4", "2 3 4 5 6 7 8")
    g = choices("Group size", "32", "16 32 64 128 256")
    s = choices("Bits in each scale", "16", "8 16 32")
    g2 = OptionField(
        label="Scales quantized in groups of",
        initial=NONE,
        options=(Option(NONE, "none", aliases=("0",)), Option("256", "256")),
    )
    n = parameters_field()
    details = ("s", "g2")


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table; `query` sets the calculator to it, where it can."""

    name: str
    made_of: str
    bits: str
    size: str
    query: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One group to length: `weights` is the share of the bar that the weights themselves take."""

    weights: str
    scale_start: str
    scale: str
    outer_start: str
    outer: str
    cells: str
    weights_text: str
    scale_text: str
    outer_text: str
    blocks: tuple[Format, ...]
    files: tuple[Format, ...]
    parameters: str


@widget(
    __name__,
    title="Bits per weight",
    question="Why is a 4-bit file more than 4 bits a weight?",
    form=Form,
    terms=("bits-per-weight", "int4"),
    order=9,
)
def compute(*, b: str, g: str, s: str, g2: str, n: Decimal) -> Result:
    outer = 0 if g2 == NONE else int(g2)
    total = bits_per_weight(bits=int(b), group=int(g), scale_bits=int(s), outer_group=outer)
    rate = decimal_of(total)
    size = weights_bytes(parameters=n, bits=rate)
    overhead = rate - int(b)
    text, count = formatting.significant(rate, 4), formatting.count_words(n)
    bare = formatting.gigabytes(weights_bytes(parameters=n, bits=int(b)))
    gigabytes = formatting.gigabytes(size)
    return Result(
        outputs={
            "bpw": Output(rate, text, formatting.exact(rate)),
            "gb": Output.of_bytes(size),
            "overhead": Output(
                overhead, formatting.significant(overhead), formatting.exact(overhead)
            ),
        },
        equation=Equation(
            Term("bits per weight", text, kind="out"),
            tuple(terms(b, g, s, outer)),
            f"{text} bits per weight: {b} bits plus {s} bits of scale for every {g} weights.",
        ),
        sentence=f"so {count} parameters take {gigabytes}, where {b} bits alone would be {bare}.",
        announcement=f"{text} bits per weight, {gigabytes} for {count} parameters",
        picture=picture(b, g, s, outer, n),
    )


def terms(b: str, g: str, s: str, outer: int) -> Iterator[Term]:
    yield Term("bits", b, kind="b", operator="=")
    yield Term("bits in a scale", s, operator="+")
    yield Term("weights sharing it", g, operator="÷")
    if outer:
        shared = formatting.exact(int(g) * outer)
        yield Term("outer scale", str(OUTER_SCALE_BITS), operator="+")
        yield Term("weights sharing it", shared, operator="÷")


def picture(b: str, g: str, s: str, outer: int, n: Decimal) -> Picture:
    group, weights, scale = int(g), int(b) * int(g), int(s)
    outer_bits = Fraction(OUTER_SCALE_BITS, outer) if outer else Fraction(0)
    total = weights + scale + outer_bits
    first, second = 100 * weights / total, 100 * scale / total
    return Picture(
        weights=f"{float(first):.3f}%",
        scale_start=f"{float(first):.3f}%",
        scale=f"{float(second):.3f}%",
        outer_start=f"{float(first + second):.3f}%",
        outer=f"{float(100 * outer_bits / total):.3f}%" if outer else "",
        cells=ticks((1000 * place / group for place in range(1, group)), top=0, bottom=10),
        weights_text=f"{g} weights × {b} bits = {weights} bits",
        scale_text=f"1 scale of {s} bits",
        outer_text=f"{formatting.significant(decimal_of(outer_bits))} bits of an outer scale"
        if outer
        else "",
        blocks=tuple(block_formats(n, (int(b), group, scale, outer))),
        files=tuple(file_formats(n)),
        parameters=formatting.count_words(n),
    )


def billions(n: Decimal) -> str:
    return format((n / 10**9).normalize(), "f")


@cache
def facts(name: str) -> Any:
    return read("facts.toml")[name]


def block_formats(n: Decimal, asked: tuple[int, int, int, int]) -> Iterator[Format]:
    """Yield formats of equal blocks, whose rate the formula gives exactly."""
    for row in facts("block_formats"):
        shape = (row["bits"], row["group"], row["scale"], row["outer"])
        rate = decimal_of(
            bits_per_weight(
                bits=row["bits"],
                group=row["group"],
                scale_bits=row["scale"],
                outer_group=row["outer"],
            )
        )
        made_of = f"{row['bits']} bits, {row['scale']}-bit scale for {row['group']}"
        values = {"b": row["bits"], "g": row["group"], "s": row["scale"]}
        values |= {"g2": row["outer"] or NONE, "n": billions(n)}
        yield Format(
            row["name"],
            made_of,
            formatting.significant(rate, 4),
            formatting.gigabytes(weights_bytes(parameters=n, bits=rate)),
            urlencode(values),
            chosen=shape == asked,
        )


def file_formats(n: Decimal) -> Iterator[Format]:
    """Yield mixtures of blocks: a band, because the count alone does not say which model it is."""
    for name in FILES:
        found = band(int(n), name)
        if found is not None:
            bits = (decimal_of(found.least_bits), decimal_of(found.most_bits))
            size = formatting.gigabytes(found.least_bytes), formatting.gigabytes(found.most_bytes)
            rate = formatting.between(*map(formatting.significant, bits))
            yield Format(name, "whole file", rate, formatting.between(*size))
