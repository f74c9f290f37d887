"""The form of an entry: reads calculator inputs, and puts each problem beside its field."""

import json
import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from calculator import registry
from glossary.calculations import called, read_inputs
from glossary.row_forms import TidyForm, tidy
from glossary.typed import Typed


class ValuesField(forms.Field):
    """The inputs that a calculator starts from, written `n=70 p=4`, or as JSON."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"class": "vTextField"}), **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        plain = all(re.fullmatch(r"[^\s={]+=\S+", f"{name}={text}") for name, text in value.items())
        if plain:
            return " ".join(f"{name}={text}" for name, text in value.items())
        return json.dumps(value, ensure_ascii=False)

    def to_python(self, value: Any) -> dict[str, str]:
        text = tidy(str(value or ""), lines=False)
        try:
            found = json.loads(text) if text.startswith("{") else read_inputs(text)
        except ValueError as error:
            message = "This is not JSON" if text.startswith("{") else str(error)
            raise ValidationError(message) from error
        except RecursionError as error:
            raise ValidationError("This is nested too deep") from error
        if not all(isinstance(item, str | int | float) for item in found.values()):
            raise ValidationError("Each input has one value: a text or a number")
        return {
            tidy(name, lines=False): tidy(str(item), lines=False) for name, item in found.items()
        }


def calculator_choices() -> list[tuple[str, str]]:
    found = [(widget.slug, f"{widget.title} ({widget.slug})") for widget in registry.all_widgets()]
    return [("", "No calculator"), *found]


class EntryForm(TidyForm):
    """An entry with all its rows: `rows` are the formsets of the page, checked along with it.

    `seen` says which stored text the editor started from, so that nobody's work is overwritten
    unawares.
    """

    one_line = ("definition",)
    calculator = forms.ChoiceField(
        required=False,
        choices=calculator_choices,
        help_text="Readers meet it right after the first paragraphs.",
    )
    calculator_values = ValuesField(
        required=False,
        label="It starts from",
        help_text="Inputs written like <code>n=70 p=4</code>; empty means the calculator’s own.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.page = Typed(self)
        self.initial["seen"] = self.page.stored_name
        stored = self.instance.calculator
        if stored and registry.get(stored) is None and "calculator" in self.fields:
            field = cast("forms.ChoiceField", self.fields["calculator"])
            field.choices = [*calculator_choices(), (stored, f"{stored} (no longer there)")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # As ModelForm.clean does: the database's own rules are checked as well.
        self._validate_unique = self._validate_constraints = True
        if "calculator_values" in cleaned and "calculator" in cleaned:
            self.check_values(cleaned["calculator"], cleaned["calculator_values"])
        self.page.check()
        return cleaned

    def check_values(self, calculator: str, values: dict[str, str]) -> None:
        """The calculator's own form says what is wrong with the inputs, in its own words."""
        if values and not calculator:
            self.refuse("calculator_values", "Choose a calculator, or leave its inputs empty")
        elif registry.get(calculator) is not None:
            try:
                called(calculator, values)
            except ValueError as error:
                self.refuse("calculator_values", str(error))
