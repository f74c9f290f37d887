"""How the page of one entry is laid out in the admin: in the order in which readers meet it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm, InlineAdminFormSet
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import mark_safe

from glossary.models import Alias, Entry, Guess, KeyNumber, Prompt, Question, Relation, Source
from glossary.row_forms import RowForm, RowFormSet

INLINE_FORMS = mark_safe(
    "Markdown. <code>[[Title]]</code> or <code>[[Title|other words]]</code> links to an entry,"
    " <code>{= memory n=70 p=4 =}</code> is a number that the engine computes,"
    " <code>{~ gb ~}</code> follows this page’s calculator and <code>[#key]</code> cites a source"
    " named below. Headings inside a text start with <code>###</code>. A size typed by hand needs"
    " a citation right after it."
)
FIELDSETS: tuple[tuple[str, Any], ...] = (
    (
        "The term",
        {
            "fields": (
                "seen",
                "title",
                "slug",
                ("plural", "sense"),
                ("category", "level"),
                "definition",
            )
        },
    ),
    ("At three depths", {"fields": ("plain", "working", "exact"), "description": INLINE_FORMS}),
    ("Analogy", {"fields": ("analogy", "analogy_breaks")}),
    ("Guess first", {"fields": ("guess",)}),
    ("Calculator", {"fields": ("calculator", "calculator_values")}),
    ("Why it matters", {"fields": ("why_it_matters",)}),
    ("In depth", {"fields": ("how_it_works", "common_mistakes", "worked_example")}),
    (
        "Publishing",
        {"fields": (("state", "replaced_by"), ("reviewed", "reviewer"), "updated")},
    ),
)
# The name of a fieldset, or the prefix of the rows that stand after it.
PAGE_ORDER = (
    "The term", "aliases", "At three depths", "Analogy", "Guess first", "guesses", "Calculator",
    "Why it matters", "keynumbers", "In depth", "questions", "prompts", "relations", "sources",
    "Publishing",
)  # fmt: skip
HEIGHTS = {"definition": 3, "reason": 2, "feedback": 2, "answer": 3, "analogy": 4,
           "analogy_breaks": 3, "why_it_matters": 5, "worked_example": 5}  # fmt: skip
LONG_LINES = {"definition", "reason", "feedback"}
HELP = {
    "slug": "The address of the page. Once the entry is public it stays: people have linked to it.",
    "definition": "One sentence of at most 300 characters that reads well alone, without markup."
    " It is also what search results show.",
    "analogy": "One comparison from everyday life.",
    "analogy_breaks": "One line on where the comparison misleads.",
    "guess": "A question whose answer surprises; the answers to choose from follow.",
    "why_it_matters": "Three short lines: for users, for builders, for buyers.",
    "common_mistakes": "What people claim, then the correction with its source or its arithmetic.",
    "state": "Visitors see published and deprecated entries, and never a draft.",
    "replaced_by": "A deprecated entry sends its readers there.",
    "reviewed": "The day on which somebody checked every number again.",
    "updated": "Set by itself when the text changes.",
    "value": "Best as <code>{= memory n=70 p=4 =}</code>; empty is shown as unknown.",
    "key": "The word in <code>[#key]</code>.",
}


def in_page_order(
    form: AdminForm, formsets: list[InlineAdminFormSet]
) -> Iterator[tuple[str, int, Any]]:
    """Yield the parts of the page: what kind each is, its number among its kind, and itself."""
    parts: dict[str, tuple[str, int, Any]] = {}
    for number, fieldset in enumerate(cast("Iterable[Any]", form)):
        parts[fieldset.name] = ("fieldset", number, fieldset)
    for number, formset in enumerate(formsets):
        parts[formset.formset.prefix] = ("rows", number, formset)
    yield from (parts[name] for name in PAGE_ORDER if name in parts)


def entry_choices() -> list[tuple[Any, str]]:
    """Return every entry once, drafts marked; read once for all the rows of a page."""
    found = Entry.objects.values_list("pk", "title", "state")
    return [("", "—"), *((pk, f"{title}{STATE_WORDS[state]}") for pk, title, state in found)]


STATE_WORDS = {"draft": " (draft)", "published": "", "deprecated": " (deprecated)"}


class PlainFields:
    """Fields without the little icons of the admin, texts as high as they usually are."""

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        if db_field.name in LONG_LINES or isinstance(db_field, models.TextField):
            height = HEIGHTS.get(db_field.name, 8)
            options["widget"] = AdminTextareaWidget(attrs={"rows": height})
        field: forms.Field | None = super().formfield_for_dbfield(  # type: ignore[misc]
            db_field, request, **options
        )
        if field is not None and db_field.name in HELP:
            field.help_text = HELP[db_field.name]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(field, forms.ModelChoiceField) and db_field.related_model is Entry:
            field.choices = entry_choices()
        return field


class Rows(PlainFields, admin.StackedInline):  # type: ignore[type-arg] # not subscriptable
    """The rows of an entry. They are its text: who may change the entry may change them."""

    form = RowForm
    formset = RowFormSet
    extra = 1
    short = ""
    writing = ("glossary.add_entry", "glossary.change_entry")

    def may_write(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(name) for name in self.writing)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request) or request.user.has_perm("glossary.view_entry")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request)


class Aliases(Rows):
    model = Alias
    verbose_name_plural = "Other names"
    fields: ClassVar = [("text", "kind", "position")]


class Guesses(Rows):
    model = Guess
    verbose_name_plural = "Answers to choose from, exactly one of them right"
    short = "Answers"
    fields: ClassVar = [("text", "correct", "position"), "feedback"]


class KeyNumbers(Rows):
    model = KeyNumber
    fields: ClassVar = ["label", "value", ("status", "source", "position")]


class Questions(Rows):
    model = Question
    verbose_name_plural = "Questions that readers ask"
    short = "Questions"
    fields: ClassVar = [("question", "position"), "answer"]


class Prompts(Rows):
    model = Prompt
    verbose_name_plural = "Check yourself"
    fields: ClassVar = [("question", "position"), "answer"]


class Relations(Rows):
    model = Relation
    fk_name = "source"
    verbose_name_plural = "How it connects"
    fields: ClassVar = [("kind", "target", "position"), "reason"]


class Sources(Rows):
    model = Source
    fields: ClassVar = [
        ("key", "published", "accessed", "position"),
        ("title", "publisher"),
        "url",
    ]


INLINES = (Aliases, Guesses, KeyNumbers, Questions, Prompts, Relations, Sources)
