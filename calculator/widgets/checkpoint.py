"""How big a saved model is and how long it takes to arrive: a file that fills as time passes."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core import formatting
from calculator.core.catalog import read
from calculator.core.checkpoints import STATE_BYTES, Part, checkpoint_parts
from calculator.core.memory import BITS_PER_BYTE, GIGABYTE, transfer_seconds
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.shapes import Bar, coordinate, share
from calculator.fields import YES_NO, CountField, OptionField, Slider
from calculator.registry import widget
from calculator.shared_inputs import StoredForm, parameters_field, size_presets, stored_as_field

QUARTERS = (
    ("a quarter", Decimal("0.25")),
    ("half", Decimal("0.5")),
    ("three quarters", Decimal("0.75")),
    ("all of it", Decimal(1)),
)
PAGE_HEIGHT = 76
COLOURS = ("weights", "master", "first", "second")
# Formats of whole files whose weights are as wide as the choice says.
STORED = {"8": "int8", "4.5": "Q4_0"}


class Form(StoredForm):
    n = parameters_field()
    p = stored_as_field("16", {"32": "FP32", "16": "BF16", "8": "INT8", "4.5": "Q4_0"})
    mbps = CountField(
        label="Connection",
        initial="100",
        minimum="1",
        maximum="10000",
        suffix="Mbit/s",
        hint="Megabits a second: eight of them are one megabyte. From 1 to 10,000",
        example="100 or 1,000",
        slider=Slider("0", "4", "0.01", ticks=("1", "10", "100", "1K", "10K")),
        accent="speed",
    )
    opt = OptionField(
        label="With training state",
        initial="no",
        options=tuple(reversed(YES_NO)),
        hint="What Adam needs to go on training: 12 more bytes for each parameter",
    )
    stored_as = STORED
    presets = (size_presets("1", "8", "70", "405"),)


@dataclass(frozen=True, slots=True)
class Layer:
    """One part of the file, as far as it has arrived."""

    colour: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    size: str
    time: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Content:
    colour: str
    name: str
    text: str
    share: str


@dataclass(frozen=True, slots=True)
class Picture:
    pages: tuple[Page, ...]
    contents: tuple[Content, ...]
    bars: tuple[Bar, ...]
    film: str


@widget(
    __name__,
    title="Checkpoint",
    question="How big is the file and how long does it take to arrive?",
    form=Form,
    terms=("weight-memory", "training"),
    order=10,
)
def compute(*, n: Decimal, p: str, mbps: Decimal, opt: str) -> Result:
    parts = checkpoint_parts(parameters=n, bits=Decimal(p), training_state=opt == "yes")
    size = sum((part.size for part in parts), Decimal(0))
    seconds = transfer_seconds(size=size, megabits_per_second=mbps)
    amount, unit = formatting.split_bytes(size)
    text, time = f"{amount} {unit}", formatting.duration(seconds)
    count, speed = formatting.count_words(n), formatting.exact(mbps)
    each = formatting.significant(Decimal(p) / BITS_PER_BYTE, 6)
    each = f"({each} + {STATE_BYTES})" if opt == "yes" else each
    state = " and the training state" if opt == "yes" else ""
    return Result(
        outputs={
            "gb": Output.of_bytes(size),
            "gib": Output(size / 2**30, formatting.gibibytes(size)),
            "s": Output(seconds, time, f"{formatting.significant(seconds, 12)} seconds"),
        },
        equation=Equation(
            Term("file", amount, unit, kind="out"),
            (
                Term("parameters", count, kind="n", operator="="),
                Term("bytes each", each, kind="b", operator="×"),
            ),
            f"{text} equals {count} parameters times {each} bytes each.",
        ),
        sentence=f"for the weights{state} ({formatting.gibibytes(size)}). At {speed} megabits a"
        f" second the file takes {time}: 8 bits for each byte, ÷ {speed} million a second.",
        announcement=f"{count} parameters make a file of {text}, which takes {time} at"
        f" {speed} megabits a second",
        picture=picture(parts, size, seconds),
    )


def picture(parts: tuple[Part, ...], size: Decimal, seconds: Decimal) -> Picture:
    hour = Decimal(film_gigabytes()) * GIGABYTE
    widest = max(size, hour)
    return Picture(
        pages=tuple(page(name, part, parts, size, seconds) for name, part in QUARTERS),
        contents=tuple(
            Content(
                colour,
                part.name,
                formatting.gigabytes(part.size),
                formatting.percent(part.size / size),
            )
            for colour, part in zip(COLOURS, parts, strict=False)
        ),
        bars=(
            Bar("file", "This file", share(size, widest), formatting.gigabytes(size)),
            Bar("film", "An hour of 4K film", share(hour, widest), formatting.gigabytes(hour)),
        ),
        film=formatting.duration(3600 * size / hour),
    )


def page(
    name: str, arrived: Decimal, parts: tuple[Part, ...], size: Decimal, seconds: Decimal
) -> Page:
    """The file when the fraction `arrived` of it is here, filled from the bottom."""
    layers = []
    start = Decimal(0)
    for colour, part in zip(COLOURS, parts, strict=False):
        end = min(start + part.size / size, arrived)
        if end > start:
            top = coordinate(PAGE_HEIGHT * (1 - end))
            layers.append(Layer(colour, top, coordinate(PAGE_HEIGHT * (end - start))))
        start += part.size / size
    time = formatting.duration(seconds * arrived)
    return Page(name, formatting.gigabytes(size * arrived), time, tuple(layers))


def film_gigabytes() -> int:
    film = read("facts.toml")["film"]
    assert isinstance(film, dict)
    return int(film["gigabytes_an_hour"])
