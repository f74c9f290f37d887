"""Puts a document into the database and takes it out again, row by row."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction

from glossary import documents, editions
from glossary.documents import SECTIONS, Document
from glossary.models import (
    Alias,
    Category,
    Entry,
    Guess,
    KeyNumber,
    Mention,
    Prompt,
    Question,
    Relation,
    Row,
    Source,
)
from glossary.typesetting import Typeset, known_terms, typeset

PLAIN = (
    "slug", "title", "plural", "sense", "level", "state", "definition", "calculator", "updated",
    "reviewed", "reviewer", "guess",
)  # fmt: skip
ROWS: tuple[tuple[str, type[Row], type[Any]], ...] = (
    ("aliases", Alias, documents.AliasRow),
    ("key_numbers", KeyNumber, documents.KeyNumberRow),
    ("sources", Source, documents.SourceRow),
    ("guesses", Guess, documents.GuessRow),
    ("questions", Question, documents.QuestionRow),
    ("prompts", Prompt, documents.QuestionRow),
)


@transaction.atomic
def write(document: Document) -> Entry:
    """Store everything of a document that needs no other entry; the rest is `connect`."""
    values = {name: getattr(document, name) for name in PLAIN}
    values |= {name: document.texts.get(name, "") for name in SECTIONS}
    values |= {
        "category": Category.objects.get_by_natural_key(document.category),
        "calculator_values": dict(document.calculator_values),
    }
    entry, _ = Entry.objects.update_or_create(slug=document.slug, defaults=values)
    write_all_rows(entry, document)
    return entry


def write_all_rows(entry: Entry, document: Document) -> None:
    for name, model, _row in ROWS:
        write_rows(model, entry, getattr(document, name))


def write_rows(model: type[Row], entry: Entry, rows: Sequence[Any]) -> None:
    manager: models.Manager[Any] = model._default_manager  # noqa: SLF001 - Django's own public name
    manager.filter(entry=entry).delete()
    manager.bulk_create(
        model(entry=entry, position=position, **fields(row)) for position, row in enumerate(rows)
    )


def fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


@transaction.atomic
def connect(entry: Entry, document: Document) -> None:
    """Store what names other entries, once they are all there: relations, replacement, links."""
    slugs = {row.to for row in document.relations} | {document.replaced_by} - {""}
    found = Entry.objects.in_bulk(slugs, field_name="slug")
    for slug in sorted(slugs):
        if slug not in found:
            message = f"{document.slug} is related to “{slug}”, and there is no such entry"
            raise Entry.DoesNotExist(message)
    Entry.objects.filter(pk=entry.pk).update(replaced_by=found.get(document.replaced_by))
    entry.relations.all().delete()
    Relation.objects.bulk_create(
        Relation(
            source=entry, kind=row.kind, target=found[row.to], reason=row.reason, position=position
        )
        for position, row in enumerate(document.relations)
    )
    keep(entry, typeset(document, known_terms()))


def keep(entry: Entry, result: Typeset) -> None:
    """Store the typeset texts, and the sentences that link to other entries."""
    Entry.objects.filter(pk=entry.pk).update(
        rendered=result.rendered, unresolved=list(result.unknown)
    )
    entry.rendered = result.rendered
    first = {mention.target: mention for mention in reversed(result.mentions)}
    targets = Entry.objects.in_bulk(first, field_name="slug")
    entry.mentions.all().delete()
    Mention.objects.bulk_create(
        Mention(source=entry, target=targets[slug], sentence=mention.sentence[:400])
        for slug, mention in first.items()
    )
    editions.renew()


@transaction.atomic
def retypeset(entries: Iterable[Entry]) -> None:
    """Render entries again, after a name they use or the engine itself has changed."""
    terms = known_terms()
    for entry in entries:
        keep(entry, typeset(read(entry), terms))


def dependents(entry: Entry, names: Iterable[str]) -> list[int]:
    """Return the keys of the entries whose text links to this one, or to one of these names."""
    wanted = {name.casefold() for name in names}
    unresolved = Entry.objects.exclude(unresolved=[]).values_list("pk", "unresolved")
    found = {pk for pk, unknown in unresolved if wanted & {name.casefold() for name in unknown}}
    found.update(Mention.objects.filter(target=entry).values_list("source", flat=True))
    return sorted(found - {entry.pk})


def read(entry: Entry) -> Document:
    """Return the document that an entry's rows make."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in PLAIN}
    for name, model, row in ROWS:
        kept = model._default_manager.filter(entry=entry).order_by("position", "pk")  # noqa: SLF001
        values[name] = tuple(
            row(**{field: getattr(item, field) for field in row.__slots__}) for item in kept
        )
    relations = entry.relations.select_related("target").order_by("position", "pk")
    return Document(
        **values,
        category=entry.category.slug,
        replaced_by=entry.replaced_by.slug if entry.replaced_by else "",
        calculator_values={str(k): str(v) for k, v in entry.calculator_values.items()},
        texts={name: text for name in SECTIONS if (text := getattr(entry, name))},
        relations=tuple(
            documents.RelationRow(kind=item.kind, to=item.target.slug, reason=item.reason)
            for item in relations
        ),
    )
