"""Bytes of stored parameters, and whether they fit a machine."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import ceil

from calculator.core.catalog import read
from calculator.core.formatting import percent, significant

BITS_PER_BYTE = 8
GIGABYTE = 10**9


def weights_bytes(*, parameters: Decimal, bits: Decimal | int) -> Decimal:
    """Return the bytes that `parameters` numbers of `bits` bits each take.

    bytes = parameters × bits ÷ 8

    Left out: file headers, the scales of quantized formats (count them into `bits`), padding.
    Source: the definition of a byte; checked against published file sizes in the tests.
    """
    return parameters * bits / BITS_PER_BYTE


def transfer_seconds(*, size: Decimal, megabits_per_second: Decimal) -> Decimal:
    """Return the seconds that `size` bytes take over a connection that is fully used.

    seconds = bytes × 8 ÷ (megabits a second × 10⁶)

    Left out: protocol overhead, start-up, sharing.
    """
    return size * BITS_PER_BYTE / (megabits_per_second * 10**6)


@dataclass(frozen=True, slots=True)
class Rung:
    """One class of machine and how the size in question sits in it.

    `verdict` is "fits" (at most five sixths used, so that a fifth of the size is spare),
    "tight" (up to all of it) or "too big". `used` is size ÷ capacity.
    """

    name: str
    capacity: Decimal
    used: Decimal
    verdict: str

    @property
    def fill(self) -> str:
        """How full the tank is drawn, of 100."""
        return f"{min(100, 100 * self.used):.1f}"

    @property
    def comment(self) -> str:
        if self.verdict == "too big":
            machines = ceil(self.used) if self.used >= 2 else significant(self.used, 2)
            return f"needs {machines} of these"
        tail = " and leaves no room" if self.verdict == "tight" else ""
        return f"uses {percent(self.used, 2)} of it{tail}"


@dataclass(frozen=True, slots=True)
class Machine:
    """A class of machine: its name, how a sentence calls one of them, its memory in bytes."""

    name: str
    alone: str
    capacity: Decimal


@cache
def machines() -> tuple[Machine, ...]:
    rows = read("facts.toml")["ladder"]
    assert isinstance(rows, list)
    return tuple(
        Machine(row["name"], row["alone"], Decimal(row["gigabytes"]) * GIGABYTE) for row in rows
    )


def ladder(size: Decimal) -> tuple[Rung, ...]:
    """Return every class of machine with its verdict on `size` bytes of weights.

    fits when size × 6 ÷ 5 ≤ capacity; tight when size ≤ capacity.

    Left out: the KV cache, working space, and what the machine keeps for itself.
    """
    return tuple(rung(machine.name, machine.capacity, size) for machine in machines())


def rung(name: str, capacity: Decimal, size: Decimal) -> Rung:
    if size * 6 <= capacity * 5:
        verdict = "fits"
    elif size <= capacity:
        verdict = "tight"
    else:
        verdict = "too big"
    return Rung(name, capacity, size / capacity, verdict)
