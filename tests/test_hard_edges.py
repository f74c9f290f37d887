"""Nothing a visitor can send makes the site fall over."""

from urllib.parse import quote

import pytest
from django.test import Client

from calculator import registry

pytestmark = pytest.mark.django_db

ODD_VALUES = {
    "nul": "\0",
    "long": "9" * 10_000,
    "words": "a" * 10_000,
    "script": "<script>alert(1)</script>",
    "quote": "'\" OR 1=1 --",
    "percent": "%s%n%00",
    "template": "{{ 7*7 }}{% now %}",
    "not-utf-8": "%ff%fe",
    "surrogate": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "infinity": "1e999999999",
    "nan": "nan",
    "negative": "-1",
    "empty": "",
    "right-to-left": "\u202e8",
    "path": "../../etc/passwd",
    "newline": "8\r\nSet-Cookie: a=b",
}
PLACES = ["/terms/?category={}", "/terms/?level={}", "/search/?q={}", "/search/suggest/?q={}"]


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES.keys())
@pytest.mark.parametrize("place", PLACES)
def test_odd_values_get_a_page(client: Client, place: str, value: str) -> None:
    response = client.get(place.format(quote(value)))

    assert response.status_code == 200
    assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES.keys())
def test_odd_inputs_get_a_calculator_with_a_message(client: Client, value: str) -> None:
    for widget in registry.all_widgets():
        odd = "&".join(f"{name}={quote(value)}" for name in widget.form.base_fields)
        for query in (odd, f"model={quote(value)}", f"unknown={quote(value)}"):
            response = client.get(f"/calculators/{widget.slug}/?{query}")

            assert response.status_code == 200, (widget.slug, query[:80])
            assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/terms/nope/",
        "/terms/nope/result/",
        "/terms/%00/",
        "/terms/" + "a" * 5_000 + "/",
        "/categories/nope/",
        "/calculators/nope/",
        "/calculators/nope/result/",
        "/calculators/__init__/",
        "/static/../config/settings.py",
        "/static/nope.css",
        "/.env",
        "/terms/parameter/..%2f..%2f",
    ],
)
def test_an_unknown_address_is_not_found(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 404
    assert "Not found" in response.text


@pytest.mark.parametrize("address", ["/calculators/memory/", "/terms/parameter/"])
def test_of_doubled_parameters_the_last_counts(client: Client, address: str) -> None:
    text = client.get(f"{address}?n=7&n=70&p=16&p=4").text

    assert "35 GB equals 70 billion parameters times 4 bits each" in text


def test_a_thousand_unknown_parameters_change_nothing(client: Client) -> None:
    query = "&".join(f"x{number}=1" for number in range(1_000))

    response = client.get(f"/calculators/memory/?{query}")

    assert "16 GB equals 8 billion parameters" in response.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_reading_is_all_that_visitors_can_do(client: Client, method: str) -> None:
    response = getattr(client, method)("/terms/parameter/")

    assert response.status_code == 405


def test_a_head_request_is_answered_like_a_get(client: Client) -> None:
    response = client.head("/terms/parameter/")

    assert response.status_code == 200
    assert response.content == b""


def test_a_junk_session_cookie_changes_nothing_for_a_reader(client: Client) -> None:
    client.cookies["sessionid"] = "junk\x7f"

    response = client.get("/terms/parameter/")

    assert response.status_code == 200
    assert not response.cookies
