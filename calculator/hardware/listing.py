"""The list of devices: which rows an address asks for, and in which order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import capfirst, slugify

from calculator import listing
from calculator.core.devices import KINDS, Device, devices
from calculator.listing import Column, known

type Key = Callable[[Device], float | str | None]

# The sizes of memory that people look for, as they are sold, in GB.
LEAST = (8, 12, 16, 24, 32, 48, 80, 128, 192, 512)
KIND_SLUGS: Mapping[str, str] = {slugify(kind): kind for kind in KINDS}


def by_name(device: Device) -> str:
    return device.name.casefold()


COLUMNS: tuple[Column[Key], ...] = (
    Column("name", "Device", by_name, "Name", first="", numeric=False),
    Column("maker", "Maker", lambda device: device.maker, "Maker", first="", numeric=False),
    Column("sold", "Sold as", lambda device: device.gigabytes, "Memory as sold, most first"),
    Column(
        "memory", "Reports", lambda device: device.memory_bytes, "Memory in bytes, most first",
        hint="10⁹ bytes, 2³⁰ bytes",
    ),
    Column(
        "usable", "Usable", lambda device: device.usable.low, "Usable memory, most first",
        hint="by programs",
    ),
    Column(
        "bandwidth", "Bandwidth", lambda device: device.bandwidth, "Bandwidth, most first",
        hint="of its memory",
    ),
    Column(
        "peak", "Peak", lambda device: device.tflops, "Peak rate, highest first",
        hint="16-bit, TFLOP/s",
    ),
    Column("power", "Power", lambda device: device.watts, "Power, most first", hint="limit"),
    Column(
        "checked", "Checked", lambda device: device.checked.toordinal(), "Checked, newest first"
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Choice(listing.Choice[Key]):
    kind: str = ""
    maker: str = ""
    memory: int = 0
    sort: str = "memory"

    columns = COLUMNS

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        return cls(
            kind=known(query, "kind", KIND_SLUGS),
            maker=known(query, "maker", makers()),
            memory=int(known(query, "memory", [str(size) for size in LEAST]) or 0),
            sort=cls.known_sort(query),
        )

    def wants(self, device: Device) -> bool:
        return (
            (not self.kind or device.kind == KIND_SLUGS[self.kind])
            and (not self.maker or device.maker == self.maker)
            and device.gigabytes >= self.memory
        )

    def arrange(self, found: Iterable[Device]) -> list[Device]:
        """Sort by the column, then by name; what is unknown comes last both ways."""
        named = sorted(found, key=by_name)
        value = self.column.by
        known = [device for device in named if value(device) is not None]
        rest = [device for device in named if value(device) is None]
        return [*sorted(known, key=value, reverse=self.falling), *rest]  # type: ignore[arg-type]


@dataclass(frozen=True)
class Listing(listing.Listing[Choice]):
    @cached_property
    def rows(self) -> list[Device]:
        return self.choice.arrange(filter(self.choice.wants, devices().values()))

    @property
    def total(self) -> int:
        return len(devices())

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(slug, capfirst(kind)) for slug, kind in KIND_SLUGS.items()]

    @property
    def makers(self) -> list[str]:
        return makers()

    @property
    def memories(self) -> tuple[int, ...]:
        return LEAST


def makers() -> list[str]:
    return sorted({device.maker for device in devices().values()}, key=str.casefold)
