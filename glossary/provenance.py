"""What "How we check our numbers" shows: counts beside published ones, facts with their sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from calculator.core.catalog import MODELS, Model, read
from calculator.core.parameters import decoder_of, decoder_parts


@dataclass(frozen=True, slots=True)
class Count:
    model: Model
    computed: int

    @property
    def difference(self) -> int:
        return self.computed - self.model.parameters


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    source: str
    checked: date


def counts() -> Iterator[Count]:
    """Yield every dense, gated model of the catalogue: the shape that the anatomy card counts."""
    for model in MODELS.values():
        if model.gated and model.experts == 1:
            yield Count(model, decoder_parts(decoder_of(model)).total)


def facts() -> Iterator[Fact]:
    for model in MODELS.values():
        yield Fact(f"Settings of {model.name}", model.source, model.checked)
    sources = cast("dict[str, dict[str, Any]]", read("facts.toml")["source"])
    for name, row in sources.items():
        yield Fact(
            row.get("name", name.replace("_", " ").capitalize()), row["source"], row["checked"]
        )
