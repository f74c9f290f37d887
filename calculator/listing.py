"""A table that its address filters and sorts: what the lists of models and of devices share."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from calculator.requests import HtmxRequest


@dataclass(frozen=True, slots=True)
class Column[By]:
    """A column to sort by; `first` is the order of its first click, `words` name that order."""

    key: str
    label: str
    by: By
    words: str
    first: str = "-"
    hint: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class Choice[By]:
    """What the address asks for; an unknown value filters nothing.

    A list adds its filters as fields, empty where they filter nothing, and gives `sort` the order
    that it has without any.
    """

    sort: str = ""

    columns: ClassVar[tuple[Column[Any], ...]] = ()

    @property
    def column(self) -> Column[By]:
        return self.by_key()[self.sort.removeprefix("-")]

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def filters(self) -> dict[str, Any]:
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value and name != "sort"}

    @property
    def address(self) -> str:
        """The shortest query that brings this list back, with its question mark; "" for all."""
        usual = type(self).sort
        values = self.filters | ({} if self.sort == usual else {"sort": self.sort})
        return f"?{urlencode(values)}" if values else ""

    @classmethod
    def by_key(cls) -> dict[str, Column[By]]:
        return {column.key: column for column in cls.columns}

    @classmethod
    def known_sort(cls, query: Mapping[str, str]) -> str:
        sort = query.get("sort", "")
        return sort if sort.removeprefix("-") in cls.by_key() else cls.sort


def known(query: Mapping[str, str], name: str, values: Container[str]) -> str:
    """What the address says of a filter, where that is one of the filter's values; else ""."""
    value = query.get(name, "")
    return value if value in values else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: where it leads, and how the list is sorted by it now."""

    column: Column[Any]
    href: str
    sorted: str
    css: str


@dataclass(frozen=True)
class Listing[Asked: Choice[Any]]:
    """All that the page of a list shows; the subclass adds its rows and what its filters offer."""

    choice: Asked
    path: str

    # What stands before a column's key in the class of its heading, and how an order that is not
    # a column's first one is said, rising and falling.
    prefix: ClassVar[str] = ""
    turned: ClassVar[tuple[str, str]] = ("rising", "falling")

    @property
    def address(self) -> str:
        return self.path + self.choice.address

    @property
    def headings(self) -> list[Heading]:
        return [self.heading(column) for column in self.choice.columns]

    def heading(self, column: Column[Any]) -> Heading:
        named = f"{self.prefix}{column.key}" if self.prefix else ""
        css = " ".join(filter(None, (named, "r" if column.numeric else "")))
        if column != self.choice.column:
            return Heading(column, self.sorted_by(column.first + column.key), "", css)
        sign, now = ("", "descending") if self.choice.falling else ("-", "ascending")
        return Heading(column, self.sorted_by(sign + column.key), now, css)

    def sorted_by(self, sort: str) -> str:
        return self.path + replace(self.choice, sort=sort).address

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The ways to sort that the form offers, the one of the address among them."""
        offered = [(column.first + column.key, column.words) for column in self.choice.columns]
        if self.choice.sort not in dict(offered):
            how = self.turned[self.choice.falling]
            offered.append((self.choice.sort, f"{self.choice.column.label}, {how}"))
        return offered


def listed(request: HtmxRequest, template: str, listing: Listing[Any]) -> HttpResponse:
    """Answer with the page of a list; a redraw puts its filters into the address."""
    response = TemplateResponse(request, template, {"listing": listing})
    if request.htmx:
        response["HX-Push-Url"] = listing.address
    return response
