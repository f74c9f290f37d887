"""Checks every entry the way publishing does: links, numbers, names, relations, completeness."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from glossary import checking, storing
from glossary.models import Entry
from glossary.typesetting import known_terms


class Command(BaseCommand):
    help = "Check all entries in the database, or the named ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        terms = known_terms()
        entries = Entry.objects.select_related("category", "replaced_by")
        if options["slugs"]:
            entries = entries.filter(slug__in=options["slugs"])
        count = 0
        for entry in entries:
            document = storing.read(entry)
            found = [*checking.document_problems(document, terms), *checking.completeness(document)]
            for problem in found:
                self.stderr.write(f"{entry.slug}: {problem.field}: {problem.message}")
            count += len(found)
        for sentence in checking.graph_problems():
            self.stderr.write(f"relations: {sentence}")
            count += 1
        if count:
            raise CommandError(f"{count} problems")
        self.stdout.write(f"{len(entries)} entries are in order.")
