"""Makes the group of people who write: entries with their rows and models, never users."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

NAME = "Editors"
WRITTEN = ("category", "entry", "languagemodel")
# The other app was migrated before this one: its permissions are there already.
APPS = ("calculator", "glossary")


def make_group(sender: AppConfig, using: str, **signal: Any) -> None:
    """Give editors what they need, after each migration; permissions added by hand stay."""
    wanted = [f"{action}_{model}" for model in WRITTEN for action in ("view", "add", "change")]
    group, _ = Group.objects.using(using).get_or_create(name=NAME)
    permissions = Permission.objects.using(using).filter(
        content_type__app_label__in=APPS, codename__in=wanted
    )
    group.permissions.add(*permissions)
