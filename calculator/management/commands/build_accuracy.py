"""Compares the engine with the copied measurements and writes what /accuracy/ shows."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from calculator.core.accuracy import build

FIXTURES = Path(settings.BASE_DIR, "fixtures", "models")
FILE = Path(settings.BASE_DIR, "calculator", "core", "data", "accuracy.json")


class Command(BaseCommand):
    help = "Write calculator/core/data/accuracy.json from the measurements and the engine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only fail when it is stale.")

    def handle(self, *args: Any, **options: Any) -> None:
        text = written(build(configs()))
        stale = not FILE.exists() or FILE.read_text(encoding="utf-8") != text
        if not stale:
            self.stdout.write("The comparison is up to date.")
        elif options["check"]:
            raise CommandError("The comparison is stale: run python manage.py build_accuracy")
        else:
            FILE.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {FILE.name}.")


def configs() -> dict[str, Any]:
    """The config.json of every model that comes with the code, by slug."""
    found = {}
    for file in sorted(FIXTURES.glob("*.json")):
        fields = json.loads(file.read_text(encoding="utf-8"))[0]["fields"]
        config = fields["config"]
        found[fields["slug"]] = json.loads(config) if isinstance(config, str) else config
    return found


def written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
