"""Names each state of the glossary, so that what was made from it can tell when it is old."""

from typing import Any
from uuid import UUID, uuid4

from django.db.models.signals import post_delete, post_save

from glossary.models import Alias, Category, Edition, Entry


def current() -> UUID | None:
    """Return the name of the present state; None before anything was written."""
    return Edition.objects.filter(pk=1).values_list("stamp", flat=True).first()


def renew(**signal: Any) -> None:
    """Give the glossary a new name, in the transaction that changes it.

    Whoever writes past `save()` and `delete()`, with `update()` or in bulk, calls this too. The
    name is random and not a count: a count taken in a transaction that failed comes again later,
    for another content.
    """
    Edition.objects.bulk_create(
        [Edition(pk=1, stamp=uuid4())],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["stamp"],
    )


def follow_changes() -> None:
    for model in (Category, Entry, Alias):
        for signal in (post_save, post_delete):
            signal.connect(renew, sender=model, dispatch_uid=f"edition {model.__name__}")
