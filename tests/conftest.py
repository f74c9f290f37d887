"""What all tests share: the glossary that comes with the code, loaded once into the database."""

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker

from glossary.models import Category, Entry


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        call_command("seed", verbosity=0)


@pytest.fixture
def empty_glossary(db: None) -> None:
    Entry.objects.all().delete()
    Category.objects.all().delete()


@pytest.fixture
def htmx_client() -> Client:
    return Client(headers={"HX-Request": "true"})
