"""Markdown with front matter as a Django fixture format: `loaddata fixtures/entries/*/*.md`."""

from collections.abc import Iterator
from typing import Any

from django.core.serializers import base
from django.db import models

from glossary import storing
from glossary.documents import Document, DocumentError, dump, parse
from glossary.models import Category, Entry


class StoredDocument:
    """One document on its way into the database, in the shape that `loaddata` expects.

    An entry's own rows are saved at once; what names other entries waits until all are there.
    """

    deferred_fields = True

    def __init__(self, document: Document) -> None:
        self.document = document
        self.object = Entry(slug=document.slug, title=document.title)

    def save(self, *, save_m2m: bool = True, using: str | None = None, **kwargs: Any) -> None:
        try:
            self.object = storing.write(self.document)
        except Category.DoesNotExist as error:
            message = f"{self.document.slug}: there is no category “{self.document.category}”"
            raise base.DeserializationError(message) from error

    def save_deferred_fields(self, using: str | None = None) -> None:
        try:
            storing.connect(self.object, self.document)
        except Entry.DoesNotExist as error:
            raise base.DeserializationError(str(error)) from error


class Deserializer(base.Deserializer):
    """Yields the one document of a file."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        super().__init__(stream_or_string, **options)
        self.documents = self.read()

    def read(self) -> Iterator[StoredDocument]:
        text = self.stream.read()
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        try:
            yield StoredDocument(parse(text))
        except DocumentError as error:
            raise base.DeserializationError(str(error)) from error

    def __next__(self) -> Any:
        return next(self.documents)


class Serializer(base.Serializer):
    """Writes entries as documents; more than one in a row is for reading, not for loading."""

    internal_use_only = False

    def serialize(self, queryset: Any, **options: Any) -> str:
        return "\n".join(dump(storing.read(entry)) for entry in queryset if is_entry(entry))


def is_entry(item: models.Model) -> bool:
    return isinstance(item, Entry)
