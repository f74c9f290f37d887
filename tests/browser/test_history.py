"""Back and Forward bring back the fields, the answer and everything that listens to them."""

import re

from playwright.sync_api import Page, expect

TERM = "/terms/parameter/"
ANSWER = ".res .out b >> visible=true"


def expect_calculation(page: Page, count: str, answer: str, query: str) -> None:
    expect(page).to_have_url(re.compile(rf"/terms/parameter/{re.escape(query)}$"))
    expect(page.locator("#n")).to_have_value(count)
    expect(page.locator(ANSWER)).to_have_text(re.compile(rf"^{re.escape(answer)}\s*GB$"))


def submit(page: Page, count: str) -> None:
    page.locator("#n").fill(count)
    page.locator("#n").press("Enter")
    expect(page.locator("#say")).to_contain_text(f"{count} billion")


def test_back_and_forward_restore_field_answer_and_choice(page: Page) -> None:
    page.goto(TERM)
    submit(page, "70")
    page.get_by_role("radio", name="INT4").check()
    expect_calculation(page, "70", "35", "?n=70&p=4")

    page.go_back()
    expect_calculation(page, "70", "140", "?n=70")
    page.go_back()
    expect_calculation(page, "8", "16", "")
    page.go_forward()
    expect_calculation(page, "70", "140", "?n=70")
    page.go_forward()
    expect_calculation(page, "70", "35", "?n=70&p=4")
    expect(page.get_by_role("radio", name="INT4")).to_be_checked()


def test_the_calculator_works_on_after_back(page: Page, complaints: list[str]) -> None:
    page.goto(TERM)
    submit(page, "70")
    page.go_back()
    expect_calculation(page, "8", "16", "")

    page.locator("#n-range").press("ArrowRight")
    expect_calculation(page, "8.13", "16.3", "?n=8.13")
    page.get_by_role("link", name="405B", exact=True).click()

    expect_calculation(page, "405", "810", "?n=405")
    assert complaints == []


def test_the_chosen_depth_and_appearance_stay_after_back(page: Page) -> None:
    page.goto(TERM)
    page.locator("#depth-exact").check()
    page.get_by_role("radio", name="Dark").check()
    submit(page, "70")

    page.go_back()
    expect_calculation(page, "8", "16", "")

    expect(page.locator("#depth-exact")).to_be_checked()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    expect(page.locator(".depth-text >> visible=true")).to_have_class(re.compile("depth-exact"))


def test_the_search_box_suggests_on_after_back(page: Page) -> None:
    page.goto(TERM)
    submit(page, "70")
    page.go_back()
    expect_calculation(page, "8", "16", "")

    page.locator("#q").press_sequentially("quant", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")


def test_a_link_away_and_back_shows_the_calculation_that_was_left(page: Page) -> None:
    page.goto(TERM)
    submit(page, "70")
    page.goto("/terms/")

    page.go_back()

    expect_calculation(page, "70", "140", "?n=70")
