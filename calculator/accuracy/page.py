"""What /accuracy/ shows: rows in groups with their errors, the plots, counts, other programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from calculator.accuracy import plots
from calculator.accuracy.citations import Citation, Citations
from calculator.accuracy.texts import GROUPS, Group
from calculator.core import formatting

GB, GIB, MIB = 10**9, 2**30, 2**20
# Past this many figures a source printed what its program held, not what it measured.
LONGEST_PRINTED = 8
# An error that the table marks.
NOTABLE = 0.03
UNITS: Mapping[str, str] = {
    "params": "",
    "params (rounded)": "",
    "x (2*b*s*h bytes)": "copies",
    "bits/weight": "bits",
    "tok/s": "a second",
    "GB (10^9)": "GB",
    "GB (unit not defined)": "GB or GiB",
    "GB (approx.)": "GB or GiB, about",
    "GiB (printed GB)": "GiB",
}
SIZES = {"bytes": 1, "MiB": MIB, "GiB": GIB}


@dataclass(frozen=True)
class Row:
    """One measured row as the table shows it."""

    data: Mapping[str, Any]
    source: Citation

    @property
    def model(self) -> str:
        return str(self.data["model"])

    @property
    def setting(self) -> str:
        setting = str(self.data["setting"]).strip("- ")
        return setting.partition("; llama-bench")[0].partition("; published table")[0]

    @property
    def measured(self) -> str:
        text, unit = self.data["measured"], self.data["unit"]
        if unit in {"bytes", "params", "tokens"}:
            text = formatting.exact(Decimal(text))
        elif unit == "params (rounded)":
            text = formatting.count_words(Decimal(text), 4)
        elif len(text) > LONGEST_PRINTED:
            text = formatting.significant(Decimal(text), 6)
        elif text.isdecimal():
            text = formatting.exact(Decimal(text))
        name = UNITS.get(unit, unit)
        return f"{text} {name}".strip()

    @property
    def meanings(self) -> str:
        """Both readings of a unit that the source does not define, in GB."""
        low, high = (Decimal(str(self.data[f"measured_{end}"])) / GB for end in ("low", "high"))
        if low == high:
            return ""
        return f"{formatting.significant(low, 4)} to {formatting.significant(high, 4)} GB"

    @property
    def off(self) -> bool:
        """Whether the error is large enough to be marked."""
        return not self.data["fitted"] and abs(self.data["error"]) >= NOTABLE

    @property
    def predicted(self) -> str:
        """In the unit of the measurement, with as many figures as tell the two apart."""
        low, high = (self.in_unit(Decimal(str(self.data[end]))) for end in ("low", "high"))
        unit = self.data["unit"]
        text = low if low == high else f"{low} to {high}"
        name = UNITS.get(unit, unit).removesuffix(", about")
        return f"{text} {'GB' if 'GB or' in name else name}".strip()

    def in_unit(self, value: Decimal) -> str:
        unit = self.data["unit"]
        if unit in {"bytes", "params", "tokens"}:
            return formatting.exact(value)
        if unit == "params (rounded)":
            return formatting.count_words(value, 4)
        if self.data["bytes"]:
            size = next((size for name, size in SIZES.items() if unit.startswith(name)), GB)
            value /= size
        return formatting.significant(value, 3 if self.data["low"] != self.data["high"] else 5)

    @property
    def error(self) -> str:
        """A signed percentage; "0" where prediction and measurement overlap."""
        share = Decimal(str(self.data["error"]))
        if not share or (self.data["within"] and self.data["low"] != self.data["high"]):
            return "0"
        shown = formatting.percent(share, 2)
        return shown if share < 0 else f"+{shown}"

    @property
    def ranged(self) -> bool:
        return self.data["low"] != self.data["high"] or "GB or" in UNITS.get(self.data["unit"], "")


@dataclass(frozen=True)
class Section:
    """One group of rows with its text, its summary and its strip of errors."""

    group: Group
    data: Mapping[str, Any]
    rows: list[Row]
    left: list[Row]
    strip: plots.Strip

    @property
    def key(self) -> str:
        return str(self.data["key"])

    @property
    def fitted(self) -> int:
        return sum(row.data["fitted"] for row in self.rows)

    @property
    def median(self) -> str:
        return share(self.data["median"])

    @property
    def worst(self) -> str:
        return share(self.data["worst"])


def share(value: float | None) -> str:
    return "" if value is None else formatting.percent(Decimal(str(value)), 2)


@dataclass(frozen=True)
class Peer:
    """One program's number for one model: as said, and against the true one."""

    said: str
    ratio: str
    right: bool


@dataclass(frozen=True)
class PeerTable:
    """One quantity of the same models through every program that gives it."""

    title: str
    tools: list[str]
    rows: list[tuple[str, str, list[Peer | None]]]


@dataclass(frozen=True)
class Page:
    sections: list[Section]
    scatter: plots.Scatter
    exact: list[Mapping[str, Any]]
    peers: list[PeerTable]
    findings: list[str]
    peers_source: str
    sources: list[Citation]

    @property
    def measured(self) -> list[Section]:
        return [section for section in self.sections if section.key != "estimates"]

    @property
    def predicted(self) -> int:
        return sum(len(section.rows) for section in self.measured)

    @property
    def fitted(self) -> int:
        return sum(section.fitted for section in self.measured)

    @property
    def left(self) -> int:
        return sum(len(section.left) for section in self.sections)


@cache
def page() -> Page:
    """Read the built file once: it changes with the code only."""
    file = resources.files("calculator.core").joinpath("data", "accuracy.json")
    data = json.loads(file.read_text(encoding="utf-8"))
    cite = Citations()
    sections = [section(group, cite) for group in data["groups"]]
    peers = data["peers"]
    return Page(
        sections=sections,
        scatter=plots.scatter(
            row for group in data["groups"] if group["key"] != "estimates" for row in group["rows"]
        ),
        exact=data["exact"],
        peers=[peer_table(peers, name, title) for name, title in PEER_QUANTITIES.items()],
        findings=peers["findings"],
        peers_source=peers["source"],
        sources=cite.all,
    )


def section(data: Mapping[str, Any], cite: Citations) -> Section:
    return Section(
        group=GROUPS[data["key"]],
        data=data,
        rows=[Row(row, cite(row["source"])) for row in data["rows"]],
        left=[Row(row, cite(row["source"])) for row in data["left"]],
        strip=plots.strip(data["rows"]),
    )


PEER_QUANTITIES = {"parameters": "Parameters", "cache": "Cache of 8,192 tokens, 16-bit"}
# Programs that round to two or three figures are right when that much agrees.
CLOSE = 0.006


def peer_table(peers: Mapping[str, Any], name: str, title: str) -> PeerTable:
    """One quantity: a row a model, a column a program that gives it for any."""
    tools = [
        tool
        for place, tool in enumerate(peers["tools"])
        if any(row["said"][place]["ratios"][name] is not None for row in peers["models"])
    ]
    rows = [
        (
            row["slug"],
            amount(name, row["truth"][name]),
            [peer(name, said) for said in row["said"] if said["tool"] in tools],
        )
        for row in peers["models"]
    ]
    return PeerTable(title, tools, rows)


def peer(name: str, said: Mapping[str, Any]) -> Peer | None:
    ratio = said["ratios"][name]
    if ratio is None:
        return None
    close = abs(ratio - 1) < CLOSE
    words = "exact" if ratio == 1 else "right"
    shown = words if close else f"{formatting.significant(ratio, 3)}×"
    return Peer(amount(name, said["said"][name]), shown, close)


def amount(name: str, value: int) -> str:
    return formatting.count_words(value, 4) if name == "parameters" else formatting.gibibytes(value)
