"""What every calculator promises, whoever wrote it: pages, refusals, addresses, clean markup."""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode

import pytest
from django.test import Client

from calculator import registry
from calculator.registry import Widget

pytestmark = pytest.mark.django_db


def widget_of(slug: str) -> Widget:
    widget = registry.get(slug)
    assert widget is not None
    return widget


SLUGS = [widget.slug for widget in registry.all_widgets()]
INPUTS = [
    (widget.slug, name) for widget in registry.all_widgets() for name in widget.form.base_fields
]
TYPED = [
    (slug, name)
    for slug, name in INPUTS
    if getattr(widget_of(slug).form.base_fields[name], "kind", "") != "options"
]
REFUSED = ["abc", "", "1\x00", "9" * 10_000]
STYLE_OR_HANDLER = re.compile(r"<[^>]*\s(?:style|on[a-z]+|hx-on[^=]*)\s*=", re.IGNORECASE)


class Site:
    def __init__(self, client: Client) -> None:
        self.client = client

    def whole(self, slug: str, **query: str) -> str:
        return self.read(f"/calculators/{slug}/", query)

    def part(self, slug: str, **query: str) -> str:
        return self.read(f"/calculators/{slug}/result/", query)

    def read(self, path: str, query: dict[str, str]) -> str:
        response = self.client.get(path, query)
        assert response.status_code == 200
        return response.content.decode()


@pytest.fixture
def site(client: Client) -> Site:
    return Site(client)


def default_texts(slug: str) -> Iterator[str]:
    widget = widget_of(slug)
    form = widget.form.read({}, {})
    assert form.is_valid()
    for output in widget.run(form.cleaned_data).outputs.values():
        yield output.text


def test_there_are_seventeen_calculators_in_their_order() -> None:
    orders = [widget.order for widget in registry.all_widgets()]

    assert orders == list(range(1, 18))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_asks_the_question_and_shows_the_answer(slug: str, site: Site) -> None:
    html = site.whole(slug)

    widget = widget_of(slug)
    assert escape(widget.question, quote=False) in html or escape(widget.question) in html
    assert 'class="eq"' in html
    assert 'name="htmx-config"' in html
    assert next(iter(default_texts(slug))) in html


@pytest.mark.parametrize("slug", SLUGS)
def test_the_part_that_redraws_is_no_whole_page(slug: str, site: Site) -> None:
    html = site.part(slug)

    assert 'id="out"' in html
    assert "<html" not in html
    assert 'hx-swap-oob="true"' in html


@pytest.mark.parametrize("slug", SLUGS)
def test_the_markup_has_no_inline_style_and_no_handler(slug: str, site: Site) -> None:
    for html in (site.whole(slug), site.part(slug)):
        assert STYLE_OR_HANDLER.search(html) is None


@pytest.mark.parametrize("slug", SLUGS)
def test_ids_are_used_once(slug: str, site: Site) -> None:
    ids = re.findall(r'\sid="([^"]+)"', site.whole(slug))

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_label_belongs_to_a_control(slug: str, site: Site) -> None:
    html = site.whole(slug)

    for target in re.findall(r'<label[^>]* for="([^"]+)"', html):
        assert f'id="{target}"' in html
    for described in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html):
        for target in described.split():
            assert f'id="{target}"' in html


@pytest.mark.parametrize("text", REFUSED, ids=["word", "nothing", "nul", "long"])
@pytest.mark.parametrize(("slug", "name"), INPUTS)
def test_a_bad_input_is_refused_beside_its_field(
    slug: str, name: str, text: str, site: Site
) -> None:
    html = site.whole(slug, **{name: text})

    error = re.search(rf'id="{re.escape(name)}-err"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert error is not None
    assert "Error: " in error[1]
    assert "Still showing the last result that worked" in html
    assert "Error: " in html.partition("</title>")[0]


@pytest.mark.parametrize(("slug", "name"), TYPED)
def test_what_was_typed_is_kept(slug: str, name: str, site: Site) -> None:
    html = site.whole(slug, **{name: "about twelve"})

    assert 'value="about twelve"' in html


@pytest.mark.parametrize("slug", SLUGS)
def test_unknown_and_doubled_keys_do_no_harm(slug: str, site: Site, client: Client) -> None:
    fields = widget_of(slug).form.base_fields
    asked = [(name, text) for name in fields for text in ("abc", str(fields[name].initial))]
    plain = site.part(slug, **dict(asked))

    odd = client.get(f"/calculators/{slug}/result/?{urlencode([('utm_source', 'x'), *asked])}")

    assert odd.content.decode() == plain
    assert "Error: " not in plain


@pytest.mark.parametrize("slug", SLUGS)
def test_the_default_address_is_the_shortest(slug: str) -> None:
    form = widget_of(slug).form.read({}, {})

    assert form.is_valid()
    assert form.address({}) == ""


@pytest.mark.parametrize("slug", SLUGS)
def test_presets_lead_to_an_answer(slug: str, site: Site) -> None:
    html = site.whole(slug)

    for href in re.findall(rf'href="(/calculators/{slug}/\?[^"#]*)', html):
        assert 'class="err err--' not in site.read(href.replace("&amp;", "&"), {})


@pytest.mark.parametrize("slug", SLUGS)
def test_the_announcement_is_a_sentence_without_its_stop(slug: str) -> None:
    widget = widget_of(slug)
    form = widget.form.read({}, {})
    assert form.is_valid()

    said = widget.run(form.cleaned_data).announcement

    assert said[0].isupper() or said[0].isdigit()
    assert not said.endswith(".")
