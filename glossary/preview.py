"""Shows a term page before it is stored: the same typesetting, the same template."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.forms import BaseForm
from django.utils.text import capfirst, slugify

from calculator import registry
from calculator.cards import Card, make_card
from glossary import publishing
from glossary.models import Alias, Category, Entry, Relation, Source
from glossary.pages import TermPage
from glossary.queries import neighbours
from glossary.typed import ROWS, Typed
from glossary.typesetting import typeset

if TYPE_CHECKING:
    from glossary.admin_forms import EntryForm

UNSTORED = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, with the part of the form to go to."""

    anchor: str
    place: str
    message: str
    can_wait: bool = False


def page_context(form: "EntryForm") -> dict[str, Any]:
    """Return what the term page's template needs, made from a checked form alone."""
    entry = shown_entry(form.page)
    card = shown_card(form)
    return {"entry": entry, "page": TermPage(entry, card), "card": card}


def shown_entry(typed: Typed) -> Entry:
    """Make the entry as a visitor's query would return it, without storing anything."""
    form, document = typed.form, typed.document
    stored_as = typed.stored.slug if typed.stored else document.slug
    names = publishing.names_after(document, stored_as)
    entry = Entry(
        pk=form.instance.pk or UNSTORED,
        slug=slugify(document.slug) or "preview",
        title=document.title or "Without a title",
        plural=document.plural,
        sense=document.sense,
        category=form.typed("category") or Category(name="No category yet", slug="none"),
        level=document.level,
        state=document.state,
        replaced_by=form.typed("replaced_by"),
        definition=document.definition,
        updated=document.updated,
        reviewed=document.reviewed,
        reviewer=document.reviewer,
        rendered=typeset(document, names).rendered,
    )
    prefetch_related_objects([entry], *neighbours())
    # What a visitor's query would have fetched, taken from the form instead.
    fetched: dict[str, list[Any]] = vars(entry)["_prefetched_objects_cache"]
    fetched["aliases"] = [Alias(text=row.text, kind=row.kind) for row in document.aliases]
    fetched["sources"] = [
        Source(**{name: getattr(row, name) for name in row.__slots__}) for row in document.sources
    ]
    fetched["relations"] = [
        Relation(kind=row.typed("kind"), target=row.typed("target"), reason=row.typed("reason"))
        for row in typed.rows["relations"]
        if row.typed("target").is_public and row.typed("kind")
    ]
    return entry


def shown_card(form: "EntryForm") -> Card | None:
    """The page's calculator; with its own values while those of the page are refused."""
    document = form.page.document
    widget = registry.get(document.calculator)
    if widget is None:
        return None
    card = make_card(widget, {}, defaults=document.calculator_values)
    return card if card.valid else make_card(widget, {})


def findings(form: "EntryForm") -> list[Finding]:
    """Return what saving would refuse, in the order of the page, and then what can wait."""
    found = form_findings(form, "", "")
    for name, (prefix, _) in ROWS.items():
        formset = form.page.formsets.get(prefix)
        if formset is None:
            continue
        place = capfirst(name.replace("_", " "))
        messages = formset.non_form_errors()
        found += [Finding(f"{prefix}-group", place, str(text)) for text in messages]
        for number, row in enumerate(formset.row_forms):
            if row.counts:
                found += form_findings(row, f"{place} {number + 1}", f"{prefix}-{number}")
    return found + [waiting(form, problem) for problem in form.page.waiting]


def form_findings(form: BaseForm, place: str, anchor: str) -> list[Finding]:
    """The errors of one form; those of a row go to its field, or to the row as a whole."""
    return [
        Finding(
            anchor=str(form[name].id_for_label) if name in form.fields else anchor or "entry_form",
            place=label(form, name, place),
            message=str(message),
        )
        for name, messages in form.errors.items()
        for message in messages
    ]


def label(form: BaseForm, name: str, place: str) -> str:
    words = capfirst(str(form.fields[name].label)) if name in form.fields else ""
    return ", ".join(part for part in (place, words if not place else words.lower()) if part)


def waiting(form: "EntryForm", problem: Any) -> Finding:
    if problem.row is None:
        found = Finding(f"id_{problem.field}", label(form, problem.field, ""), problem.message)
    else:
        row = form.page.rows[problem.field][problem.row]
        number = form.page.formsets[ROWS[problem.field][0]].row_forms.index(row) + 1
        place = label(row, problem.part, f"{capfirst(problem.field.replace('_', ' '))} {number}")
        found = Finding(str(row[problem.part].id_for_label), place, problem.message)
    return Finding(found.anchor, found.place, found.message, can_wait=True)
