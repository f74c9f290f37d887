"""Operations, time, money and energy of a training run; what is not entered is not shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from calculator.catalogue.training.plan import Plan
from calculator.core import formatting
from calculator.core.speed import (
    TRAINING_SHARE,
    TRAINING_SOURCE,
    Rate,
    compute_seconds,
    energy,
    money,
    training_flops,
)

KAPLAN = "Kaplan et al. 2020, arXiv:2001.08361, section 2.1"
WH = 1000
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of the bill: what, how much, the formula with its numbers, the source."""

    name: str
    text: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class Spending:
    """What a reader said of a run; 0 where nothing was entered. `share` is of 1."""

    tokens: int
    share: float = 0
    price: Decimal = Decimal(0)
    overhead: float = 0


def operations(plan: Plan, tokens: int) -> int:
    """Return the operations of a run: 6 × active × tokens, 8 where activations are recomputed.

    With an adapter no gradients of the frozen weights are made: 4 (or 6) × active × tokens, and
    6 (or 8) × the adapter's own parameters × tokens on top.

    Units: operations. Errors: SpeedError for negative numbers.
    Left out: attention over the context, the optimizer's step, unpacking 4-bit weights.
    Source: Kaplan et al. 2020, section 2.1: 2 forward, 2 back through, 2 for gradients of weights.
    """
    active = plan.shape.active_parameters
    whole = training_flops(active=active, tokens=tokens, recompute=plan.recompute)
    if plan.adapter is None:
        return whole
    own = training_flops(active=plan.trained, tokens=tokens, recompute=plan.recompute)
    return whole - 2 * active * tokens + own


def bill(plan: Plan, said: Spending) -> tuple[tuple[Amount, ...], str]:
    """The lines that can be worked out, and a sentence on what stays unknown."""
    if not said.tokens:
        return (), ""
    count = operations(plan, said.tokens)
    lines = [worked(plan, said.tokens, count)]
    peak = plan.device.operations_per_second
    if peak is None:
        return tuple(lines), "The peak rate of this device is unknown, and so are time and money."
    share = (said.share, said.share) if said.share else TRAINING_SHARE
    if plan.adapter and not said.share:
        return tuple(lines), (
            "How much of the peak adapters reach is not published in the sources at hand: enter a"
            " share of the peak to see time, money and energy."
        )
    taken = compute_seconds(operations=count, peak=peak, devices=plan.devices, share=share)
    lines.extend(following(plan, said, taken, count))
    missing = "" if plan.device.watts else "Its power is unknown, and so is the energy."
    return tuple(lines), missing


def worked(plan: Plan, tokens: int, count: int) -> Amount:
    active, said = formatting.exact(plan.shape.active_parameters), formatting.exact(tokens)
    each = 8 if plan.recompute else 6
    formula = f"{each} × {active} active × {said} tokens"
    if plan.adapter:
        own = formatting.exact(plan.trained)
        formula = f"({each - 2} × {active} active + {each} × {own}) × {said} tokens"
    return Amount("Operations", scientific(count), formula, KAPLAN)


def following(plan: Plan, said: Spending, taken: Rate, count: int) -> Iterator[Amount]:
    device, devices = plan.device, plan.devices
    low, high = said.share or TRAINING_SHARE[0], said.share or TRAINING_SHARE[1]
    percents = formatting.between(formatting.percent(low), formatting.percent(high))
    yield Amount(
        "Time",
        formatting.between(*(formatting.duration(each) for each in (taken.low, taken.high))),
        f"{scientific(count)} ÷ ({percents} × {device.tflops:g}×10¹² × {devices})",
        f"the share as entered; {device.tflops_source or device.source}"
        if said.share
        else f"{TRAINING_SOURCE}; {device.tflops_source or device.source}",
    )
    hours = [each / HOUR * devices for each in (taken.low, taken.high)]
    yield Amount(
        "Device hours",
        formatting.between(*(formatting.significant(each) for each in hours)),
        f"time × {devices}",
        "the definition of an hour",
    )
    if said.price:
        paid = [
            money(seconds=each, devices=devices, hourly=float(said.price))
            for each in (taken.low, taken.high)
        ]
        yield Amount(
            "Money",
            formatting.between(*(formatting.significant(each) for each in paid)) + " dollars",
            f"device hours × {formatting.exact(said.price)} dollars",
            "the price as entered",
        )
    if device.watts:
        yield from powered(plan, said, taken, device.watts)


def powered(plan: Plan, said: Spending, taken: Rate, watts: int) -> Iterator[Amount]:
    ends = (taken.low, taken.high)
    used = [energy(seconds=each, devices=plan.devices, watts=watts) for each in ends]
    yield Amount(
        "Energy of the devices",
        formatting.between(*(kilowatt_hours(each) for each in used)),
        f"device hours × {watts} W",
        f"the power limit: {plan.device.source}",
    )
    if said.overhead:
        whole = [
            energy(seconds=each, devices=plan.devices, watts=watts, overhead=said.overhead)
            for each in ends
        ]
        yield Amount(
            "Energy with the building",
            formatting.between(*(kilowatt_hours(each) for each in whole)),
            f"energy of the devices × {said.overhead:g}",
            "the overhead as entered",
        )


def scientific(count: int) -> str:
    """Operations as a power of ten, however few: "7.23×10²³"."""
    figures, _, exponent = f"{Decimal(count):.2e}".partition("e")
    return f"{formatting.exact(Decimal(figures))}×{formatting.power(10, int(exponent))}"


def kilowatt_hours(amount: float) -> str:
    for size, unit in ((10**9, "TWh"), (10**6, "GWh"), (10**3, "MWh"), (1, "kWh")):
        if amount >= size:
            return f"{formatting.significant(amount / size)} {unit}"
    return f"{formatting.significant(amount * WH)} Wh"
