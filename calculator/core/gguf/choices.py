"""The words that llama.cpp's mixtures are written in: by layer, by heads shared, by calibration."""

from collections.abc import Callable
from dataclasses import dataclass

# Four or more query heads share one key and value head: then these tensors are small.
GROUPED = 4


@dataclass(frozen=True, slots=True)
class Model:
    """What the mixtures look at: `sharing` is query heads for each key and value head."""

    layers: int
    values: int
    tied: bool = False
    sharing: int = 1
    experts: int = 0
    falcon: bool = False
    seventy: bool = False
    matrix: bool = False

    @property
    def grouped(self) -> bool:
        return self.sharing >= GROUPED

    @property
    def eight(self) -> bool:
        """Mixtral's eight experts have rules of their own."""
        return self.experts == 8


@dataclass(frozen=True, slots=True)
class Case:
    """One tensor to choose for: the `number`-th of `count` with its purpose, `base` by default."""

    base: str
    model: Model
    number: int = 0
    count: int = 0

    def first(self, share: int) -> bool:
        return self.number < self.count // share

    @property
    def middle(self) -> bool:
        return self.count // 8 <= self.number < 7 * self.count // 8

    @property
    def more_bits(self) -> bool:
        """The first and last eighth of the layers, and every third between."""
        return not self.middle or (self.number - self.count // 8) % 3 == 2


type Choice = Callable[[Case], str]


def unchanged(case: Case) -> str:
    return case.base


def always(chosen: str) -> Choice:
    def choose(case: Case) -> str:
        return chosen

    return choose


def grouped(chosen: str, otherwise: Choice = unchanged) -> Choice:
    return lambda case: chosen if case.model.grouped else otherwise(case)


def earliest(count: int, chosen: str, otherwise: Choice = unchanged) -> Choice:
    return lambda case: chosen if case.number < count else otherwise(case)


def early(share: int, chosen: str, otherwise: Choice = unchanged) -> Choice:
    """In the first 1 ÷ `share` of the layers `chosen`, after them `otherwise`."""
    return lambda case: chosen if case.first(share) else otherwise(case)


def more_bits(chosen: str) -> Choice:
    return lambda case: chosen if case.more_bits else case.base


def middle(chosen: str) -> Choice:
    return lambda case: chosen if case.middle else case.base


def unguided(choice: Choice) -> Choice:
    """Only without an importance matrix."""
    return lambda case: case.base if case.model.matrix else choice(case)


def guided(choice: Choice) -> Choice:
    """Only with an importance matrix."""
    return lambda case: choice(case) if case.model.matrix else case.base


def early_or_eight(case: Case) -> str:
    return "Q4_K" if case.first(8) or (case.model.eight and case.more_bits) else case.base
