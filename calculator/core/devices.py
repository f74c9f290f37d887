"""The machines that models run on: memory in the bytes they report, speeds, and their sources."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from calculator.core.catalog import read
from calculator.core.ranges import Span

GIGA = 10**9
TERA = 10**12
KINDS = (
    "phone",
    "edge board",
    "laptop",
    "desktop",
    "consumer card",
    "workstation card",
    "data-centre card",
    "server",
)


class DeviceError(LookupError):
    """A slug that no device of the catalogue has: `str()` is a sentence for the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as data/devices.toml describes it. What could not be checked is None or empty.

    `gigabytes` is what it is sold as, `memory_bytes` what it reports, `reported` who printed that.
    `visible` is what programs were seen to get, fewest and most bytes. `memory_type` is "gddr",
    "hbm", "unified" or "cpu", the regimes of speed.py. `bandwidth` is in GB/s, `tflops` the peak
    16-bit rate without sparsity, `watts` the power limit, each of the whole device. `count` cards
    of the device `of` make up a server.
    """

    slug: str
    name: str
    maker: str
    kind: str
    memory_type: str
    gigabytes: int
    memory_bytes: int
    reported: str
    source: str
    url: str
    checked: date
    visible: Span | None = None
    visible_source: str = ""
    bandwidth: float | None = None
    tflops: float | None = None
    tflops_source: str = ""
    watts: int | None = None
    note: str = ""
    of: str = ""
    count: int = 1

    @property
    def usable(self) -> Span:
        """Bytes a program can use: as seen, or all that the device reports where nobody looked.

        Units: bytes. Left out: other programs, the screen, an engine's own margin (verdicts.py).
        Source: `visible_source`, else `reported`.
        """
        return self.visible or Span(self.memory_bytes, self.memory_bytes)

    @property
    def nominal(self) -> bool:
        """Whether the bytes are the sold size and nobody's reading of the device."""
        return self.reported.startswith("nominal")

    @property
    def bytes_per_second(self) -> float | None:
        return None if self.bandwidth is None else self.bandwidth * GIGA

    @property
    def operations_per_second(self) -> float | None:
        return None if self.tflops is None else self.tflops * TERA


def _card(slug: str, row: dict[str, Any]) -> Device:
    ends = row.pop("visible", None)
    return Device(slug=slug, visible=Span(*ends) if ends else None, **row)


def _server(slug: str, row: dict[str, Any], cards: Mapping[str, Device]) -> Device:
    """Return a server: its cards added up; power only where the server's own was read."""
    card, count = cards[row["of"]], row["count"]
    return replace(
        card,
        slug=slug,
        gigabytes=count * card.gigabytes,
        memory_bytes=count * card.memory_bytes,
        visible=card.visible and Span(count * card.visible.low, count * card.visible.high),
        bandwidth=card.bandwidth and count * card.bandwidth,
        tflops=card.tflops and count * card.tflops,
        **{"watts": None, "note": "", **row},
    )


@cache
def devices() -> Mapping[str, Device]:
    """Return the catalogue by slug, in the order of data/devices.toml, servers last.

    Units: as `Device` says. Errors: KeyError for a server of a card that is not in the file.
    Left out: what could not be checked: None. Source: each row names its own.
    """
    rows: dict[str, Any] = read("devices.toml")
    cards = {slug: _card(slug, row) for slug, row in rows.items() if "of" not in row}
    servers = {slug: _server(slug, row, cards) for slug, row in rows.items() if "of" in row}
    return MappingProxyType(cards | servers)


def device(slug: str) -> Device:
    """Return one device of the catalogue.

    Errors: DeviceError for an unknown slug, naming up to three that resemble it.
    Source: data/devices.toml.
    """
    known = devices()
    if slug in known:
        return known[slug]
    words = slug.lower().replace("_", "-").split("-")
    near = [name for name in known if all(word in name for word in words[:2])][:3]
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise DeviceError(f"no device is called “{slug}”{hint}")
