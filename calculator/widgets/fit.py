"""Whether a model runs on a machine: weights, cache and working space in one tank."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from calculator.core import formatting
from calculator.core.catalog import MODELS
from calculator.core.memory import GIGABYTE
from calculator.core.real_models import RealModel
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.running import Need, longest_context, running_need, verdict
from calculator.core.shapes import Piece, share, stack
from calculator.fields import Option, OptionField, Slider
from calculator.forms import model_presets
from calculator.registry import widget
from calculator.shared_inputs import (
    COMMON_MODELS,
    StoredForm,
    length_presets,
    parameters_field,
    stored_as_field,
    whole_field,
)

MACHINES = {
    "8": "Phone",
    "12": "Card",
    "16": "Laptop",
    "24": "Card",
    "32": "Card",
    "48": "Card",
    "80": "Server card",
    "141": "Server card",
}
# A count within a twentieth of a model's own is taken to mean that model: "8B" is 8.03 billion.
ALIKE = 20
MODEL_FIELDS = {"n": "parameters", "kvt": "cache_bytes_per_token"}
# Formats of whole files whose weights are as wide as the choice says.
STORED = {"8.5": "Q8_0", "4.5": "Q4_0", "4": "nf4-dq"}


class Form(StoredForm):
    n = parameters_field()
    p = stored_as_field("4.5", {"16": "BF16", "8.5": "Q8_0", "4.5": "Q4_0", "4": "INT4"})
    ctx = whole_field(
        label="Conversation",
        initial="8192",
        minimum="512",
        maximum="1000000",
        suffix="tokens",
        hint="Everything said so far, by both sides",
        slider=Slider("2.71", "6", "0.01"),
        accent="tokens",
    )
    kvt = whole_field(
        label="Cache for each token",
        initial="131072",
        maximum="100000000",
        suffix="bytes",
        hint="131,072 in Llama 3.1 8B. Choose a model to fill it in",
        example="131,072",
        accent="cache",
    )
    cap = OptionField(
        label="Memory of the machine",
        initial="24",
        options=[Option(gb, f"{gb} GB", name) for gb, name in MACHINES.items()],
    )
    stored_as = STORED
    model_fields = MODEL_FIELDS
    details = ("kvt",)
    presets = (model_presets("n", MODEL_FIELDS, *COMMON_MODELS), length_presets("ctx"))

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        """The cache is the model's own, so that it needs no warning; its file is counted whole."""
        return super().about_model(model, replace(result, notes=()), cleaned)


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    name: str
    how: str
    text: str
    share: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One tank: how wide the machine is drawn, what is in it, what stands over its edge."""

    machine: str
    capacity: str
    pieces: tuple[Piece, ...]
    over: str
    rows: tuple[Row, ...]
    total: Row
    rest: Row
    verdict: str
    comment: str


@widget(
    __name__,
    title="Hardware fit",
    question="Will this model run on this machine?",
    form=Form,
    terms=("inference", "weight-memory"),
    order=12,
    switch="cap",
)
def compute(*, n: Decimal, p: str, ctx: Decimal, kvt: Decimal, cap: str) -> Result:
    capacity = Decimal(cap) * GIGABYTE
    need = running_need(parameters=n, bits=Decimal(p), tokens=ctx, cache_per_token=kvt)
    longest = longest_context(capacity=capacity, need=need, cache_per_token=kvt)
    outcome = verdict(need.total, capacity)
    count, total = formatting.count_words(n), formatting.gigabytes(need.total)
    tokens = formatting.exact(ctx)
    return Result(
        outputs={
            "need": Output.of_bytes(need.total),
            "verdict": Output(outcome, outcome),
            "weights": Output.of_bytes(need.weights),
            "cache": Output.of_bytes(need.cache),
            "working": Output.of_bytes(need.working),
            "maxctx": Output(longest, context_words(longest), formatting.exact(longest)),
        },
        equation=equation(need),
        sentence=f"for {count} parameters at {p} bits and a conversation of {tokens} tokens."
        f" {longest_sentence(longest, cap)}",
        announcement=f"{count} parameters at {p} bits with {tokens} tokens need {total} of"
        f" {cap} GB: {outcome}",
        picture=picture(need, capacity, outcome, rows(need, capacity, count, p, tokens, kvt)),
        notes=notes(n, kvt),
    )


def notes(parameters: Decimal, cache_per_token: Decimal) -> tuple[str, ...]:
    """Nothing where a model of about this size is known to have this cache."""
    for model in MODELS.values():
        near = abs(model.parameters - parameters) * ALIKE <= parameters
        if near and model.cache_bytes_per_token == cache_per_token:
            return ()
    each = formatting.exact(cache_per_token)
    note = (
        f"The cache is counted with {each} bytes for each token, as set. It does not follow from"
        " the number of parameters: choose a model, or enter its own."
    )
    return (note,)


def context_words(tokens: int) -> str:
    """About how many tokens, never more than fit; `exact` has them all."""
    return formatting.plural(tokens, "token", "tokens")


def longest_sentence(tokens: int, cap: str) -> str:
    if not tokens:
        return f"No conversation fits into {cap} GB beside these weights and the working space."
    return (
        f"The longest conversation that fits into {cap} GB beside these weights has"
        f" {context_words(tokens)}, if the model allows it."
    )


def equation(need: Need) -> Equation:
    amount, unit = formatting.split_bytes(need.total)
    weights, cache, working = (
        formatting.gigabytes(size) for size in (need.weights, need.cache, need.working)
    )
    return Equation(
        Term("it needs", amount, unit, kind="out"),
        (
            Term("weights", weights, kind="n", operator="="),
            Term("KV cache", cache, kind="cache", operator="+"),
            Term("working space", working, kind="working", operator="+"),
        ),
        f"{amount} {unit} equals {weights} of weights plus {cache} of KV cache plus {working} of"
        " working space.",
    )


def rows(
    need: Need, capacity: Decimal, count: str, bits: str, tokens: str, cache_per_token: Decimal
) -> tuple[Row, ...]:
    each = formatting.exact(cache_per_token)
    parts = (
        ("weights", "Weights", f"{count} × {bits} bits ÷ 8", need.weights),
        ("cache", "KV cache", f"{tokens} tokens × {each} bytes", need.cache),
        ("working", "Working space", "a tenth of the weights, 1 GB at least", need.working),
    )
    return tuple(
        Row(key, name, how, formatting.gigabytes(size), formatting.percent(size / capacity, 2))
        for key, name, how, size in parts
    )


def picture(need: Need, capacity: Decimal, outcome: str, parts: tuple[Row, ...]) -> Picture:
    scale = max(capacity, need.total)
    machine, total = formatting.gigabytes(capacity), formatting.gigabytes(need.total)
    used = formatting.percent(need.total / capacity, 2)
    difference = formatting.gigabytes(abs(capacity - need.total))
    spare = need.total <= capacity
    sizes = {"weights": need.weights, "cache": need.cache, "working": need.working}
    return Picture(
        machine=machine,
        capacity=share(capacity, scale),
        pieces=stack([(row.key, row.name, sizes[row.key], row.text) for row in parts], scale=scale),
        over="" if spare else share(need.total - capacity, scale),
        rows=parts,
        total=Row("total", "Together", "", total, used),
        rest=Row("rest", "Free" if spare else "Missing", "", difference, ""),
        verdict=outcome,
        comment=f"{total} is {used} of {machine}, {difference} {'stay free' if spare else 'over'}",
    )
