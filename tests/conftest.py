"""What all tests share: the glossary that comes with the code, loaded once into the database."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from glossary.models import Category, Entry


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        call_command("seed", verbosity=0)
    yield
    with django_db_blocker.unblock():
        end_other_connections()


def end_other_connections() -> None:
    """While Playwright's loop runs Django opens a connection that nothing closes afterwards, and
    PostgreSQL drops no database that somebody is connected to.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def empty_glossary(db: None) -> None:
    Entry.objects.all().delete()
    Category.objects.all().delete()


@pytest.fixture
def htmx_client() -> Client:
    return Client(headers={"HX-Request": "true"})
