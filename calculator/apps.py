"""Starts the calculator app: registers every widget and the checks that prove them."""

from django.apps import AppConfig


class CalculatorConfig(AppConfig):
    name = "calculator"

    def ready(self) -> None:
        from calculator import (
            checks,  # noqa: F401 - importing registers the checks
            registry,
        )

        registry.discover()
