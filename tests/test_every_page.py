"""What holds for every page that visitors read: it answers, asks little, and holds no script."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/terms/",
    "/terms/?category=training&level=beginner",
    "/terms/parameter/",
    "/terms/kv-cache/?T=131072",
    "/categories/inside-a-model/",
    "/calculators/",
    "/calculators/memory/?n=70&p=4",
    "/search/",
    "/search/?q=quantization",
    "/about/method/",
    "/models/",
    "/models/?q=llama&kind=dense&sort=-total",
    "/models/llama-3-8b/",
    "/models/llama-3-8b/?format=Q8_0&context=131072&engine=vllm",
    "/models/deepseek-v4-flash-284b/",
    "/models/gpt-oss-120b/",
    "/models/check/",
    "/hardware/",
    "/hardware/?kind=phone&maker=Apple&memory=8&sort=-bandwidth",
    "/hardware/h100-sxm-80gb/",
    "/hardware/iphone-15-pro/",
    "/hardware/dgx-h100/",
    "/accuracy/",
    "/sitemap.xml",
    "/robots.txt",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_and_sets_no_cookie(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_inline_script_or_style(client: Client, address: str) -> None:
    text = client.get(address).text

    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 5),
        ("/terms/", 2),
        ("/terms/parameter/", 7),
        ("/terms/parameter/result/?n=70", 1),
        ("/categories/training/", 3),
        ("/calculators/", 0),
        ("/calculators/memory/", 2),
        ("/calculators/memory/?model=qwen3-8b", 3),
        ("/calculators/bits/", 1),
        ("/calculators/memory/result/?n=70", 0),
        ("/calculators/memory/result/?n=70&model=qwen3-8b", 1),
        ("/about/method/", 0),
        ("/models/", 2),
        ("/models/?maker=Meta&sort=device", 2),
        ("/models/llama-3-8b/", 1),
        ("/models/llama-3-8b/result/?context=4096", 1),
        ("/models/check/", 0),
        ("/hardware/", 0),
        ("/hardware/h100-sxm-80gb/", 1),
    ],
)
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        client.get(address)
