"""Which of our six size tiers a model belongs to, and the smallest machine it is for."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from calculator.core.catalog import read
from calculator.core.memory import GIGABYTE, Machine, machines, weights_bytes

# What a common 4-bit file takes with its scales, and the room to work that goes with it.
FILE_BITS = Decimal("4.5")
SPARE = Decimal("1.2")


@dataclass(frozen=True, slots=True)
class Tier:
    """Sizes from `low` up to, and without, `high` parameters; the last tier has no end."""

    name: str
    low: Decimal
    high: Decimal | None
    typical: str

    def holds(self, parameters: Decimal) -> bool:
        return self.low <= parameters and (self.high is None or parameters < self.high)


@cache
def tiers() -> tuple[Tier, ...]:
    rows = read("facts.toml")["tier"]
    assert isinstance(rows, list)
    edges = [Decimal(row["billions"]) * GIGABYTE for row in rows]
    return tuple(
        Tier(row["name"], low, high, row["typical"])
        for row, low, high in zip(rows, edges, [*edges[1:], None], strict=True)
    )


def tier_of(parameters: Decimal) -> Tier:
    """Return the one tier whose half-open range holds this many parameters (0 or more)."""
    return next(tier for tier in tiers() if tier.holds(parameters))


def comfortable_bytes(parameters: Decimal) -> Decimal:
    """Return the memory a model wants at 4.5 bits a weight with a fifth to spare.

    bytes = parameters × 4.5 ÷ 8 × 1.2

    Left out: long contexts, whose cache grows past the spare fifth; other precisions.
    Source: 4.5 bits is a block of 32 four-bit weights with one 16-bit scale (32 × 4 + 16) ÷ 32.
    """
    return weights_bytes(parameters=parameters, bits=FILE_BITS) * SPARE


def smallest_machine(need: Decimal) -> Machine | None:
    """Return the first class of machine with at least `need` bytes; None is several servers."""
    return next((machine for machine in machines() if need <= machine.capacity), None)
