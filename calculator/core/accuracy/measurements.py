"""The measurements that others published, each with the interval that its digits and unit allow."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from types import MappingProxyType

GB, MIB, GIB = 10**9, 2**20, 2**30

# What a unit multiplies a printed number by. Some sources print GB and do not say which: then the
# truth lies anywhere between the two meanings.
UNITS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "bytes": (1, 1),
        "MiB": (MIB, MIB),
        "MiB (approx.)": (MIB, MIB),
        "GiB": (GIB, GIB),
        "GiB (printed GB)": (GIB, GIB),
        "GB": (GB, GB),
        "GB (10^9)": (GB, GB),
        "GB (approx.)": (GB, GIB),
        "GB (unit not defined)": (GB, GIB),
        "params": (1, 1),
        "params (rounded)": (1, 1),
        "tokens": (1, 1),
        "bits/weight": (1, 1),
        "tok/s": (1, 1),
        "x (2*b*s*h bytes)": (1, 1),
    }
)
# Units whose numbers are counts, so that the last digit was not rounded.
WHOLE = frozenset({"bytes", "params", "tokens"})
BYTES = frozenset(unit for unit in UNITS if unit.startswith(("bytes", "Mi", "Gi", "GB")))


@dataclass(frozen=True, slots=True)
class Measurement:
    """One published number; `low` and `high` are in bytes, parameters, tokens, bits or a second.

    They differ by half a unit of the last printed digit either way, and by the two meanings of GB
    where the source does not say which it is.
    """

    id: str
    model: str
    setting: str
    quantity: str
    printed: str
    unit: str
    source: str

    @property
    def value(self) -> Fraction:
        """The printed number by the smaller meaning of its unit."""
        return Fraction(self.printed) * UNITS[self.unit][0]

    @property
    def undefined(self) -> bool:
        low, high = UNITS[self.unit]
        return low != high

    @property
    def half(self) -> Fraction:
        """Half a unit of the last digit that was printed."""
        exponent = Decimal(self.printed).as_tuple().exponent
        assert isinstance(exponent, int)
        return Fraction(0) if self.unit in WHOLE else Fraction(10) ** exponent / 2

    @property
    def low(self) -> Fraction:
        return (Fraction(self.printed) - self.half) * UNITS[self.unit][0]

    @property
    def high(self) -> Fraction:
        return (Fraction(self.printed) + self.half) * UNITS[self.unit][1]


def measurements() -> tuple[Measurement, ...]:
    file = resources.files("calculator.core").joinpath("data", "measured.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return tuple(
        Measurement(
            row["id"],
            row["model"].replace("\N{NO-BREAK SPACE}", " "),
            row["setting"],
            row["quantity"],
            row["value"],
            row["unit"],
            row["source"],
        )
        for row in rows
    )
