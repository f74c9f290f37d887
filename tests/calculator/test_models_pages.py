"""The list of models and the page of each one."""

import html
import re

import pytest
from django.test import Client

from calculator.catalogue.links import calculator_links
from calculator.core.architecture import read_text
from calculator.core.real_models import RealModel
from calculator.models import LanguageModel

pytestmark = pytest.mark.django_db

ODD = ["\0", "<script>alert(1)</script>", "-1", "nan", "9" * 5_000, "../../etc/passwd", "%"]


def test_every_model_has_a_page_with_its_count_in_full(client: Client) -> None:
    for model in LanguageModel.objects.all():
        text = client.get(f"/models/{model.slug}/").text

        assert f"{model.total:,} parameters." in text, model.slug


def test_a_draft_is_invisible_to_visitors(client: Client) -> None:
    LanguageModel.objects.filter(slug="llama-3-8b").update(is_public=False)

    addresses = ("/models/llama-3-8b/", "/models/llama-3-8b/result/", "/models/llama-3.1-8b/")

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert "Llama 3 8B" not in client.get("/models/").text
    assert "llama-3-8b" not in client.get("/sitemap.xml").text


def test_a_model_of_the_same_shape_leads_to_the_one_that_stands_for_it(client: Client) -> None:
    response = client.get("/models/deepseek-r1/")

    assert response.status_code == 301
    assert response["Location"] == "/models/deepseek-v3/"


@pytest.mark.parametrize("slug", ["nope", "llama-3", "llama", "x" * 3_000, "Llama 3.1 8B"])
def test_a_slug_that_is_nobodys_is_not_found(client: Client, slug: str) -> None:
    response = client.get(f"/models/{slug}/")

    assert response.status_code == 404


def test_the_list_says_how_it_is_sorted(client: Client) -> None:
    text = client.get("/models/?sort=-total").text

    assert text.count("aria-sort") == 1
    assert re.search(
        r'aria-sort="descending" class="models__total r"><a href="[^"]*sort=total"', text
    )
    assert text.index("/models/deepseek-v3.2/") < text.index("/models/gpt2/")


def test_the_filter_of_the_list_lives_in_the_address(htmx_client: Client) -> None:
    response = htmx_client.get("/models/?q=&maker=Meta&size=&kind=moe&fits=&sort=-released")

    assert response["HX-Push-Url"] == "/models/?maker=Meta&kind=moe"
    assert "/models/llama-4-maverick-text/" in response.text
    assert "/models/llama-3-8b/" not in response.text


def test_a_filter_that_nothing_passes_says_so(client: Client) -> None:
    text = client.get("/models/?q=nothing+like+it").text

    assert "No model is like that." in text
    assert "0 models" in text


@pytest.mark.parametrize("value", ODD)
def test_odd_filters_get_a_list(client: Client, value: str) -> None:
    names = ("q", "maker", "size", "kind", "fits", "sort")

    response = client.get("/models/", dict.fromkeys(names, value))

    assert response.status_code == 200
    assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize("value", ODD)
def test_odd_settings_get_a_page_with_a_message(client: Client, value: str) -> None:
    names = ("format", "context", "sequences", "cache", "engine")

    response = client.get("/models/llama-3-8b/", dict.fromkeys(names, value))

    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert "<script>alert(1)" not in response.text


def test_a_page_shows_the_exact_bytes_of_each_format(client: Client) -> None:
    text = client.get("/models/llama-3-8b/").text

    for exact in ("16,060,522,496", "4,912,898,304", "8,532,934,912"):
        assert exact in text


def test_a_page_shows_what_engines_do_differently(client: Client) -> None:
    text = client.get("/models/gemma-3-27b/?context=131072").text

    assert "a window of 1,024 and room for a batch of 512" in text
    assert "a window of 1,024 keeps one token less between steps" in text


def test_a_model_without_a_gguf_file_says_so_and_starts_from_another_format(
    client: Client,
) -> None:
    text = client.get("/models/opt-13b/").text

    assert "llama.cpp has no architecture for models of type opt: no GGUF file" in text
    assert re.search(r'<option value="nf4-dq" selected>', text)


def test_a_format_that_a_model_lacks_is_refused_beside_its_field(client: Client) -> None:
    text = client.get("/models/opt-13b/?format=Q4_K_M").text

    assert re.search(r'id="format-err"[^>]*><span class="vh">Error: </span>llama.cpp has no', text)


def test_a_cache_type_that_an_engine_lacks_is_refused_beside_its_field(client: Client) -> None:
    text = client.get("/models/llama-3-8b/?cache=fp8").text

    assert re.search(r'id="cache-err"[^>]*><span class="vh">Error: </span>llama.cpp has no', text)


def test_a_cache_that_nobody_derived_is_called_unknown(client: Client) -> None:
    text = client.get("/models/deepseek-v4-flash-284b/").text

    assert "What a conversation takes in memory is not derived here yet." in text
    assert "Where it fits" not in text


def test_published_counts_stand_beside_ours(client: Client) -> None:
    text = client.get("/models/deepseek-v3/").text

    assert "684,531,386,000" in text
    assert "13,504,981,648 more" in text


def test_links_carry_the_model_into_the_calculators_that_suit_it(client: Client) -> None:
    text = client.get("/models/mixtral-8x7b/").text

    address = "/calculators/active/?model=mixtral-8x7b"
    assert address in text
    assert "46.7 billion" in client.get(address).text


def test_a_brought_model_carries_its_numbers_into_the_calculators() -> None:
    config = LanguageModel.objects.get(slug="mixtral-8x7b").config

    hrefs = [link.href for link in calculator_links(RealModel("", "this", read_text(config)))]

    assert "/calculators/active/?T=46.702792704&A=12.879925248" in hrefs


@pytest.mark.parametrize("slug", ["llama-3-8b", "deepseek-v3", "mamba-130m", "bert-large-uncased"])
def test_every_link_into_a_calculator_is_answered(client: Client, slug: str) -> None:
    found = re.findall(r'href="(/calculators/[a-z]+/\?[^"]+)"', client.get(f"/models/{slug}/").text)

    assert len(found) >= 3
    assert all(client.get(html.unescape(href)).context["card"].valid for href in found)


def test_a_model_with_windows_says_where_its_cache_stops_growing(client: Client) -> None:
    """Gemma 3 27B: 52 of 62 layers keep 1,024 tokens of 16 heads of 128, keys and values."""
    text = client.get("/models/gemma-3-27b-text/").text

    assert "once its window of 1,024 tokens is full and the layers with one hold 436 MB." in text


def test_a_redraw_brings_outputs_and_an_address_but_no_inputs() -> None:
    client = Client(headers={"HX-Request": "true", "HX-Trigger": "calc"})

    response = client.get("/models/llama-3-8b/result/?format=Q8_0&context=8192")

    assert response["HX-Push-Url"] == "/models/llama-3-8b/?format=Q8_0"
    assert "Llama 3 8B as Q8_0" in response.text
    assert "<select" not in response.text


def test_settings_that_the_engine_refuses_are_said_in_words(client: Client) -> None:
    LanguageModel.objects.filter(slug="gpt2").update(config='{"model_type": "nobody"}', total=None)

    page, redrawn = client.get("/models/gpt2/"), client.get("/models/gpt2/result/")

    assert "cannot read this model’s settings: model_type “nobody”" in page.text
    assert redrawn.status_code == 404


def test_the_sitemap_names_every_public_model(client: Client) -> None:
    text = client.get("/sitemap.xml").text

    for model in LanguageModel.objects.public():
        assert f"/models/{model.slug}/</loc>" in text
