"""A published count beside ours: how far apart they are, in words."""

from dataclasses import dataclass

from calculator.catalogue.texts import Published
from calculator.core import formatting


@dataclass(frozen=True, slots=True)
class Comparison:
    published: Published
    difference: int

    @property
    def words(self) -> str:
        more = "more" if self.difference > 0 else "fewer"
        return f"{formatting.exact(abs(self.difference))} {more}"
