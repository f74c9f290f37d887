"""The second calculator on a model's page: what training it takes, on each of several devices."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from calculator.catalogue.training.cost import Amount, Spending, bill
from calculator.catalogue.training.drawing import (
    NAMES,
    Addend,
    Tank,
    addends,
    tank,
    tanks,
    verdict,
)
from calculator.catalogue.training.form import form_for, recipe_of
from calculator.catalogue.training.plan import ORDER, Plan
from calculator.core import formatting
from calculator.core.architecture import Shape
from calculator.core.devices import device
from calculator.core.ranges import Line, Span
from calculator.core.report import amount_and_unit, size_in_words
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.training import OPTIMIZERS
from calculator.registry import Widget

WAYS = {"full": "in full", "lora": "with LoRA", "qlora": "with QLoRA"}
# Colours of terms: those of the bar under them.
KINDS = {"weights": "kept", "gradients": "back", "optimizer": "working", "gathered": "cache"}
VERDICTS = {
    "fits": "Fits",
    "tight": "Tight: it depends on where in the range the activations are",
    "too big": "Too big",
    "unknown": "Unknown: without its activations it fits",
}


class Picture:
    """What the card draws; the slow parts are worked out where the template asks for them."""

    def __init__(self, plan: Plan, spending: Spending) -> None:
        self.plan, self.spending = plan, spending

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(each.line for each in self.plan.held())

    @cached_property
    def needed(self) -> Span:
        return self.plan.needed()

    @cached_property
    def addends(self) -> tuple[Addend, ...]:
        return tuple(addends(self.plan.recipe))

    @property
    def each(self) -> str:
        """Bytes of one trained parameter, as the sum of its cells."""
        return formatting.significant(float(self.plan.recipe.bytes_per_parameter), 4)

    @cached_property
    def tank(self) -> Tank:
        return tank(self.plan, 0 if self.plan.devices == 1 else self.plan.stage)

    @cached_property
    def tanks(self) -> tuple[Tank, ...]:
        return tanks(self.plan)

    @property
    def verdict(self) -> str:
        return VERDICTS[verdict(self.plan, self.tank.stage)]

    @cached_property
    def bill(self) -> tuple[tuple[Amount, ...], str]:
        return bill(self.plan, self.spending)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return self.bill[0]

    @property
    def missing(self) -> str:
        return self.bill[1]


def training_widget(shape: Shape, name: str) -> Widget:
    """A calculator of this one model; it is in no list, because its page is the model's."""
    return Widget(
        slug="train",
        title=name,
        question="What does it take to train it?",
        form=form_for(shape),
        compute=partial(compute, shape, name),
        terms=("training",),
        order=0,
    )


def compute(shape: Shape, name: str, /, **asked: Any) -> Result:
    plan = Plan(
        shape=shape,
        way=asked["t_what"],
        rank=int(asked["t_rank"]),
        targets=asked["t_targets"],
        recipe=recipe_of(shape, asked),
        sequence=int(asked["t_sequence"]),
        batch=int(asked["t_batch"]),
        recompute=asked["t_keep"] == "inputs",
        device=device(asked["t_device"]),
        devices=int(asked["t_devices"]),
        stage=int(asked["t_zero"]),
    )
    spending = Spending(
        tokens=int(asked["t_tokens"]),
        share=float(asked["t_share"]) / 100,
        price=asked["t_price"],
        overhead=float(asked["t_pue"]),
    )
    picture = Picture(plan, spending)
    needed = picture.needed
    least = "at least " if plan.step.unknown else ""
    where = (
        "one device" if plan.devices == 1 else f"each of {formatting.exact(plan.devices)} devices"
    )
    return Result(
        outputs={
            "gb": Output.of_bytes(Decimal(needed.high)),
            "state": Output.of_bytes(Decimal(plan.state_bytes)),
            "trained": Output.of_count(plan.trained),
        },
        equation=equation(picture),
        sentence=sentence(plan),
        announcement=f"Training {name} {WAYS[plan.way]} takes {least}{size_in_words(needed)}"
        f" on {where}: {verdict(plan, picture.tank.stage)}",
        picture=picture,
        notes=tuple(filter(None, notes(plan))),
    )


def equation(picture: Picture) -> Equation:
    plan = picture.plan
    sums = [
        (part, sum((each.line.size for each in plan.held() if each.part == part), Span(0, 0)))
        for part in ORDER
    ]
    parts = [(part, size) for part, size in sums if size.high]
    amount, unit = amount_and_unit(picture.needed)
    label = "one device" if plan.devices == 1 else "each device"
    if plan.step.unknown:
        label += ", without activations"
    terms = tuple(
        Term(
            NAMES[part],
            size_in_words(size),
            kind=KINDS.get(part, ""),
            operator="+" if place else "=",
        )
        for place, (part, size) in enumerate(parts)
    )
    words = ", ".join(f"{NAMES[part]} {size_in_words(size)}" for part, size in parts)
    return Equation(
        Term(label, amount, unit, "out"), terms, f"{size_in_words(picture.needed)}: {words}."
    )


def sentence(plan: Plan) -> str:
    """What is trained, how many bytes each costs, and where the rest of the run lies."""
    each = formatting.significant(float(plan.recipe.bytes_per_parameter), 5)
    trained = formatting.exact(plan.trained)
    if plan.adapter is None:
        said = f"{trained} parameters × {each} bytes"
    else:
        modules = formatting.plural(plan.adapter.modules, "matrix", "matrices")
        said = (
            f"adapters of rank {formatting.exact(plan.rank)} beside {modules}:"
            f" {trained} parameters × {each} bytes, and the frozen weights"
        )
    if plan.factored:
        said += ", and Adafactor’s rows and columns"
    whole = formatting.gigabytes(plan.state_bytes, 5)
    binary = formatting.gibibytes(plan.state_bytes, 5)
    where = f"{plan.device.name}"
    if plan.devices > 1:
        where = f"{formatting.exact(plan.devices)} × {plan.device.name}"
    return f"on {where}. Weights, gradients and optimizer are exact: {said} = {whole} ({binary})."


def notes(plan: Plan) -> Iterator[str]:
    yield plan.step.unknown
    yield plan.step.note
    own = plan.shape.context
    if own and plan.sequence > own:
        yield (
            f"A sequence of {formatting.exact(plan.sequence)} is longer than the"
            f" {formatting.exact(own)} tokens that this model’s settings name."
        )
    if plan.recipe.master_copy and plan.recipe.weights == "fp32":
        yield "The weights are in 32 bits already; the copy beside them is counted as you set it."
    if plan.recipe.optimizer == "muon":
        share = formatting.percent(float(plan.recipe.embedding_share))
        yield (
            f"Muon keeps one number for hidden matrices; {share} of these parameters are"
            f" embeddings, head, norms and biases, for which AdamW keeps two."
        )
    elif OPTIMIZERS[plan.recipe.optimizer].state_bytes and plan.recipe.states != "fp32":
        yield "An 8-bit optimizer has states of its own width."
    if plan.device.nominal:
        yield "Nobody’s reading of this device is at hand: its memory is the size it is sold as."
