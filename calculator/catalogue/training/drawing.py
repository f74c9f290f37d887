"""What the training card draws: bytes of one parameter as cells, devices as stacked bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from calculator.catalogue.places import WORDS
from calculator.catalogue.training.plan import ORDER, Held, Plan
from calculator.core import formatting
from calculator.core.ranges import Span
from calculator.core.report import size_in_words
from calculator.core.shapes import Piece, coordinate, share
from calculator.core.training import Recipe
from calculator.core.verdicts import TOO_BIG

# The colours of the style sheet by what a byte is kept for.
COLOURS = {
    "base": "frozen",
    "weights": "base",
    "gradients": "second",
    "optimizer": "trained",
    "gathered": "shared",
    "activations": "step",
}
NAMES = {
    "base": "frozen weights",
    "weights": "weights",
    "gradients": "gradients",
    "optimizer": "optimizer",
    "gathered": "gathered layer",
    "activations": "activations",
}
STAGES = {
    0: "Nothing split",
    1: "ZeRO-1: the optimizer split",
    2: "ZeRO-2: the gradients too",
    3: "ZeRO-3: the weights too",
}
# Room between two cells, in percent of the row.
GAP = 0.35


@dataclass(frozen=True, slots=True)
class Cell:
    """One byte of a parameter, or what is left of one."""

    colour: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Addend:
    """The bytes of one part of a parameter, over their cells."""

    colour: str
    name: str
    size: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Tank:
    """One device under one stage: its parts end to end, and where its memory ends."""

    id: str
    stage: int
    name: str
    chosen: bool
    text: str
    pieces: tuple[Piece, ...]
    edge: str
    verdict: str
    fewest: str


def addends(recipe: Recipe) -> Iterator[Addend]:
    whole = recipe.bytes_per_parameter
    done = Fraction(0)
    for part in recipe.parts:
        colour = COLOURS[part.kept]
        if part.name.startswith("32-bit copy"):
            colour = "copied"
        spans = list(bytes_of(part.size))
        cells = []
        for size in spans:
            cells.append(
                Cell(
                    colour,
                    f"{coordinate(float(100 * done / whole))}%",
                    f"{coordinate(max(float(100 * size / whole) - GAP, 0.2))}%",
                )
            )
            done += size
        yield Addend(colour, part.name, formatting.significant(float(part.size), 4), tuple(cells))


def bytes_of(size: Fraction) -> Iterator[Fraction]:
    while size > 0:
        yield min(size, Fraction(1))
        size -= 1


def pieces(held: Sequence[Held], whole: int) -> Iterator[Piece]:
    """The parts of a bar in their order; what is uncertain of the activations comes last."""
    done = 0
    unsure = 0
    for part in ORDER:
        sizes = [each.line.size for each in held if each.part == part]
        size = sum(sizes, Span(0, 0))
        if size.high:
            text = size_in_words(size)
            yield Piece(
                COLOURS[part], NAMES[part], text, share(done, whole), share(size.low, whole)
            )
        done += size.low
        unsure += size.high - size.low
    if unsure:
        more = formatting.gigabytes(unsure)
        yield Piece("extra", "perhaps more", more, share(done, whole), share(unsure, whole))


def tank(plan: Plan, stage: int, beside: int | None = None) -> Tank:
    """One device drawn alone, or to the scale of its size under the stage `beside`."""
    held = plan.held(stage)
    needed = plan.needed(stage)
    largest = needed if beside is None else plan.needed(beside)
    whole = max(largest.high, plan.device.usable.high)
    return Tank(
        id=f"stage-{stage}",
        stage=stage,
        name=STAGES[stage],
        chosen=stage == plan.stage,
        text=("from " if plan.step.unknown else "") + size_in_words(needed),
        pieces=tuple(pieces(held, whole)),
        edge=share(plan.device.usable.low, whole),
        verdict=verdict(plan, stage),
        fewest=said_fewest(plan, stage),
    )


def verdict(plan: Plan, stage: int) -> str:
    """Whether it fits; unknown where the activations are and the rest leaves room."""
    answer = plan.verdict(stage).answer
    return "unknown" if plan.step.unknown and answer != TOO_BIG else WORDS[answer]


def said_fewest(plan: Plan, stage: int) -> str:
    count = plan.fewest(stage)
    if count is None:
        return "no number of them is enough"
    if count == 1 and plan.step.unknown:
        return ""
    said = formatting.plural(count, "device is", "devices are")
    return f"at least {said} needed" if plan.step.unknown else f"{said} enough"


def tanks(plan: Plan) -> tuple[Tank, ...]:
    stages = (plan.stage,) if plan.devices == 1 else tuple(STAGES)
    return tuple(tank(plan, stage, beside=0) for stage in stages)
