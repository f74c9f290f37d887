"""What a glossary is made of: entries, their names, their reasons to lead to each other."""

from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Greatest, Least, Lower
from django.urls import reverse

from glossary.queries import CategoryQuerySet, EntryQuerySet
from glossary.rows import Alias, Guess, KeyNumber, Prompt, Question, Row, Source

__all__ = [
    "Alias",
    "Category",
    "Edition",
    "Entry",
    "Guess",
    "KeyNumber",
    "Level",
    "Mention",
    "Prompt",
    "Question",
    "Relation",
    "Row",
    "Source",
    "State",
]


class Category(models.Model):
    """A part of the field that entries belong to; each entry has exactly one."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    summary = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("glossary:category", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Level(models.TextChoices):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class State(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"


class Entry(models.Model):
    """One term: what it means, at three depths, with the calculator that shows it.

    The texts are Markdown; `rendered` holds what visitors get, made when the entry is saved.
    """

    title = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    plural = models.CharField(max_length=100, blank=True)
    sense = models.CharField(
        max_length=60, blank=True, help_text="Which meaning, where a word has several."
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="entries")
    level = models.CharField(max_length=12, choices=Level, default=Level.BEGINNER)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaces"
    )
    # SQLite does not enforce a length and a form should say it in words: the validator does both.
    definition = models.CharField(
        max_length=300,
        validators=[MaxLengthValidator(300)],
        help_text="One sentence that reads well alone. No markup. It is also the preview.",
    )
    plain = models.TextField("in plain words", blank=True)
    working = models.TextField("for people who build", blank=True)
    exact = models.TextField("exactly", blank=True)
    analogy = models.TextField(blank=True)
    analogy_breaks = models.TextField("where the analogy breaks", blank=True)
    why_it_matters = models.TextField(blank=True)
    how_it_works = models.TextField(blank=True)
    common_mistakes = models.TextField(blank=True)
    worked_example = models.TextField(blank=True)
    guess = models.CharField("guess first", max_length=200, blank=True)
    calculator = models.SlugField(max_length=60, blank=True)
    calculator_values = models.JSONField(
        default=dict, blank=True, help_text='Inputs it starts from, like {"n": "70", "p": "4"}.'
    )
    updated = models.DateField()
    reviewed = models.DateField(null=True, blank=True)
    reviewer = models.CharField(max_length=100, blank=True)
    rendered = models.JSONField(default=dict, editable=False)
    unresolved = models.JSONField(default=list, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [Lower("title"), "pk"]
        verbose_name_plural = "entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | ~models.Q(definition=""),
                name="published_entry_has_a_definition",
            ),
            models.CheckConstraint(
                condition=~models.Q(replaced_by=models.F("pk")), name="entry_is_not_its_replacement"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("glossary:entry", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def is_public(self) -> bool:
        return self.state != State.DRAFT

    @property
    def letter(self) -> str:
        first = self.title[:1].upper()
        return first if first.isascii() and first.isalpha() else "#"


class Edition(models.Model):
    """The one row that names the present state of the glossary; see `glossary.editions`."""

    stamp = models.UUIDField()
    engine = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.stamp)


class Relation(models.Model):
    """A typed link between two entries with the reason to follow it; its inverse is derived."""

    class Kind(models.TextChoices):
        BROADER = "broader", "is a kind or part of"
        RELATED = "related", "is related to"
        CONTRAST = "contrast", "is not the same as"
        READ_FIRST = "read-first", "is easier after reading"

    source = models.ForeignKey(Entry, models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.RELATED)
    target = models.ForeignKey(Entry, models.CASCADE, related_name="inverse_relations")
    reason = models.CharField(max_length=200, help_text="One line that makes the reader curious.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")),
                name="relation_leads_elsewhere",
                violation_error_message="An entry cannot be related to itself.",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="relation_has_a_reason",
                violation_error_message="Write the reason to follow this link.",
            ),
            models.UniqueConstraint(
                fields=["source", "kind", "target"],
                name="relation_is_stated_once",
                violation_error_message="This relation is already there.",
            ),
            models.UniqueConstraint(
                Least("source", "target"),
                Greatest("source", "target"),
                condition=models.Q(kind__in=["related", "contrast"]),
                name="symmetric_relation_is_stated_once",
                violation_error_message="These two entries are already related or contrasted:"
                " such a relation shows on both pages by itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"


class Mention(models.Model):
    """A sentence in one entry's text that links to another; found when the text is rendered."""

    source = models.ForeignKey(Entry, models.CASCADE, related_name="mentions")
    target = models.ForeignKey(Entry, models.CASCADE, related_name="mentioned_in")
    sentence = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.sentence
