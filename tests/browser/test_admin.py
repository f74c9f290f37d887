"""Editing in a real browser: the preview follows what is typed, under the strict CSP."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "ada", "a-long-enough-secret"


@pytest.fixture(scope="session")
def editor_account(
    base_url: str, database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> str:
    folder = next(tmp_path_factory.getbasetemp().glob("site*"))
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    if database_url:
        environment["DATABASE_URL"] = database_url
    command = f"createsuperuser --noinput --username {NAME} --email ada@example.org --verbosity 0"
    manage = [sys.executable, "manage.py", *command.split()]
    subprocess.run(manage, cwd=ROOT, env=environment, check=True)
    return NAME


@pytest.fixture
def form(page: Page, editor_account: str, complaints: list[str]) -> Page:
    log_in(page, editor_account)
    page.goto("/admin/glossary/entry/")
    page.get_by_role("link", name="Weight memory").click()
    return page


def log_in(page: Page, name: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Editing")).to_be_visible()


def test_the_preview_follows_what_is_typed(form: Page, complaints: list[str]) -> None:
    shown = form.frame_locator("#preview-frame")
    expect(shown.get_by_role("heading", name="Weight memory", level=1)).to_be_visible()
    expect(form.locator("#preview-report")).to_contain_text("Nothing to mend.")
    shown.get_by_role("radio", name="Working").check()

    form.locator("#id_working").fill("Typed a moment ago, with [[nowhere]].")

    expect(shown.get_by_text("Typed a moment ago, with nowhere.")).to_be_visible()
    expect(form.locator("#preview-report")).to_contain_text("No entry answers to [[nowhere]]")
    form.locator("#preview-report").get_by_role("link", name="For people who build").click()
    assert form.url.endswith("#id_working")
    assert complaints == []


def test_the_calculator_of_the_preview_works_and_its_links_stay_out_of_the_frame(
    form: Page, complaints: list[str]
) -> None:
    shown = form.frame_locator("#preview-frame")

    shown.locator("#n").fill("140")
    expect(shown.locator("#out")).to_contain_text("70 GB")
    with form.context.expect_page() as opened:
        shown.get_by_role("link", name="KV cache").first.click()

    assert opened.value.url.endswith("/terms/kv-cache/")
    expect(shown.get_by_role("heading", name="Weight memory", level=1)).to_be_attached()
    assert complaints == []


def test_the_frame_takes_the_colours_of_the_admin(form: Page) -> None:
    shown = form.frame_locator("#preview-frame")
    expect(shown.get_by_role("heading", level=1)).to_be_visible()
    background = "getComputedStyle(document.body).backgroundColor"
    light = shown.locator("body").evaluate(background)

    form.locator("#user-tools .theme-toggle").click()

    expect(form.locator("html")).to_have_attribute("data-theme", "dark")
    assert shown.locator("body").evaluate(background) != light


def test_the_form_fits_a_phone(form: Page) -> None:
    form.set_viewport_size({"width": 390, "height": 844})

    assert form.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_script_the_preview_opens_in_a_tab(
    browser: Browser, base_url: str, editor_account: str
) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, editor_account)
    page.goto("/admin/glossary/entry/add/")
    page.locator("#id_title").fill("Walrus")

    with context.expect_page() as opened:
        page.get_by_role("button", name="Preview in a tab").click()

    expect(opened.value.get_by_role("heading", name="Walrus", level=1)).to_be_visible()
    expect(opened.value.locator("#findings")).to_contain_text("This field is required.")
    expect(page.locator("#id_title")).to_have_value("Walrus")
    context.close()
