"""What an editor has typed, as one document: what is checked, previewed and stored is the same."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone

from glossary import documents, publishing, storing
from glossary.documents import SECTIONS, Document, dump
from glossary.models import State
from glossary.typesetting import Problem

if TYPE_CHECKING:
    from django.http import QueryDict

    from glossary.admin_forms import EntryForm
    from glossary.row_forms import RowForm, RowFormSet

ROWS: Mapping[str, tuple[str, Any]] = {
    "aliases": ("aliases", documents.AliasRow),
    "key_numbers": ("keynumbers", documents.KeyNumberRow),
    "relations": ("relations", documents.RelationRow),
    "sources": ("sources", documents.SourceRow),
    "guesses": ("guesses", documents.GuessRow),
    "questions": ("questions", documents.QuestionRow),
    "prompts": ("prompts", documents.QuestionRow),
}
PLAIN = ("slug", "title", "plural", "sense", "level", "state", "definition", "calculator",
         "reviewer", "guess")  # fmt: skip
TAKEN = (
    "Somebody saved this entry after you opened it. Nothing of yours is stored yet, and all of it"
    " is still on this page. Open the entry in another window to compare ({}), then save again to"
    " put your text in the place of theirs."
)


class Typed:
    """The document that a bound form and its formsets make, refused fields included."""

    def __init__(self, form: "EntryForm") -> None:
        self.form = form
        self.stored = storing.read(form.instance) if form.instance.pk else None
        self.waiting: list[Problem] = []

    @property
    def stored_name(self) -> str:
        """A name for the stored text: another text, another name."""
        return sha256(dump(self.stored).encode()).hexdigest()[:20] if self.stored else ""

    @property
    def formsets(self) -> dict[str, "RowFormSet"]:
        """The page's formsets, which the admin makes after the form and leaves at its entry."""
        found = vars(self.form.instance).get("formsets", [])
        return {formset.prefix: formset for formset in found}

    @cached_property
    def rows(self) -> dict[str, list["RowForm"]]:
        """The rows that count, in their order; a relation counts once it leads somewhere."""
        rows = {
            name: formset.ordered_rows
            for name, (prefix, _) in ROWS.items()
            if (formset := self.formsets.get(prefix)) is not None
        }
        led = [row for row in rows.get("relations", []) if row.typed("target")]
        return rows | {"relations": led}

    @cached_property
    def document(self) -> Document:
        text = self.read()
        if self.stored and same_text(self.stored, text):
            return replace(text, updated=self.stored.updated)
        return text

    def read(self) -> Document:
        typed = self.form.typed
        category, replacement = typed("category"), typed("replaced_by")
        values: dict[str, Any] = {name: typed(name) or "" for name in PLAIN}
        values |= {name: self.read_rows(name, row) for name, (_, row) in ROWS.items()}
        return Document(
            **values,
            category=category.slug if category else "",
            replaced_by=replacement.slug if replacement else "",
            calculator_values=typed("calculator_values") or {},
            updated=timezone.localdate(),
            reviewed=typed("reviewed"),
            texts={name: text for name in SECTIONS if (text := typed(name))},
        )

    def read_rows(self, name: str, row: Any) -> tuple[Any, ...]:
        return tuple(
            row(**{field: read_field(form, field) for field in row.__slots__})
            for form in self.rows.get(name, [])
        )

    def check(self) -> None:
        """Put everything that is wrong beside its field; keep apart what a draft may have."""
        valid = [formset.is_valid() for formset in self.formsets.values()]
        document = self.document
        published = document.state == State.PUBLISHED
        find = publishing.publishing_problems if published else publishing.problems
        for problem in find(document, self.stored.slug if self.stored else ""):
            if problem.can_wait and document.state == State.DRAFT:
                self.waiting.append(problem)
            elif problem.field or (all(valid) and not self.form.errors):
                self.refuse(problem)
        self.check_seen()

    def refuse(self, problem: Problem) -> None:
        """Show a problem where it is, unless the field says already what is wrong with it."""
        if problem.row is not None:
            row = self.rows[problem.field][problem.row]
            if problem.part not in row.errors:
                row.refuse(problem.part, problem.message)
        elif problem.field in ROWS:
            self.formsets[ROWS[problem.field][0]].non_form_errors().append(problem.message)
        else:
            self.form.refuse(problem.field, problem.message)

    def check_seen(self) -> None:
        """Refuse once to store over a text that the editor has not seen."""
        seen = self.form.data.get("seen")
        if not self.stored or not seen or seen == self.stored_name:
            return
        differing = ", ".join(
            name.replace("_", " ") for name in differences(self.stored, self.document)
        )
        self.form.refuse(
            "", TAKEN.format(f"it differs in {differing}" if differing else "it is the same")
        )
        # The form comes back with the name of what is stored now: the editor has been told.
        data = cast("QueryDict", self.form.data).copy()
        data["seen"] = self.stored_name
        self.form.data = data


def read_field(form: "RowForm", field: str) -> Any:
    if field == "to":
        return form.typed("target").slug
    value = form.typed(field)
    return "" if value is None and field != "accessed" else value


def same_text(first: Document, second: Document) -> bool:
    return not set(differences(first, second)) - {"state", "reviewed", "reviewer"}


def differences(first: Document, second: Document) -> list[str]:
    """Return the names of what differs, sections by their own names; the date is no difference."""
    names = [name for name in Document.__slots__ if name not in {"updated", "texts"}]
    found = [name for name in names if getattr(first, name) != getattr(second, name)]
    return found + [name for name in SECTIONS if first.texts.get(name) != second.texts.get(name)]
