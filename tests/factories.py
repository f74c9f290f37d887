"""Makes rows for tests: every default is in sight, a test names only what it is about."""

from datetime import date
from typing import Any

from django.contrib.auth.models import Group, User

from glossary.documents import SECTIONS
from glossary.models import Alias, Category, Entry, State
from glossary.rendering import render_markdown


def make_category(**over: Any) -> Category:
    values: dict[str, Any] = {
        "slug": "inside-a-model",
        "name": "Inside a model",
        "summary": "What a model is made of.",
        "position": 1,
    } | over
    category, _ = Category.objects.get_or_create(slug=values["slug"], defaults=values)
    return category


def make_entry(**over: Any) -> Entry:
    """Make a published entry with its texts rendered; `aliases` and `hidden` are more names."""
    alternative, hidden = over.pop("aliases", ()), over.pop("hidden", ())
    title = over.get("title", "Parameter")
    values: dict[str, Any] = {
        "category": over.get("category") or make_category(),
        "title": title,
        "slug": title.lower().replace(" ", "-"),
        "definition": f"{title} is a term that this test made up.",
        "state": State.PUBLISHED,
        "updated": date(2026, 11, 22),
    } | over
    values.setdefault(
        "rendered",
        {name: render_markdown(values[name]) for name in SECTIONS if values.get(name)},
    )
    entry = Entry.objects.create(**values)
    for text in alternative:
        Alias.objects.create(entry=entry, text=text)
    for text in hidden:
        Alias.objects.create(entry=entry, text=text, kind=Alias.Kind.HIDDEN)
    return entry


def make_editor(name: str = "eva") -> User:
    """Make a person of the group that writes the glossary, and no more than that."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def filled_form(response: Any, **over: str) -> dict[str, str]:
    """Return what a browser would send for an admin page, with some fields typed over."""
    context = response.context_data
    rows = [item.formset for item in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(form for formset in rows for form in formset.forms)]
    sent: dict[str, str] = {}
    for form in [*forms, *(formset.management_form for formset in rows)]:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                sent[field.html_name] = "on" if value is True else str(value)
    return sent | over
