"""Form fields that read numbers the way people type them and refuse the rest in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django import forms
from django.core.exceptions import ValidationError

from calculator.core import formatting
from calculator.core.quantities import (
    MOST_DIGITS,
    QuantityError,
    parse_count,
    parse_number,
    parse_numbers,
)

UNITS = {
    "": Decimal(1),
    "thousand": Decimal(10**3),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
}
# Past this many characters a number is shorter, and more readable, with a power of ten.
LONGEST_IN_FULL = 24


def signed_text(value: Decimal) -> str:
    """The shortest plain text of a signed number: "-0.3", "1e-40"."""
    number = value.normalize()
    text = format(number, "f") if number else "0"
    return text if len(text) <= LONGEST_IN_FULL else str(number).lower()


@dataclass(frozen=True, slots=True)
class Slider:
    """A range input beside a number field.

    `scale` is "log" (positions are powers of ten of the bare count) or "linear" (positions are the
    field's own numbers).
    """

    low: str
    high: str
    step: str
    scale: str = "log"
    ticks: tuple[str, ...] = ()


class More(TypedDict, total=False):
    """What a field may say of itself; `suffix` stands behind the number, `accent` colours it."""

    hint: str
    accent: str
    suffix: str
    example: str
    slider: Slider | None


class Wording(More):
    """What every field says of itself."""

    label: str
    initial: str


class CalculatorField(forms.Field):
    """What every field of a calculator has: a kind for its template, a default, a short form."""

    kind = "text"
    accent = "n"

    def __init__(self, **wording: Unpack[Wording]) -> None:
        label, initial = wording["label"], wording["initial"]
        hint = wording.get("hint", "")
        super().__init__(label=label, initial=initial, required=False, help_text=hint)
        self.accent = wording.get("accent") or self.accent
        self.suffix = wording.get("suffix", "")
        self.example = wording.get("example", "8 or 0.5")
        self.slider = wording.get("slider")

    def short(self, value: Any) -> str:
        """The shortest text that reads back as `value`: what a shared address carries."""
        return str(value)

    def words(self, value: Any) -> str:
        """The value as a sentence says it: "8 billion", "16 bits", "−0.3"."""
        return self.short(value)

    def read_back(self, value: Any) -> str:
        """How the typed text was understood, in plain digits; empty where that says nothing."""
        return ""


class CountField(CalculatorField):
    """A count of things, read by `parse_count`: 7B, 70 billion, 1,000,000.

    In a field with a unit a bare number is in that unit; `minimum` and `maximum` are in it too.
    """

    kind = "count"

    def __init__(
        self,
        *,
        minimum: str,
        maximum: str,
        unit: str = "",
        whole: bool = False,
        step: int = 1,
        **wording: Unpack[Wording],
    ) -> None:
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)
        self.unit, self.scale = unit, UNITS[unit]
        self.whole, self.step = whole, step
        suffix = wording.setdefault("suffix", unit)
        low, high = formatting.exact(self.minimum), formatting.exact(self.maximum)
        wording.setdefault("hint", f"From {low} to {high} {unit or suffix}".strip())
        super().__init__(**wording)

    def clean(self, value: Any) -> Decimal:
        try:
            count = parse_count(str(value or ""), bare_unit=self.scale)
        except QuantityError as error:
            raise ValidationError(self.refusal(error), code=error.code) from error
        if not self.minimum <= count / self.scale <= self.maximum:
            raise ValidationError(self.range_message(), code="out_of_range")
        if self.whole and count != int(count):
            message = f"{self.label} must be a whole number, like {self.example}"
            raise ValidationError(message, code="whole")
        if self.step > 1 and count % self.step:
            message = f"{self.label} must be a multiple of {self.step}"
            raise ValidationError(message, code="step")
        return count

    def refusal(self, error: QuantityError) -> str:
        if error.code == "required":
            label = str(self.label)
            return f"Enter {label[0].lower()}{label[1:]}, like {self.example}"
        if error.code == "out_of_range":
            return self.range_message()
        if error.code == "not_a_number":
            article = "a whole number" if self.whole else "a number"
            return f"{self.label} must be {article}, like {self.example}"
        return f"{self.label}: {error}"

    def range_message(self) -> str:
        low, high = formatting.exact(self.minimum), formatting.exact(self.maximum)
        return f"{self.label} must be between {low} and {high} {self.suffix}".rstrip()

    def short(self, value: Any) -> str:
        return format((Decimal(value) / self.scale).normalize(), "f")

    def read_back(self, value: Any) -> str:
        return formatting.exact(value) if self.unit else ""

    def words(self, value: Any) -> str:
        return formatting.count_words(value) if self.unit else formatting.exact(value)

    def position(self, value: Any) -> str:
        """Where the slider's thumb stands for `value`."""
        if self.slider is None:
            return ""
        if self.slider.scale == "log":
            return f"{float(Decimal(value).log10()):.2f}" if value else self.slider.low
        return self.short(value)


class NumberField(CalculatorField):
    """A plain signed number between two limits, such as a weight."""

    kind = "number"

    def __init__(self, *, minimum: str, maximum: str, **wording: Unpack[Wording]) -> None:
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)
        limits = f"From {self.words(self.minimum)} to {self.words(self.maximum)}"
        wording.setdefault("hint", f"{limits} {wording.get('suffix', '')}".rstrip())
        super().__init__(**wording)

    def clean(self, value: Any) -> Decimal:
        try:
            return parse_number(str(value or ""), minimum=self.minimum, maximum=self.maximum)
        except QuantityError as error:
            raise ValidationError(self.refusal(error), code=error.code) from error

    def refusal(self, error: QuantityError) -> str:
        label = str(self.label)
        if error.code == "required":
            return f"Enter {label[0].lower()}{label[1:]}, like {self.example}"
        if error.code == "not_a_number":
            return f"{label} must be a number, like {self.example}"
        if error.code == "out_of_range":
            low, high = self.words(self.minimum), self.words(self.maximum)
            return f"{label} must be between {low} and {high} {self.suffix}".rstrip()
        return f"{label}: {error}"

    def short(self, value: Any) -> str:
        return signed_text(value)

    def words(self, value: Any) -> str:
        return formatting.significant(value, MOST_DIGITS)

    def position(self, value: Any) -> str:
        return self.short(value)


class NumbersField(CalculatorField):
    """A short list of numbers, separated by commas or spaces."""

    kind = "numbers"

    def __init__(self, *, at_most: int, limit: str, **wording: Unpack[Wording]) -> None:
        super().__init__(**wording)
        self.at_most = at_most
        self.limit = Decimal(limit)

    def clean(self, value: Any) -> tuple[Decimal, ...]:
        label = str(self.label)
        try:
            return parse_numbers(
                str(value or ""), at_most=self.at_most, minimum=-self.limit, maximum=self.limit
            )
        except QuantityError as error:
            if error.code == "required":
                message = f"Enter {label.lower()}, like {self.initial}"
            elif error.code == "too_many":
                message = f"Enter {self.at_most} {label.lower()} or fewer"
            else:
                message = f"{label}: {error}"
            raise ValidationError(message, code=error.code) from error

    def short(self, value: Any) -> str:
        return ",".join(signed_text(item) for item in value)

    def words(self, value: Any) -> str:
        return ", ".join(formatting.significant(item, MOST_DIGITS) for item in value)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value in the address, the words on the button, a small second line.

    `said` is how a sentence says it, where that is neither of the two; `aliases` are other
    spellings that an address may carry, such as 1 for yes.
    """

    value: str
    label: str
    small: str = ""
    said: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return self.said or self.small or self.label

    def is_named(self, text: str) -> bool:
        return text.casefold() in {name.casefold() for name in (self.value, *self.aliases)}


YES_NO = (Option("yes", "Yes", aliases=("1", "true")), Option("no", "No", aliases=("0", "false")))


class OptionField(CalculatorField):
    """A choice between a few options, drawn as a row of buttons (radios) or as a list."""

    kind = "options"
    accent = "b"

    def __init__(self, *, options: Sequence[Option], **wording: Unpack[Wording]) -> None:
        super().__init__(**wording)
        self.options = tuple(options)

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        for option in self.options:
            if option.is_named(text):
                return option.value
        values = [option.value for option in self.options]
        offered = f"{', '.join(values[:-1])} or {values[-1]}"
        message = f"{self.label} must be one of {offered}"
        raise ValidationError(message, code="invalid_choice")

    def words(self, value: Any) -> str:
        return next(option.words for option in self.options if option.value == value)
