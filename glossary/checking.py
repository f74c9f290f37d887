"""Everything that must be true of an entry before visitors rely on it, as sentences."""

from collections.abc import Iterable, Iterator, Mapping

from calculator import registry
from glossary import relations
from glossary.documents import Document
from glossary.models import Entry, KeyNumber, Level, Relation, State
from glossary.rendering import Target
from glossary.typesetting import Place, Problem, typeset

DEFINITION_LENGTH = 300
NEEDED = ("plain", "working", "exact", "analogy", "analogy_breaks", "why_it_matters",
          "how_it_works", "common_mistakes", "worked_example")  # fmt: skip


def document_problems(document: Document, terms: Mapping[str, Target]) -> list[Problem]:
    """Return what is wrong in one document, field by field; the graph is checked apart."""
    return [
        *typeset(document, terms).problems,
        *names(document, terms),
        *choices(document),
        *calculator_problems(document),
    ]


def names(document: Document, terms: Mapping[str, Target]) -> Iterator[Problem]:
    """Titles, plurals and aliases never overlap: each name leads to one entry."""
    named = [
        ("title", None, document.title),
        ("plural", None, document.plural),
        *(("aliases", row, alias.text) for row, alias in enumerate(document.aliases)),
    ]
    seen: set[str] = set()
    for field, row, text in named:
        name, part = text.casefold(), "text" if field == "aliases" else ""
        owner = terms.get(name)
        if owner is not None and owner.slug != document.slug:
            yield Problem(field, f"“{text}” is already a name of “{owner.title}”", row, part)
        elif field == "aliases" and name in seen:
            yield Problem(field, f"“{text}” is there twice, or is the title itself", row, part)
        seen.add(name)


def choices(document: Document) -> Iterator[Problem]:
    kinds, statuses = Relation.Kind.values, KeyNumber.Status.values
    for place, value, allowed in (
        (Place("level"), document.level, Level.values),
        (Place("state"), document.state, State.values),
        *(
            (Place("relations", n, "kind"), row.kind, kinds)
            for n, row in enumerate(document.relations)
        ),
        *(
            (Place("key_numbers", n, "status"), row.status, statuses)
            for n, row in enumerate(document.key_numbers)
        ),
    ):
        if value not in allowed:
            message = f"“{value}” is none of {', '.join(allowed)}"
            yield Problem(place.field, message, place.row, place.part)
    if len(document.definition) > DEFINITION_LENGTH:
        yield Problem("definition", f"The definition has more than {DEFINITION_LENGTH} characters")
    if document.state == State.DEPRECATED and not document.replaced_by:
        yield Problem("replaced_by", "A deprecated entry names the entry that replaces it")
    if document.guesses and sum(row.correct for row in document.guesses) != 1:
        yield Problem("guess", "Exactly one guess is the right one")
    for number, row in enumerate(document.relations):
        if not row.reason.strip():
            message = f"The relation to “{row.to}” has no reason"
            yield Problem("relations", message, number, "reason")


def calculator_problems(document: Document) -> Iterator[Problem]:
    if not document.calculator:
        return
    widget = registry.get(document.calculator)
    if widget is None:
        yield Problem("calculator", f"There is no calculator “{document.calculator}”")
        return
    form = widget.form.read({}, document.calculator_values)
    for name, errors in form.errors.items():
        yield Problem("calculator_values", f"{name}: {' '.join(map(str, errors))}")


def completeness(document: Document) -> Iterator[Problem]:
    """What a finished page has; a draft may lack it."""
    for name in NEEDED:
        if not document.texts.get(name):
            yield Problem(name, "This section is empty")
    for name in ("sources", "questions", "prompts", "guesses", "key_numbers", "relations"):
        if not getattr(document, name):
            yield Problem(name, "There is none yet")


def graph_problems(entries: Iterable[Entry] | None = None) -> list[str]:
    """Return what is wrong among all relations that are stored."""
    edges = Relation.objects.values_list("source__slug", "kind", "target__slug")
    return relations.problems(relations.Edge(*edge) for edge in edges)
