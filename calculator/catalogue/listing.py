"""The list of models: which rows an address asks for, in which order, and how each one reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import F, OrderBy, Q
from django.utils.http import urlencode
from django.utils.text import slugify

from calculator.catalogue.machines import most_held, smallest
from calculator.catalogue.queries import LanguageModelQuerySet
from calculator.core.devices import KINDS, Device, devices
from calculator.core.tiers import Tier, tiers
from calculator.models import Kind, LanguageModel

LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Column:
    """A column by which the list can be sorted; `first` is the order of its first click."""

    key: str
    label: str
    field: str
    words: str
    first: str = "-"
    hint: str = ""
    numeric: bool = True

    def order(self, sign: str) -> OrderBy:
        """Unknown values come last both ways."""
        if sign:
            return F(self.field).desc(nulls_last=True)
        return F(self.field).asc(nulls_last=True)


COLUMNS = (
    Column("name", "Model", "name", "name", first="", numeric=False),
    Column("maker", "Maker", "maker", "maker", first="", numeric=False),
    Column("released", "Released", "released", "release, newest first", numeric=False),
    Column("total", "Parameters", "total", "parameters, most first"),
    Column("active", "Active", "active", "active parameters, most first", hint="for one token"),
    Column("16-bit", "16-bit", "bytes_16", "16-bit size, largest first", hint="weights"),
    Column("4-bit", "4-bit", "bytes_4", "4-bit size, largest first", hint="Q4_K_M"),
    Column("cache", "Cache", "cache_per_token", "cache, largest first", hint="a token, 16-bit"),
    Column(
        "device",
        "Smallest device",
        "needs",
        "device, smallest first",
        first="",
        hint="4-bit, 8K tokens",
        numeric=False,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = "-released"
KIND_FILTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "dense": ("Dense", (Kind.DENSE,)),
    "moe": ("Mixture of experts", (Kind.MOE, Kind.HYBRID_MOE)),
    "hybrid": ("Hybrid or state space", (Kind.HYBRID, Kind.HYBRID_MOE, Kind.STATE)),
    "encoder": ("Encoder", (Kind.ENCODER,)),
}


@dataclass(frozen=True)
class Choice:
    """What the address asks for; an unknown value filters nothing."""

    q: str = ""
    maker: str = ""
    size: str = ""
    kind: str = ""
    fits: str = ""
    sort: str = USUAL

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        fits, kind, size = (query.get(name, "") for name in ("fits", "kind", "size"))
        sort = query.get("sort", "")
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
            maker=query.get("maker", "").replace("\0", "")[:LONGEST_SEARCH],
            size=size if size in SIZES else "",
            kind=kind if kind in KIND_FILTERS else "",
            fits=fits if fits in devices() else "",
            sort=sort if sort.removeprefix("-") in BY_KEY else USUAL,
        )

    @property
    def column(self) -> Column:
        return BY_KEY[self.sort.removeprefix("-")]

    @property
    def sign(self) -> str:
        return "-" if self.sort.startswith("-") else ""

    @property
    def filters(self) -> dict[str, str]:
        named = {name: getattr(self, name) for name in ("q", "maker", "size", "kind", "fits")}
        return {name: value for name, value in named.items() if value}

    @property
    def address(self) -> str:
        """The shortest query that brings this list back, with its question mark; "" for all."""
        sort = {} if self.sort == USUAL else {"sort": self.sort}
        values = self.filters | sort
        return f"?{urlencode(values)}" if values else ""

    @property
    def device(self) -> Device | None:
        return devices().get(self.fits)

    def narrow(self, models: LanguageModelQuerySet) -> LanguageModelQuerySet:
        for word in self.q.split():
            models = models.filter(
                Q(name__icontains=word) | Q(slug__icontains=word) | Q(same_shape__icontains=word)
            )
        if self.maker:
            models = models.filter(maker=self.maker)
        if self.kind:
            models = models.filter(kind__in=KIND_FILTERS[self.kind][1])
        if self.size:
            tier = SIZES[self.size]
            models = models.filter(total__gte=tier.low)
            models = models.filter(total__lt=tier.high) if tier.high else models
        if self.fits:
            models = models.filter(needs__lte=most_held(self.fits))
        return models.order_by(self.column.order(self.sign), "name")


SIZES: Mapping[str, Tier] = {slugify(tier.name): tier for tier in tiers()}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: where it leads, and how the list is sorted by it now."""

    column: Column
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Row:
    model: LanguageModel
    device: Device | None


@dataclass(frozen=True)
class Listing:
    """All that the page of models shows."""

    choice: Choice
    models: LanguageModelQuerySet
    path: str
    rows: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        found = self.choice.narrow(self.models.for_lists())
        rows = [Row(model, smallest(model.needs)) for model in found]
        object.__setattr__(self, "rows", rows)

    @cached_property
    def makers(self) -> list[str]:
        return list(
            self.models.public().values_list("maker", flat=True).distinct().order_by("maker")
        )

    @property
    def headings(self) -> list[Heading]:
        return [self.heading(column) for column in COLUMNS]

    def heading(self, column: Column) -> Heading:
        if column != self.choice.column:
            return Heading(column, self.sorted_by(column.first + column.key), "")
        turned = "" if self.choice.sign else "-"
        now = "descending" if self.choice.sign else "ascending"
        return Heading(column, self.sorted_by(turned + column.key), now)

    def sorted_by(self, sort: str) -> str:
        return (self.path + replace(self.choice, sort=sort).address) or self.path

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The ways to sort that the form offers, the one of the address among them."""
        offered = [(column.first + column.key, column.words) for column in COLUMNS]
        if self.choice.sort not in dict(offered):
            offered.append((self.choice.sort, f"{self.choice.column.label.lower()}, turned round"))
        return [(value, f"{words[0].upper()}{words[1:]}") for value, words in offered]

    @property
    def sizes(self) -> list[tuple[str, Tier]]:
        return list(SIZES.items())

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(key, label) for key, (label, _) in KIND_FILTERS.items()]

    @property
    def devices_by_kind(self) -> list[tuple[str, list[Device]]]:
        """Every device by kind, the smallest memory first."""
        ordered = sorted(devices().values(), key=lambda device: device.usable.low)
        return [(kind, [device for device in ordered if device.kind == kind]) for kind in KINDS]
