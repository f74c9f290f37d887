"""Writes the database's entries as the files they came from, for review and for git."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from glossary import storing
from glossary.documents import dump
from glossary.models import Entry


class Command(BaseCommand):
    help = "Write every entry to fixtures/entries/<category>/<slug>.md."

    def add_arguments(self, parser: CommandParser) -> None:
        folder = Path(settings.BASE_DIR, "fixtures", "entries")
        parser.add_argument("--to", type=Path, default=folder)
        parser.add_argument("--check", action="store_true", help="Only fail on differences.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["to"]
        different = []
        for entry in Entry.objects.select_related("category", "replaced_by"):
            file = folder / entry.category.slug / f"{entry.slug}.md"
            text = dump(storing.read(entry))
            if file.exists() and file.read_text(encoding="utf-8") == text:
                continue
            different.append(str(file.relative_to(folder)))
            if not options["check"]:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        if options["check"] and different:
            raise CommandError(f"These files differ from the database: {', '.join(different)}")
        self.stdout.write(f"{len(different)} entries written." if different else "All files agree.")
