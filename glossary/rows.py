"""The rows under an entry: its other names, numbers, questions, guesses and sources."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower


class Row(models.Model):
    """What the rows under an entry share: their entry and their order in it."""

    entry = models.ForeignKey("glossary.Entry", models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "pk"]


class Alias(Row):
    """Another name of an entry: shown as "also called", or hidden and only found by search."""

    class Kind(models.TextChoices):
        ALTERNATIVE = "alternative"
        HIDDEN = "hidden"

    entry = models.ForeignKey("glossary.Entry", models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ALTERNATIVE)

    class Meta(Row.Meta):
        verbose_name_plural = "aliases"
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("text"),
                name="alias_is_used_once",
                violation_error_message="Another entry already has this alias.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Asked(Row):
    """A question with its answer."""

    question = models.CharField(max_length=300)
    answer = models.TextField()

    class Meta(Row.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.question


class Question(Asked):
    """A question that readers really ask."""


class Prompt(Asked):
    """A question with which readers check themselves."""


class Guess(Row):
    """One of the answers offered before the calculator, with what choosing it teaches."""

    entry = models.ForeignKey("glossary.Entry", models.CASCADE, related_name="guesses")
    text = models.CharField(max_length=100)
    feedback = models.CharField(max_length=300)
    correct = models.BooleanField(default=False)

    class Meta(Row.Meta):
        verbose_name_plural = "guesses"

    def __str__(self) -> str:
        return self.text


class KeyNumber(Row):
    """A number that readers come back for, with how sure we are of it."""

    class Status(models.TextChoices):
        COMPUTED = "computed"
        DEFINED = "defined"
        DISCLOSED = "disclosed"
        MEASURED = "measured"
        ESTIMATED = "estimated"
        UNKNOWN = "unknown"

    label = models.CharField(max_length=120)
    value = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.COMPUTED)
    source = models.CharField("source key", max_length=40, blank=True)

    def __str__(self) -> str:
        return self.label


class Source(Row):
    """Where a fact was read, and when."""

    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=250)
    publisher = models.CharField(max_length=150, blank=True)
    published = models.CharField(max_length=40, blank=True, help_text="A year or a date.")
    url = models.URLField(max_length=400, blank=True)
    accessed = models.DateField(null=True, blank=True)

    class Meta(Row.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "key"], name="source_key_is_used_once")
        ]

    def __str__(self) -> str:
        return self.title
