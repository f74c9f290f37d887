"""Starts the glossary app: each change of a term makes an edition, each migration the editors."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GlossaryConfig(AppConfig):
    name = "glossary"

    def ready(self) -> None:
        from glossary import editions, editors

        editions.follow_changes()
        post_migrate.connect(editors.make_group, sender=self)
