"""The settings a server gets from its environment, read by a real process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = "from django.conf import settings as s; print({})"


def settings(
    expression: str, tmp_path: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}
    }
    return subprocess.run(
        [sys.executable, "-c", f"import django; {SHOW.format(expression)}"],
        cwd=ROOT,
        env=clean
        | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path)}
        | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_laptop_needs_no_variable_and_debug_is_off(tmp_path: Path) -> None:
    result = settings("s.DEBUG, s.ALLOWED_HOSTS", tmp_path)

    assert result.stdout.strip() == "False ['localhost', '127.0.0.1', '[::1]']"


def test_a_laptop_keeps_its_secret_between_starts(tmp_path: Path) -> None:
    first = settings("s.SECRET_KEY", tmp_path).stdout

    second = settings("s.SECRET_KEY", tmp_path).stdout

    assert first == second
    assert len(first.strip()) >= 50


def test_a_public_site_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    result = settings("s.SECRET_KEY", tmp_path, SITE_URL="https://legible.example")

    assert result.returncode != 0
    assert "Set SECRET_KEY (or SECRET_KEY_FILE)" in result.stderr


def test_hosts_and_cookies_follow_from_the_site_address(tmp_path: Path) -> None:
    result = settings(
        "s.ALLOWED_HOSTS, s.SESSION_COOKIE_NAME, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS",
        tmp_path,
        SITE_URL="https://legible.example",
        SECRET_KEY="x" * 60,
    )

    assert result.stdout.strip() == "['legible.example'] __Host-sessionid True 63072000"


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-a-file\n", encoding="utf-8")

    result = settings("s.SECRET_KEY", tmp_path, SECRET_KEY_FILE=str(file))

    assert result.stdout.strip() == "from-a-file"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG must be true or false, and is “maybe”"),
        ("SITE_URL", "legible.example", "SITE_URL must be an address like"),
        ("SECRET_KEY_FILE", "/nowhere/at/all", "SECRET_KEY_FILE names a file that cannot be read"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    result = settings("s.DEBUG", tmp_path, **{"SECRET_KEY": "x" * 60, name: value})

    assert result.returncode != 0
    assert sentence in result.stderr


def test_the_admin_can_move(tmp_path: Path) -> None:
    result = settings("s.ADMIN_PATH", tmp_path, ADMIN_PATH="/behind/the/curtain")

    assert result.stdout.strip() == "behind/the/curtain/"
