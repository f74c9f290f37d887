"""The list of models: which rows an address asks for, in which order, and how each one reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, OrderBy, Q
from django.utils.text import slugify

from calculator import listing
from calculator.catalogue.machines import most_held, smallest
from calculator.catalogue.queries import LanguageModelQuerySet
from calculator.core.devices import KINDS, Device, devices
from calculator.core.tiers import Tier, tiers
from calculator.listing import Column, known
from calculator.models import Kind, LanguageModel

LONGEST_SEARCH = 80
# What a column sorts by is the name of a field of the model.
COLUMNS = (
    Column("name", "Model", "name", "Name", first="", numeric=False),
    Column("maker", "Maker", "maker", "Maker", first="", numeric=False),
    Column("released", "Released", "released", "Release, newest first", numeric=False),
    Column("total", "Parameters", "total", "Parameters, most first"),
    Column("active", "Active", "active", "Active parameters, most first", hint="for one token"),
    Column("16-bit", "16-bit", "bytes_16", "16-bit size, largest first", hint="weights"),
    Column("4-bit", "4-bit", "bytes_4", "4-bit size, largest first", hint="Q4_K_M"),
    Column("cache", "Cache", "cache_per_token", "Cache, largest first", hint="a token, 16-bit"),
    Column(
        "device",
        "Smallest device",
        "needs",
        "Device, smallest first",
        first="",
        hint="4-bit, 8K tokens",
        numeric=False,
    ),
)
KIND_FILTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "dense": ("Dense", (Kind.DENSE,)),
    "moe": ("Mixture of experts", (Kind.MOE, Kind.HYBRID_MOE)),
    "hybrid": ("Hybrid or state space", (Kind.HYBRID, Kind.HYBRID_MOE, Kind.STATE)),
    "encoder": ("Encoder", (Kind.ENCODER,)),
}
SIZES: Mapping[str, Tier] = {slugify(tier.name): tier for tier in tiers()}


@dataclass(frozen=True)
class Choice(listing.Choice[str]):
    q: str = ""
    maker: str = ""
    size: str = ""
    kind: str = ""
    fits: str = ""
    sort: str = "-released"

    columns = COLUMNS

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
            maker=query.get("maker", "").replace("\0", "")[:LONGEST_SEARCH],
            size=known(query, "size", SIZES),
            kind=known(query, "kind", KIND_FILTERS),
            fits=known(query, "fits", devices()),
            sort=cls.known_sort(query),
        )

    @property
    def device(self) -> Device | None:
        return devices().get(self.fits)

    @property
    def order(self) -> OrderBy:
        """Unknown values come last both ways."""
        field = F(self.column.by)
        return field.desc(nulls_last=True) if self.falling else field.asc(nulls_last=True)

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
        return models.order_by(self.order, "name")


@dataclass(frozen=True, slots=True)
class Row:
    model: LanguageModel
    device: Device | None


@dataclass(frozen=True)
class Listing(listing.Listing[Choice]):
    models: LanguageModelQuerySet

    prefix = "models__"
    turned = ("turned round", "turned round")

    @cached_property
    def rows(self) -> list[Row]:
        found = self.choice.narrow(self.models.for_lists())
        return [Row(model, smallest(model.needs)) for model in found]

    @cached_property
    def makers(self) -> list[str]:
        return list(
            self.models.public().values_list("maker", flat=True).distinct().order_by("maker")
        )

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
