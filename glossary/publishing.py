"""What an entry needs before visitors may read it, and what follows when they may."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.db import transaction

from glossary import checking, relations, storing
from glossary.documents import REQUIRED, Document, DocumentError, dump, parse
from glossary.models import Category, Entry, Relation, State
from glossary.rendering import Target
from glossary.typesetting import Place, Problem, known_terms

NEEDED_TO_PUBLISH = {
    "plain": "Write at least “In plain words” before publishing",
    "sources": "Name at least one source before publishing",
}
SECTION_LINE = re.compile(r"^## ", re.MULTILINE)
QUESTION_LINE = re.compile(r"^### ", re.MULTILINE)
DASH = " — "
NO_SECTION = "A line cannot start with “## ”: sections have their headings. Use “### ” inside one"
NO_QUESTION = "A line of an answer cannot start with “### ”: that starts the next question"
NO_DASH = "A guess cannot hold a dash between spaces: write a comma or a colon"


def problems(document: Document, stored_as: str = "") -> list[Problem]:
    """Return everything that is wrong with a document as it would be once it is stored.

    `stored_as` is the slug of the stored entry that it takes the place of. What `can_wait` may
    stay in a draft; `refusals` says what may not stay in a published entry.
    """
    stored_as = stored_as or document.slug
    found = [
        *checking.document_problems(document, names_after(document, stored_as)),
        *written_problems(document),
        *relation_problems(document, stored_as),
        *replacement_problems(document, stored_as),
    ]
    return list(dict.fromkeys(found)) or list(shape_problems(document))


def publishing_problems(document: Document, stored_as: str = "") -> list[Problem]:
    """Everything that is wrong, and what a published entry must have beside its definition."""
    return [*problems(document, stored_as), *missing(document)]


def refusals(document: Document) -> list[str]:
    """Return why visitors may not read this document yet; none means that they may."""
    return [sentence(problem) for problem in publishing_problems(document)]


def missing(document: Document) -> Iterator[Problem]:
    if not document.texts.get("plain"):
        yield Problem("plain", NEEDED_TO_PUBLISH["plain"])
    if not document.sources:
        yield Problem("sources", NEEDED_TO_PUBLISH["sources"])


def sentence(problem: Problem) -> str:
    """A problem with its place in words, for where it cannot stand beside its field."""
    place = problem.field.replace("_", " ").capitalize()
    row = "" if problem.row is None else f" {problem.row + 1}"
    return f"{place}{row}: {problem.message}" if place else problem.message


def names_after(document: Document, stored_as: str) -> dict[str, Target]:
    """Return every name that links may use once this document is stored."""
    url = None if document.state == State.DRAFT else f"/terms/{document.slug}/"
    target = Target(document.slug, url, document.title)
    names = known_terms(without=stored_as)
    for name in own_names(document):
        names.setdefault(name.casefold(), target)
    return names


def own_names(document: Document) -> list[str]:
    """Return what links may call this document: its title, plural and aliases."""
    aliases = (alias.text for alias in document.aliases)
    return [name for name in (document.title, document.plural, *aliases) if name]


def written_problems(document: Document) -> Iterator[Problem]:
    """Texts that a document file could not hold: its own marks stand for headings and guesses."""
    for place, text in written_texts(document):
        if SECTION_LINE.search(text):
            yield Problem(place.field, NO_SECTION, place.row, place.part)
        elif place.row is not None and QUESTION_LINE.search(text):
            yield Problem(place.field, NO_QUESTION, place.row, place.part)
    for number, row in enumerate(document.guesses):
        if DASH in f"{row.text} ":
            yield Problem("guesses", NO_DASH, number, "text")
    if document.guesses and not document.guess:
        yield Problem("guess", "Write the question that the guesses answer")


def written_texts(document: Document) -> Iterator[tuple[Place, str]]:
    yield from ((Place(name), text) for name, text in document.texts.items())
    for name in ("questions", "prompts"):
        for number, row in enumerate(getattr(document, name)):
            yield Place(name, number, "answer"), row.answer


def relation_problems(document: Document, stored_as: str) -> Iterator[Problem]:
    """Put the relations into the stored graph one by one; a new problem is that row's."""
    stored = Relation.objects.exclude(source__slug=stored_as)
    slugs = stored.values_list("source__slug", "kind", "target__slug")
    edges = [
        relations.Edge(source, kind, document.slug if target == stored_as else target)
        for source, kind, target in slugs
    ]
    known = set(relations.problems(edges))
    for number, row in enumerate(document.relations):
        edge = relations.Edge(document.slug, row.kind, row.to)
        if edge in edges:
            yield Problem("relations", "This relation is already there", number, "target")
            continue
        edges.append(edge)
        found = [text for text in relations.problems(edges) if text not in known]
        yield from (Problem("relations", text, number, "target") for text in found[:1])
        known.update(found)


def replacement_problems(document: Document, stored_as: str) -> Iterator[Problem]:
    """A reader who is sent to another entry must find it."""
    if document.state == State.DEPRECATED and document.replaced_by:
        if document.replaced_by == document.slug:
            yield Problem("replaced_by", "An entry cannot replace itself")
        elif not Entry.objects.public().filter(slug=document.replaced_by).exists():
            yield Problem("replaced_by", "The replacement is a draft: publish it first")
    if document.state == State.DRAFT:
        sent_here = Entry.objects.public().filter(replaced_by__slug=stored_as)
        for title in sent_here.exclude(slug=stored_as).values_list("title", flat=True):
            yield Problem("state", f"“{title}” sends its readers here, so this stays public")


def shape_problems(document: Document) -> Iterator[Problem]:
    """The last check: what is stored must come back from its file as it was."""
    if not all(getattr(document, name) for name in REQUIRED):
        return
    try:
        same = parse(dump(document)) == document
    except DocumentError as error:
        yield Problem("", f"This entry could not be written to a file: {error}")
        return
    if not same:
        yield Problem("", "This entry would not come back from its file as you typed it")


def publish(entry: Entry) -> list[str]:
    """Show the stored entry to visitors, or return why not."""
    return change_state(entry, State.PUBLISHED)


def unpublish(entry: Entry) -> list[str]:
    """Take the entry back to a draft, which only editors see, or return why not."""
    return change_state(entry, State.DRAFT)


@transaction.atomic
def change_state(entry: Entry, state: State) -> list[str]:
    document = replace(storing.read(entry), state=state.value)
    if state == State.DRAFT:
        found = [sentence(item) for item in replacement_problems(document, entry.slug)]
    else:
        found = refusals(document)
    if not found:
        entry.state = state
        entry.save(update_fields=["state"])
        follow(entry, own_names(document))
    return found


def follow(entry: Entry, names: list[str]) -> None:
    """Typeset again the entry and every other whose links may now lead elsewhere."""
    keys = [entry.pk, *storing.dependents(entry, names)]
    storing.retypeset(Entry.objects.filter(pk__in=keys))


@transaction.atomic
def remove(entries: list[Entry]) -> None:
    """Delete entries and turn the links to them back into plain words."""
    keys = {key for entry in entries for key in storing.dependents(entry, ())}
    for entry in entries:
        entry.delete()
    storing.retypeset(Entry.objects.filter(pk__in=keys))


def take_turn() -> None:
    """Let one save at a time check the names and relations that are stored.

    Until the transaction ends, the next editor waits here; on SQLite, already where it begins.
    """
    list(Category.objects.select_for_update().order_by("pk").values_list("pk"))


@transaction.atomic
def store(entry: Entry, document: Document, before: Document | None) -> None:
    """Store a document in the place of an entry's rows, and typeset what follows from it."""
    storing.write_all_rows(entry, document)
    storing.connect(entry, document)
    if before is None or public_face(before) != public_face(document):
        follow(entry, [*own_names(document), *(own_names(before) if before else ())])


def public_face(document: Document) -> tuple[object, ...]:
    """What other pages show of a document when they link to it."""
    return document.slug, document.state == State.DRAFT, own_names(document)
