"""Publishing from the list and from the page, the preview, and what an editor finds there."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from glossary import publishing, storing
from glossary.models import Category, Entry, State
from tests.factories import filled_form, make_editor, make_entry

pytestmark = pytest.mark.django_db

LIST = "/admin/glossary/entry/"
ADD = "/admin/glossary/entry/add/"
NEW_PREVIEW = "/admin/glossary/entry/preview/"
HTMX = {"HX-Request": "true"}
ODD: list[dict[str, str]] = [
    {"calculator_values": "n=x"},
    {"calculator": "nope"},
    {"slug": "not a slug/"},
    {"category": "abc\0"},
    {"plain": "\0" * 10 + "x" * 150_000},
    {"plain": "> " * 5_000},
    {"exact": "[[" * 20_000},
    {"relations-0-target": "0"},
    {"relations-0-kind": "nope"},
    {"keynumbers-0-status": "nope"},
    {"replaced_by": "99999999999999999999"},
    {"relations-TOTAL_FORMS": "x"},
    {"aliases-TOTAL_FORMS": "1500"},
    {"sources-0-accessed": "yesterday", "reviewed": "tomorrow"},
    {"aliases-0-id": "abc", "aliases-1-id": "99999999999999999999999"},
    {"title": "<script>alert(1)</script>"},
    {"state": "nope", "level": "nope"},
]


@pytest.fixture(autouse=True)
def editor(client: Client) -> User:
    user = make_editor()
    client.force_login(user)
    return user


def page_of(slug: str, view: str = "change") -> str:
    name = f"admin:glossary_entry_{view}"
    return reverse(name, args=[Entry.objects.get(slug=slug).pk])


def filled(client: Client, slug: str = "weight-memory", **over: str) -> dict[str, str]:
    return filled_form(client.get(page_of(slug)), **over)


def run(client: Client, action: str, *slugs: str) -> str:
    keys = [str(Entry.objects.get(slug=slug).pk) for slug in slugs]
    data = {"action": action, "_selected_action": keys}
    return client.post(LIST, data, follow=True).text


def on_page(client: Client, action: str, slug: str, **over: str) -> str:
    data = filled(client, slug, **over) | {"CHANGE_FORM-action": action}
    data["_selected_action"] = str(Entry.objects.get(slug=slug).pk)
    return client.post(page_of(slug), data, follow=True).text


def test_the_list_publishes_what_it_can_and_says_why_not(client: Client) -> None:
    publishing.unpublish(Entry.objects.get(slug="weight-memory"))
    make_entry(title="Walrus", state=State.DRAFT)

    text = run(client, "publish", "weight-memory", "walrus")

    assert "Published: “Weight memory”." in text
    assert "“Walrus” was not published. Plain: Write at least" in text
    assert client.get("/terms/weight-memory/").status_code == 200
    assert client.get("/terms/walrus/").status_code == 404


def test_the_list_unpublishes(client: Client) -> None:
    text = run(client, "unpublish", "weight-memory", "kv-cache")

    assert "Unpublished: " in text
    assert [
        client.get(f"/terms/{slug}/").status_code for slug in ("weight-memory", "kv-cache")
    ] == [
        404,
        404,
    ]


def test_marking_as_reviewed_signs_with_name_and_day(client: Client, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(first_name="Eva", last_name="Luator")
    Entry.objects.filter(slug="weight-memory").update(reviewed=None, reviewer="")

    text = run(client, "mark_reviewed", "weight-memory")

    entry = Entry.objects.get(slug="weight-memory")
    assert entry.reviewer == "Eva Luator"
    assert entry.reviewed is not None
    assert "Reviewed by Eva Luator today: “Weight memory”." in text


def test_publishing_from_the_page_keeps_what_was_typed(client: Client) -> None:
    publishing.unpublish(Entry.objects.get(slug="weight-memory"))

    text = on_page(client, "publish", "weight-memory", analogy="A new analogy.")

    assert "“Weight memory” is now published." in text
    assert "A new analogy." in client.get("/terms/weight-memory/").text


def test_a_refused_publishing_from_the_page_loses_nothing(client: Client) -> None:
    publishing.unpublish(Entry.objects.get(slug="weight-memory"))

    text = on_page(client, "publish", "weight-memory", analogy="See [[nowhere]].")

    assert "No entry answers to [[nowhere]]" in text
    assert "See [[nowhere]].</textarea>" in text
    assert Entry.objects.get(slug="weight-memory").state == State.DRAFT


def test_unpublishing_from_the_page(client: Client) -> None:
    text = on_page(client, "unpublish", "weight-memory")

    assert "“Weight memory” is now draft." in text
    assert client.get("/terms/weight-memory/").status_code == 404


def test_an_action_without_the_form_works_on_what_is_stored(client: Client) -> None:
    entry = Entry.objects.get(slug="weight-memory")
    data = {"CHANGE_FORM-action": "unpublish", "_selected_action": str(entry.pk)}

    client.post(page_of("weight-memory"), data)

    entry.refresh_from_db()
    assert entry.state == State.DRAFT


def test_who_may_only_look_may_not_publish(client: Client) -> None:
    from django.contrib.auth.models import Permission

    reader = User.objects.create_user("rea", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_entry"))
    client.force_login(reader)

    run(client, "unpublish", "weight-memory")
    page = client.get(page_of("weight-memory"))

    assert client.get("/terms/weight-memory/").status_code == 200
    assert page.status_code == 200
    assert "preview-report" not in page.text
    assert client.post(page_of("weight-memory", "preview")).status_code == 403
    assert client.post(page_of("weight-memory"), {"title": "x"}).status_code == 403


def test_only_public_entries_lead_to_the_site(client: Client) -> None:
    publishing.unpublish(Entry.objects.get(slug="kv-cache"))

    assert 'href="/terms/weight-memory/"' in client.get(page_of("weight-memory")).text
    assert 'href="/terms/kv-cache/"' not in client.get(page_of("kv-cache")).text


def test_deleting_names_what_leads_here_and_unlinks_it(client: Client, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    page = page_of("kv-cache", "delete")

    asked = client.get(page).text
    client.post(page, {"post": "yes"})

    assert "Relation: " in asked
    assert not Entry.objects.filter(slug="kv-cache").exists()
    parameter = Entry.objects.get(slug="parameter")
    assert "KV cache" in parameter.unresolved
    assert "/terms/kv-cache/" not in str(parameter.rendered)


def test_the_list_deletes_many_and_unlinks_them(client: Client, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    keys = list(
        Entry.objects.filter(slug__in=["kv-cache", "hyperparameter"]).values_list("pk", flat=True)
    )

    client.post(LIST, {"action": "delete_selected", "_selected_action": keys, "post": "yes"})

    assert "KV cache" in Entry.objects.get(slug="parameter").unresolved
    assert "/terms/hyperparameter/" not in str(Entry.objects.get(slug="parameter").rendered)


@pytest.mark.parametrize("slug", ["parameter", "moe", "training", "lora"])
def test_the_preview_is_the_page_that_visitors_get(client: Client, slug: str) -> None:
    preview = client.post(page_of(slug, "preview"), filled(client, slug)).text
    page = client.get(f"/terms/{slug}/").text

    assert without_calculator(preview) == without_calculator(page)
    assert "Nothing to mend." in preview


def without_calculator(page: str) -> str:
    """The main part of a page; the calculator's own addresses and the findings left out."""
    main = page.partition("<main ")[2].partition("</main>")[0]
    main = re.sub(r'<section class="[^"]*" id="findings">.*?</section>', "", main, flags=re.DOTALL)
    main = re.sub(r'<section class="calc.*?</section>', "", main, flags=re.DOTALL)
    return " ".join(main.split())


def test_the_preview_shows_what_was_typed_and_stores_nothing(client: Client) -> None:
    before = storing.read(Entry.objects.get(slug="weight-memory"))
    data = filled(client, plain="Some [[Training]] and [[nowhere]].", title="Another title")

    response = client.post(page_of("weight-memory", "preview"), data, headers=HTMX)

    assert "Another title" in response.text
    assert '<a href="#id_plain">In plain words</a> No entry answers to [[nowhere]]' in response.text
    assert storing.read(Entry.objects.get(slug="weight-memory")) == before


def test_the_preview_of_a_new_entry_needs_nothing_filled_in(client: Client) -> None:
    empty = client.post(NEW_PREVIEW, {}, headers=HTMX)
    category = str(Category.objects.get(slug="training").pk)
    data = filled_form(client.get(ADD), title="Walrus", category=category, plain="One [[Seal]].")
    begun = client.post(NEW_PREVIEW, data, headers=HTMX)

    assert empty.status_code == 200
    assert '<a href="#id_title">Title</a> This field is required.' in empty.text
    assert "A draft may keep this." in begun.text
    assert "Walrus" in begun.text


@pytest.mark.parametrize("typed", ODD, ids=[f"{n} {min(typed)}" for n, typed in enumerate(ODD)])
def test_the_preview_and_saving_survive_anything(client: Client, typed: dict[str, str]) -> None:
    data = filled(client) | typed

    shown = client.post(page_of("weight-memory", "preview"), data, headers=HTMX)
    whole = client.post(page_of("weight-memory", "preview"), data)
    saved = client.post(page_of("weight-memory"), data | {"_continue": "1"})

    assert [shown.status_code, whole.status_code] == [200, 200]
    assert saved.status_code in {200, 302}
    assert "<script>alert(1)" not in shown.text + whole.text + saved.text


def test_more_than_a_megabyte_is_refused(client: Client) -> None:
    data = filled(client, plain="x" * 1_100_000)

    assert client.post(page_of("weight-memory", "preview"), data).status_code == 400
    assert client.post(page_of("weight-memory"), data).status_code == 400


def test_the_preview_asks_for_the_token_of_its_form(editor: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(editor)

    assert careful.post(NEW_PREVIEW, {"title": "x"}).status_code == 403


@pytest.mark.parametrize("address", ["/admin/", LIST, ADD, f"{LIST}?q=weight&state__exact=draft"])
def test_no_admin_page_holds_inline_script_or_style(client: Client, address: str) -> None:
    text = client.get(address).text

    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)
    assert "unsafe" not in client.get(address).headers["Content-Security-Policy"]


def test_cookies_are_the_admins_alone(client: Client) -> None:
    client.get(LIST)

    assert not client.get("/terms/weight-memory/").cookies


@pytest.mark.parametrize(
    "query",
    ["entry/?q=%00", "entry/?state__exact=%00", "entry/?category__id__exact=%00", "entry/?p=x",
     "entry/?state__exact=x%00%00", "category/?name=%00"],
)  # fmt: skip
def test_odd_lists_are_answered(client: Client, query: str) -> None:
    assert client.get(f"/admin/glossary/{query}", follow=True).status_code == 200
