"""How many parameters work on each token: experts as squares, those in use lit, to one scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculator.core import formatting
from calculator.core.experts import mixture_parameters
from calculator.core.memory import GIGABYTE
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.shapes import Piece, Tiles, stack, tiles
from calculator.forms import CalculatorForm, Preset, Presets, model_presets
from calculator.registry import widget
from calculator.shared_inputs import billions_field, whole_field

BILLION = GIGABYTE
MODEL_FIELDS = {
    "S": "shared_parameters",
    "e": "expert_parameters",
    "E": "experts",
    "k": "experts_per_token",
}


class Form(CalculatorForm):
    S = billions_field(
        label="Shared by all tokens",
        initial="1.605636",
        hint="Attention, embeddings and whatever every token passes through",
        accent="shared",
    )
    e = billions_field(label="One expert, over all layers", initial="5.637145", accent="expert")
    E = whole_field(label="Experts", initial="8", maximum="512", accent="experts")
    k = whole_field(
        label="Experts used for each token",
        initial="2",
        maximum="512",
        hint="From 1 to the number of experts",
    )
    model_fields = MODEL_FIELDS
    presets = (
        Presets(
            "",
            "Models, two of them made up",
            (
                *model_presets("", MODEL_FIELDS, "mixtral-8x7b").options,
                Preset("64 small experts", {"S": "10", "e": "2.5", "E": "64", "k": "4"}),
                Preset("One expert: dense", {"S": "2", "e": "5", "E": "1", "k": "1"}),
            ),
        ),
    )

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["k"] > cleaned["E"]:
            experts = formatting.exact(cleaned["E"])
            message = f"Experts used must be no more than experts there are ({experts})"
            self.add_error("k", message)


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    name: str
    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    active: Equation
    tiles: Tiles
    groups: tuple[Group, ...]
    bars: tuple[Bar, ...]


@widget(
    __name__,
    title="Mixture of experts",
    question="How many parameters work on each token?",
    form=Form,
    terms=("moe", "total-parameters"),
    order=15,
)
def compute(*, S: Decimal, e: Decimal, E: Decimal, k: Decimal) -> Result:  # noqa: N803
    experts, used = int(E), int(k)
    total = mixture_parameters(shared=S, expert=e, experts=experts)
    active = mixture_parameters(shared=S, expert=e, experts=used)
    share = active / total
    all_of, some, part = (
        formatting.count_words(total),
        formatting.count_words(active),
        formatting.percent(share),
    )
    return Result(
        outputs={
            "total": Output(total / BILLION, all_of, formatting.exact(total)),
            "active": Output(active / BILLION, some, formatting.exact(active)),
            "share": Output.of_share(share),
        },
        equation=equation("total", total, S, e, experts, "experts"),
        sentence=sentence(experts, used, some, part),
        announcement=f"Of {all_of} parameters in total, {some} work on each token, {part}",
        picture=Picture(
            equation("active", active, S, e, used, "used"),
            tiles(count=experts, chosen=used, each=e, beside=S),
            groups(S, e, experts, used),
            bars(S, e, experts, used),
        ),
    )


def sentence(experts: int, used: int, active: str, part: str) -> str:
    if used == experts:
        return "in memory, and all of them work on every token: so far this is a dense model."
    return f"must be in memory. Each token uses {active} of them, {part}: the rest wait."


def equation(
    label: str, answer: Decimal, shared: Decimal, expert: Decimal, experts: int, word: str
) -> Equation:
    amount, _, unit = formatting.count_words(answer).partition(" ")
    common, each = formatting.count_words(shared), formatting.count_words(expert)
    number = formatting.exact(experts)
    return Equation(
        Term(label, amount, unit, kind="out"),
        (
            Term("shared", common, kind="shared", operator="="),
            Term(word, number, kind="n", operator="+"),
            Term("one expert", each, operator="×"),
        ),
        f"{label.capitalize()} parameters, {amount} {unit}, equal {common} shared plus {number}"
        f" times {each} for one expert.",
    )


def groups(shared: Decimal, expert: Decimal, experts: int, used: int) -> tuple[Group, ...]:
    each, words = formatting.count_words(expert), formatting.count_words
    rows = [
        Group("shared", "Shared", "every token", words(shared)),
        Group("chosen", "Experts used", f"{used} × {each}", words(used * expert)),
    ]
    if experts > used:
        waiting = experts - used
        rows.append(
            Group("waiting", "Experts waiting", f"{waiting} × {each}", words(waiting * expert))
        )
    return tuple(rows)


def bars(shared: Decimal, expert: Decimal, experts: int, used: int) -> tuple[Bar, ...]:
    scale = shared + experts * expert
    common = ("shared", "Shared", shared, "")
    chosen = ("chosen", "Used", used * expert, "")
    waiting = ("waiting", "Waiting", (experts - used) * expert, "")
    return (
        Bar(
            "Held in memory",
            formatting.count_words(scale),
            stack((common, chosen, waiting), scale=scale),
        ),
        Bar(
            "Used for a token",
            formatting.count_words(shared + used * expert),
            stack((common, chosen), scale=scale),
        ),
    )
