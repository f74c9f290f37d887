"""The search box by keyboard, by mouse and by ear."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def box(page: Page) -> Locator:
    """The search box with six suggestions under it."""
    page.goto("/terms/")
    page.keyboard.press("/")
    page.keyboard.type("par")
    expect(page.locator("#sug-list [role=option]")).to_have_count(6)
    return page.locator("#q")


def test_the_box_says_what_it_is_and_how_many_suggestions_there_are(
    page: Page, box: Locator
) -> None:
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#sug-status")).to_have_text("6 suggestions")


def test_arrows_choose_and_the_cursor_stays_in_the_text(page: Page, box: Locator) -> None:
    steps = [("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", None), ("ArrowUp", 5)]

    for key, chosen in steps:
        page.keyboard.press(key)

        expect(page.locator("[aria-selected=true]")).to_have_count(0 if chosen is None else 1)
        assert box.get_attribute("aria-activedescendant") == (
            None if chosen is None else f"sug-{chosen}"
        )
        expect(box).to_be_focused()


def test_enter_opens_what_is_chosen(page: Page, box: Locator) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/terms/parameter/$"))


def test_enter_without_a_choice_searches(page: Page, box: Locator) -> None:
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=par$"))
    expect(page.locator("#qq")).to_have_value("par")


def test_escape_closes_keeps_the_text_and_arrow_down_opens_again(page: Page, box: Locator) -> None:
    page.keyboard.press("Escape")

    expect(page.locator("#sug-list [role=option]")).to_have_count(0)
    expect(box).to_have_value("par")
    expect(box).to_have_attribute("aria-expanded", "false")

    page.keyboard.press("ArrowDown")

    expect(page.locator("#sug-list [role=option]")).to_have_count(6)


def test_an_answer_that_comes_after_escape_stays_away(page: Page, box: Locator) -> None:
    with page.expect_response(re.compile("/search/suggest/")):
        page.keyboard.type("a")
        page.keyboard.press("Escape")

    page.wait_for_timeout(100)
    expect(page.locator("#sug-list [role=option]")).to_have_count(0)
    expect(box).to_have_value("para")


def test_tab_leaves_and_closes(page: Page, box: Locator) -> None:
    page.keyboard.press("Tab")

    expect(page.locator("#sug-list [role=option]")).to_have_count(0)
    expect(box).not_to_be_focused()


def test_a_click_outside_closes_and_one_on_a_suggestion_follows_it(
    page: Page, box: Locator
) -> None:
    page.mouse.click(1200, 700)
    expect(page.locator("#sug-list [role=option]")).to_have_count(0)

    box.focus()
    page.keyboard.press("ArrowDown")
    page.locator("#sug-list [role=option]").first.click()

    expect(page).to_have_url(re.compile(r"/terms/parameter/$"))


def test_nothing_covers_the_suggestions_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto("/terms/parameter/")
    page.evaluate("scrollTo(0, 900)")

    page.locator("#q").fill("par")
    last = page.locator("#sug-list [role=option]").last
    expect(last).to_be_visible()

    for option in page.locator("#sug-list [role=option]").all():
        option.click(trial=True)
    shape = page.locator("#sug").bounding_box()
    assert shape is not None
    assert (shape["x"], shape["width"]) == (8, 374)
