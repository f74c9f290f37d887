"""Renders all entries and counts all models again when the engine has changed since last time."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from calculator.models import LanguageModel
from glossary import storing
from glossary.models import Edition, Entry

# Everything that decides how a stored text looks and which numbers stand in it.
MADE_BY = (
    "calculator/**/*.py",
    "calculator/core/data/*.toml",
    "templates/calculator/**/*.html",
    "templates/components/*.html",
    "templates/figures/*.html",
    "glossary/*.py",
)


def fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for file in sorted(Path(settings.BASE_DIR).glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class Command(BaseCommand):
    help = "Render all entries and count all models again if the code that does so has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--always", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        now = fingerprint()
        if not options["always"] and Edition.objects.filter(engine=now).exists():
            return
        entries = list(Entry.objects.select_related("category", "replaced_by"))
        storing.retypeset(entries)
        counted = LanguageModel.objects.all().count_again()
        Edition.objects.filter(pk=1).update(engine=now)
        self.stdout.write(
            f"Rendered {len(entries)} entries and counted {counted} models with the engine"
            " as it is now."
        )
