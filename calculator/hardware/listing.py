"""The list of devices: which rows an address asks for, and in which order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.http import urlencode
from django.utils.text import slugify

from calculator.core.devices import KINDS, Device, devices

type Key = Callable[[Device], float | str | None]

# The sizes of memory that people look for, as they are sold, in GB.
LEAST = (8, 12, 16, 24, 32, 48, 80, 128, 192, 512)
KIND_SLUGS: Mapping[str, str] = {slugify(kind): kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by which the list can be sorted; `first` is the order of its first click."""

    key: str
    label: str
    value: Key
    words: str
    first: str = "-"
    hint: str = ""
    numeric: bool = True


def by_name(device: Device) -> str:
    return device.name.casefold()


COLUMNS = (
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
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = "memory"


@dataclass(frozen=True)
class Choice:
    """What the address asks for; an unknown value filters nothing."""

    kind: str = ""
    maker: str = ""
    memory: int = 0
    sort: str = USUAL

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        kind, maker, memory, sort = (
            query.get(name, "") for name in ("kind", "maker", "memory", "sort")
        )
        return cls(
            kind=kind if kind in KIND_SLUGS else "",
            maker=maker if maker in makers() else "",
            memory=int(memory) if memory in map(str, LEAST) else 0,
            sort=sort if sort.removeprefix("-") in BY_KEY else USUAL,
        )

    @property
    def column(self) -> Column:
        return BY_KEY[self.sort.removeprefix("-")]

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def filters(self) -> dict[str, str | int]:
        named: dict[str, str | int] = {
            "kind": self.kind,
            "maker": self.maker,
            "memory": self.memory,
        }
        return {name: value for name, value in named.items() if value}

    @property
    def address(self) -> str:
        """The shortest query that brings this list back, with its question mark; "" for all."""
        values = self.filters | ({} if self.sort == USUAL else {"sort": self.sort})
        return f"?{urlencode(values)}" if values else ""

    def wants(self, device: Device) -> bool:
        return (
            (not self.kind or device.kind == KIND_SLUGS[self.kind])
            and (not self.maker or device.maker == self.maker)
            and device.gigabytes >= self.memory
        )

    def arrange(self, found: Iterable[Device]) -> list[Device]:
        """Sort by the column, then by name; what is unknown comes last both ways."""
        named = sorted(found, key=by_name)
        value = self.column.value
        known = [device for device in named if value(device) is not None]
        rest = [device for device in named if value(device) is None]
        return [*sorted(known, key=value, reverse=self.falling), *rest]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: where it leads, and how the list is sorted by it now."""

    column: Column
    href: str
    sorted: str


@dataclass(frozen=True)
class Listing:
    """All that the page of devices shows."""

    choice: Choice
    path: str

    @property
    def rows(self) -> list[Device]:
        wanted = (device for device in devices().values() if self.choice.wants(device))
        return self.choice.arrange(wanted)

    @property
    def total(self) -> int:
        return len(devices())

    @property
    def headings(self) -> list[Heading]:
        return [self.heading(column) for column in COLUMNS]

    def heading(self, column: Column) -> Heading:
        if column != self.choice.column:
            return Heading(column, self.sorted_by(column.first + column.key), "")
        turned = "" if self.choice.falling else "-"
        now = "descending" if self.choice.falling else "ascending"
        return Heading(column, self.sorted_by(turned + column.key), now)

    def sorted_by(self, sort: str) -> str:
        return self.path + replace(self.choice, sort=sort).address

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The ways to sort that the form offers, the one of the address among them."""
        offered = [(column.first + column.key, column.words) for column in COLUMNS]
        if self.choice.sort not in dict(offered):
            label = self.choice.column.label
            offered.append(
                (self.choice.sort, f"{label}, {'falling' if self.choice.falling else 'rising'}")
            )
        return offered

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return list(KIND_SLUGS.items())

    @property
    def makers(self) -> list[str]:
        return makers()

    @property
    def memories(self) -> tuple[int, ...]:
        return LEAST


def makers() -> list[str]:
    return sorted({device.maker for device in devices().values()}, key=str.casefold)
