"""The catalogue of real models: what each one's config.json says, and what was counted from it."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from calculator.catalogue import counting, texts
from calculator.catalogue.queries import LanguageModelQuerySet

SLUG = RegexValidator(
    r"\A[a-z0-9]+([.-][a-z0-9]+)*\Z", "Use small letters, digits, hyphens and points: llama-3.1-8b"
)


class Kind(models.TextChoices):
    """How a model is built, as far as its size depends on it."""

    DENSE = "dense", "dense"
    MOE = "moe", "mixture of experts"
    HYBRID = "hybrid", "hybrid"
    HYBRID_MOE = "hybrid-moe", "hybrid mixture of experts"
    STATE = "state", "state space"
    ENCODER = "encoder", "encoder"


class LanguageModel(models.Model):
    """One model. The columns from `model_type` on are counted by the engine, never typed."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    maker = models.CharField(max_length=80)
    released = models.DateField(
        null=True,
        blank=True,
        help_text="The day its repository was made on the hub. Leave it empty when unknown.",
    )
    licence = models.CharField(
        max_length=80, blank=True, help_text="As its publisher names it; empty when unknown."
    )
    hub = models.CharField(
        "repository", max_length=120, blank=True, help_text="On Hugging Face: maker/name"
    )
    same_shape = texts.LinesField(
        "models of the same shape", blank=True, help_text="One a line: slug | Name"
    )
    config = texts.ConfigField("config.json", help_text="Paste the file as it is.")
    sources = texts.LinesField(help_text="One a line: title | address")
    published_counts = texts.LinesField(
        blank=True,
        help_text="One a line: number | what it counts | where | address | why it differs",
    )
    checked = models.DateField("checked on")
    note = models.CharField(max_length=400, blank=True)
    is_public = models.BooleanField("published", default=False)

    model_type = models.CharField(max_length=60, blank=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, blank=True, editable=False)
    total = models.BigIntegerField(null=True, editable=False)
    active = models.BigIntegerField(null=True, editable=False)
    bytes_16 = models.BigIntegerField(null=True, editable=False)
    bytes_4 = models.BigIntegerField(null=True, editable=False)
    format_4 = models.CharField(max_length=20, blank=True, editable=False)
    cache_per_token = models.BigIntegerField(null=True, editable=False)
    needs = models.BigIntegerField(null=True, editable=False)

    objects = LanguageModelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        counting.fill(self)
        super().save(*args, **options)

    def get_absolute_url(self) -> str:
        return reverse("models:model", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def is_sparse(self) -> bool:
        return self.total != self.active

    @property
    def source_rows(self) -> list[texts.Source]:
        return texts.sources(self.sources)

    @property
    def published_rows(self) -> list[texts.Published]:
        return texts.published(self.published_counts)

    @property
    def same_shape_slugs(self) -> list[str]:
        return [texts.cells(line, 2)[0] for line in self.same_shape.splitlines()]

    @property
    def same_shape_names(self) -> list[str]:
        return [texts.cells(line, 2)[1] for line in self.same_shape.splitlines()]
