"""Sorting a list by its headings leaves the reader where they are."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(
    ("path", "heading", "sort"),
    [("/models/", "by-total", "-total"), ("/hardware/", "by-bandwidth", "-bandwidth")],
)
def test_a_heading_sorts_in_place_and_keeps_the_focus(
    page: Page, complaints: list[str], path: str, heading: str, sort: str
) -> None:
    page.goto(path)
    link = page.locator(f"#{heading}")

    link.focus()
    link.press("Enter")

    expect(page).to_have_url(re.compile(rf"{path}\?sort={sort}$"))
    expect(page.locator("th[aria-sort=descending]").locator("a")).to_have_id(heading)
    expect(link).to_be_focused()
    expect(page.locator("#sort")).to_have_value(sort)
    page.go_back()
    expect(page.locator(f"th[aria-sort] #{heading}")).to_have_count(0)
    assert complaints == []
