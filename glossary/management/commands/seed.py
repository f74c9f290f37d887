"""Loads the glossary and the models that come with the code where there are none yet."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from calculator.models import LanguageModel
from glossary.management.commands.typeset import fingerprint
from glossary.models import Edition, Entry


def entry_files() -> list[Path]:
    return sorted(Path(settings.BASE_DIR, "fixtures", "entries").glob("*/*.md"))


def model_files() -> list[Path]:
    return sorted(Path(settings.BASE_DIR, "fixtures", "models").glob("*.json"))


class Command(BaseCommand):
    help = "Load what is not there yet; else only bring it up to the present engine."

    def handle(self, *args: Any, **options: Any) -> None:
        self.load_models()
        self.load_entries()

    def load_models(self) -> None:
        if LanguageModel.objects.exists():
            return
        call_command("loaddata", *map(str, model_files()), verbosity=0)
        counted = LanguageModel.objects.all().count_again()
        self.stdout.write(f"Loaded and counted {counted} models.")

    def load_entries(self) -> None:
        if Entry.objects.exists():
            call_command("typeset", stdout=self.stdout)
            return
        call_command("loaddata", "categories", verbosity=0)
        call_command("loaddata", *map(str, entry_files()), verbosity=0)
        Edition.objects.update(engine=fingerprint())
        self.stdout.write(f"Loaded {Entry.objects.count()} entries.")
