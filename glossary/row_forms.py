"""What the forms of an entry and of its rows share: tidy texts, and rows that have an order."""

import re
import unicodedata
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

# What ends a line somewhere: in a browser, in Python, in YAML. A no-break space may stay.
LINE_ENDS = re.compile(r"[ \t]*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+[ \t]*")
STEP = 10
LAST = 30_000


def tidy(text: str, *, lines: bool) -> str:
    """Give a text one kind of line end, or none, and take away the space around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = (text if lines else LINE_ENDS.sub(" ", text)).strip()
    for character in set(text) - {"\t", "\n"}:
        if unicodedata.category(character) in {"Cc", "Cs", "Co"}:
            message = f"The text holds U+{ord(character):04X}, a control or private character."
            raise ValidationError(message)
    return text


class TidyForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """A form whose texts are tidy once they are clean; `one_line` names the short ones."""

    one_line: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            # A browser would cut off what is pasted; too long a text is refused in words instead.
            field.widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str):
                area = isinstance(self.fields[name].widget, forms.Textarea)
                try:
                    self.cleaned_data[name] = tidy(value, lines=area and name not in self.one_line)
                except ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data

    def typed(self, name: str) -> Any:
        """What the field holds: its clean value, or the text that was refused."""
        if name in self.cleaned_data:
            return self.cleaned_data[name]
        field = self.fields.get(name)
        if field is None:
            return getattr(self.instance, name)
        text = isinstance(field, forms.CharField)
        return str(self.data.get(self.add_prefix(name), "")).replace("\0", "") if text else None

    def refuse(self, name: str, message: str) -> None:
        """Put a message beside a field, once, or above the form when it has no such field."""
        place = name if name in self.fields else None
        if message not in self.errors.get(place or "__all__", ()):
            self.add_error(place, message)


class RowForm(TidyForm):
    """One row. Rows are stored all together in their order, so none is checked against stored ones.

    The order is shown in tens, so that 15 goes between 10 and 20; without one a row goes last.
    """

    one_line = ("reason", "feedback")
    position = forms.IntegerField(
        label="Order", required=False, min_value=0, max_value=LAST,
        widget=forms.NumberInput(attrs={"class": "order"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["position"] = (self.instance.position + 1) * STEP

    @property
    def counts(self) -> bool:
        """Whether the row is there at all: filled in and not marked for deletion."""
        untouched = self.empty_permitted and not self.has_changed()
        return not untouched and not self.cleaned_data.get("DELETE")


class RowFormSet(BaseInlineFormSet):  # type: ignore[type-arg] # not subscriptable either
    """The rows of one kind: known by their place, because storing gives them new keys."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        initial = form.fields["id"].initial
        form.fields["id"] = forms.CharField(widget=forms.HiddenInput, initial=initial)

    def _construct_form(self, i: int, **options: Any) -> Any:
        form = super()._construct_form(i, **options)  # type: ignore[misc]
        form.fields["id"].required = False
        return form

    def clean(self) -> None:
        """Leave out Django's comparison with stored rows: `glossary.publishing` compares names."""

    @property
    def row_forms(self) -> list[RowForm]:
        return cast("list[RowForm]", self.forms)

    @property
    def ordered_rows(self) -> list[RowForm]:
        rows = [form for form in self.row_forms if form.counts]
        return sorted(rows, key=lambda form: order_of(form.cleaned_data.get("position")))


def order_of(position: int | None) -> int:
    return LAST + 1 if position is None else position
