"""Runs the real server as `make run` does and drives a real Chromium against it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

from calculator import registry

# Playwright keeps an event loop in this thread, and Django would refuse its database for that.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = (
    "The browser tests need Chromium: install it (apt-get install chromium, or Chrome from its"
    " maker) or point CHROME_PATH to it."
)
LEFT_TO_THE_SERVER = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV"}
SLOWEST_START = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    named = os.environ.get("CHROME_PATH", "")
    found = named if Path(named).is_file() else next(filter(None, map(shutil.which, CHROMIUM)), "")
    if not found:
        give_up = pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip
        give_up(NO_CHROMIUM)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--disable-dev-shm-usage",
    ]
    return {**browser_type_launch_args, "executable_path": chromium, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def database_url() -> Iterator[str | None]:
    """A database of its own on the PostgreSQL server that the tests use; none for SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield None
        return
    name = f"legible_browser_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def base_url(
    chromium: str, database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that was just installed, filled and started."""
    folder = tmp_path_factory.mktemp("site")
    environment = {name: os.environ[name] for name in LEFT_TO_THE_SERVER if name in os.environ}
    environment |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    for command in (["migrate"], ["seed"], ["collectstatic", "--no-input"]):
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
    with (folder / "server.log").open("w+", encoding="utf-8") as log:
        port = free_port()
        server = subprocess.Popen(
            granian(port), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until_it_answers(server, port, Path(log.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            end(server)


def granian(port: int) -> list[str]:
    """Return the server's command line, with the options that the Makefile gives it."""
    options = (
        "--interface wsgi --host 127.0.0.1 --workers 2 --blocking-threads 1"
        " --respawn-failed-workers --workers-kill-timeout 10"
        " --http1-header-read-timeout 5000 --log-level warning"
    )
    program = str(Path(sys.executable).with_name("granian"))
    return [program, *options.split(), "--port", str(port), "config.wsgi:application"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    latest = time.monotonic() + SLOWEST_START
    while time.monotonic() < latest and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The server did not start:\n{log.read_text(encoding='utf-8')}")


def end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def paths() -> list[str]:
    """Every template of the site at least once: every calculator, terms that differ in form."""
    terms = ("parameter", "kv-cache", "moe", "lora", "bf16", "model-tier", "bits-per-weight")
    return [
        "/",
        "/terms/",
        "/terms/?category=architecture&level=beginner",
        "/categories/numbers-and-precision/",
        "/calculators/",
        *(f"/calculators/{widget.slug}/" for widget in registry.all_widgets()),
        *(f"/terms/{slug}/" for slug in terms),
        "/terms/parameter/?n=eight",
        "/calculators/memory/?n=eight&p=3",
        "/search/?q=parameter",
        "/search/?q=zzzzzz",
        "/search/",
        "/about/method/",
        "/models/",
        "/models/?kind=moe&sort=total",
        "/models/llama-3-8b/",
        "/models/deepseek-v3/?ctx=131072&engine=vllm",
        "/models/mamba-130m/",
        "/models/check/",
        "/hardware/",
        "/hardware/rtx-4090/",
        "/accuracy/",
        "/no-such-page/",
    ]


@pytest.fixture
def complaints(context: BrowserContext, base_url: str) -> list[str]:
    """What the browser grumbles about, as it happens: messages, errors, CSP, foreign requests."""
    heard: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # Chromium reports a page that answers 404 as a failed load of the page itself.
        if "404 (Not Found)" not in message.text or "/no-such-page/" not in str(message.location):
            heard.append(f"{message.type}: {message.text} ({message.location['url']})")

    def failure(error: WebError) -> None:
        heard.append(f"error: {error.error}")

    def request(sent: Request) -> None:
        if not sent.url.startswith(f"{base_url}/"):
            heard.append(f"request to {sent.url}")

    context.on("console", console)
    context.on("weberror", failure)
    context.on("request", request)
    context.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " event => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`))"
    )
    return heard
