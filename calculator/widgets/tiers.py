"""Which class of machine a model is for: a ruler of sizes with our six tiers on it."""

from dataclasses import dataclass
from decimal import Decimal
from math import log10

from calculator.core import formatting
from calculator.core.catalog import MODELS
from calculator.core.memory import GIGABYTE, Machine, weights_bytes
from calculator.core.result import Equation, Output, Result, Term
from calculator.core.shapes import Tick, coordinate, tick_at
from calculator.core.tiers import (
    FILE_BITS,
    SPARE,
    Tier,
    comfortable_bytes,
    smallest_machine,
    tier_of,
    tiers,
)
from calculator.forms import CalculatorForm
from calculator.registry import widget
from calculator.shared_inputs import parameters_field, size_presets

LOWEST, HIGHEST = Decimal(10**7), Decimal(10**13)
FAMILIAR = ("gpt2-small", "llama-3.1-8b", "llama-3.1-405b")
PURE_BITS = 4
# Labels this near an end of the ruler, in percent, lean inwards.
EDGE = 12


class Form(CalculatorForm):
    n = parameters_field()
    presets = (size_presets("1", "8", "32", "70", "405"),)


@dataclass(frozen=True, slots=True)
class Band:
    """One tier on the ruler and in the table."""

    name: str
    x: str
    width: str
    edge: str
    sizes: str
    memory: str
    typical: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Picture:
    bands: tuple[Band, ...]
    models: tuple[Tick, ...]
    marker: Tick
    need: Equation


@widget(
    __name__,
    title="Size tiers",
    question="What class of machine is this model for?",
    form=Form,
    terms=("model-tier", "parameter-count"),
    order=11,
)
def compute(*, n: Decimal) -> Result:
    tier, need = tier_of(n), comfortable_bytes(n)
    device = smallest_machine(need)
    count, needed, machine = formatting.count_words(n), formatting.gigabytes(need), named(device)
    pure = weights_bytes(parameters=n, bits=PURE_BITS)
    return Result(
        outputs={
            "tier": Output(tier.name, tier.name),
            "need": Output.of_bytes(need),
            "device": Output(device.capacity / GIGABYTE if device else machine, machine),
            "gb4": Output.of_bytes(pure),
        },
        equation=membership(tier, count),
        sentence=f"by its count of parameters. Stored at 4.5 bits each, with a fifth to spare, it"
        f" wants {needed} of memory: the smallest class of machine for it is {machine}.",
        announcement=f"A model of {count} parameters is in the tier {tier.name} and wants {needed}:"
        f" {machine}",
        picture=Picture(
            bands=tuple(band(item, item == tier) for item in tiers()),
            models=tuple(
                tick(MODELS[slug].name, Decimal(MODELS[slug].parameters)) for slug in FAMILIAR
            ),
            marker=tick(count, n),
            need=requirement(need, count),
        ),
    )


def named(machine: Machine | None) -> str:
    if machine is None:
        return "several servers"
    return f"a {machine.alone} with {formatting.gigabytes(machine.capacity)}"


def membership(tier: Tier, count: str) -> Equation:
    """The tier as an inequality; the first and the last are open on one side."""
    low = (Term("at least", formatting.count_words(tier.low)),) if tier.low else ()
    terms = (*low, Term("parameters", count, kind="n", operator="≤" if low else ""))
    words = f"{tier.name}: {count} parameters"
    if low:
        words += f", at least {formatting.count_words(tier.low)}"
    if tier.high is not None:
        terms += (Term("below", formatting.count_words(tier.high), operator="<"),)
        words += f", below {formatting.count_words(tier.high)}"
    return Equation(Term("tier", tier.name, kind="out"), terms, f"{words}.")


def requirement(need: Decimal, count: str) -> Equation:
    amount, unit = formatting.split_bytes(need)
    bits, spare = formatting.exact(FILE_BITS), formatting.exact(SPARE)
    return Equation(
        Term("memory it wants", amount, unit, kind="out"),
        (
            Term("parameters", count, kind="n", operator="="),
            Term("bits each", bits, operator="×"),
            Term("bits in a byte", "8", operator="÷"),
            Term("a fifth to spare", spare, operator="×"),
        ),
        f"The memory it wants, {amount} {unit}, equals {count} parameters times {bits} bits each,"
        f" divided by 8, times {spare} for a fifth to spare.",
    )


def band(tier: Tier, chosen: bool) -> Band:  # noqa: FBT001
    low, high = tier.low, tier.high
    start, end = position(max(low, LOWEST)), position(high or HIGHEST)
    if high is None:
        sizes = f"{formatting.count_words(low)} and more"
        memory = f"{formatting.gigabytes(four_bits(low))} and more"
    elif not low:
        sizes, memory = (
            f"Below {text}"
            for text in (formatting.count_words(high), formatting.gigabytes(four_bits(high)))
        )
    else:
        sizes = f"{formatting.exact(low / GIGABYTE)} to {formatting.count_words(high)}"
        memory = (
            f"{formatting.gigabytes(four_bits(low))} to {formatting.gigabytes(four_bits(high))}"
        )
    return Band(
        name=tier.name,
        x=f"{coordinate(start)}%",
        width=f"{coordinate(end - start)}%",
        edge=formatting.exact(low / GIGABYTE) if low else "",
        sizes=sizes,
        memory=memory,
        typical=tier.typical,
        chosen=chosen,
    )


def four_bits(parameters: Decimal) -> Decimal:
    return weights_bytes(parameters=parameters, bits=PURE_BITS)


def tick(name: str, parameters: Decimal) -> Tick:
    return tick_at(position(parameters), name, edge=EDGE)


def position(parameters: Decimal) -> float:
    """Where a count stands on the ruler, in percent: each factor of ten takes the same length."""
    decades = log10(HIGHEST / LOWEST)
    return 100 * log10(parameters / LOWEST) / decades
