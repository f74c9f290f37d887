"""The headers that every answer carries."""

from contextlib import closing

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ANSWERS = ["/", "/terms/parameter/", "/nope/", "/static/css/tokens.css", "/terms", "/admin/login/"]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_carries_the_whole_policy(client: Client, address: str) -> None:
    with closing(client.get(address)) as response:
        headers = response.headers

    parts = [part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")]
    assert dict(parts) == POLICY


@pytest.mark.parametrize("address", ANSWERS)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
    ],
)
def test_every_answer_carries_the_other_headers(
    client: Client, address: str, header: str, value: str
) -> None:
    with closing(client.get(address)) as response:
        headers = response.headers

    assert headers[header] == value


@pytest.mark.parametrize("address", ["/", "/nope/", "/static/css/tokens.css"])
def test_every_answer_forbids_the_features_nobody_needs(client: Client, address: str) -> None:
    with closing(client.get(address)) as response:
        headers = response.headers

    assert "camera=()" in headers["Permissions-Policy"]


def test_a_server_error_carries_the_policy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("glossary.indexes.alphabet", None)

    response = client.get("/terms/")

    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "default-src 'none'" in response["Content-Security-Policy"]
