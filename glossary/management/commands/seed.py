"""Loads the glossary that comes with the code into an empty database; never over an edit."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from glossary.management.commands.typeset import fingerprint
from glossary.models import Edition, Entry


def entry_files() -> list[Path]:
    return sorted(Path(settings.BASE_DIR, "fixtures", "entries").glob("*/*.md"))


class Command(BaseCommand):
    help = "Load the glossary when there is none; else only render it with the present engine."

    def handle(self, *args: Any, **options: Any) -> None:
        if Entry.objects.exists():
            call_command("typeset", stdout=self.stdout)
            return
        call_command("loaddata", "categories", verbosity=0)
        call_command("loaddata", *map(str, entry_files()), verbosity=0)
        Edition.objects.update(engine=fingerprint())
        self.stdout.write(f"Loaded {Entry.objects.count()} entries.")
