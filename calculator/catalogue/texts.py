"""Database fields whose fixtures are easy to read: a list stands for lines, an object for JSON."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:  # Not subscriptable at run time in Django 6.1.
    TextField = models.TextField


class LinesField(TextField):
    """Rows of a text, one a line; a fixture may write them as a list."""

    def to_python(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else super().to_python(value)


class ConfigField(TextField):
    """A config.json as it was pasted; a fixture may write it as an object."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value, indent=2, ensure_ascii=False)
        return super().to_python(value)


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Published:
    """A count that somebody else publishes, and why it may differ from ours."""

    count: int
    counts: str
    where: str
    url: str
    why: str


def cells(line: str, number: int) -> list[str]:
    """The parts of a line between bars, as many as asked; missing ones are empty."""
    found = [cell.strip() for cell in line.split("|", number - 1)]
    return found + [""] * (number - len(found))


def sources(text: str) -> list[Source]:
    rows = (cells(line, 2) for line in text.splitlines() if line.strip())
    return [Source(title, url) for title, url in rows]


def published(text: str) -> list[Published]:
    rows = (cells(line, 5) for line in text.splitlines() if line.strip())
    return [
        Published(int(count.replace(",", "")), what, where, url, why)
        for count, what, where, url, why in rows
    ]
