"""Hands off the mouse: every stop can be reached, seen and worked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

TERM = "/terms/parameter/"
MOST_STOPS = 250
# A ring counts on the element, or on the visible shape drawn around it.
STOP = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const ring = node => {
    const style = getComputedStyle(node);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const shape = element.closest("label, .num") || element;
  const box = shape.getBoundingClientRect();
  const header = document.querySelector("header.site").getBoundingClientRect();
  const inHeader = element.closest("header.site, .skip") !== null;
  return {
    name: `${element.tagName} ${element.id || element.textContent.trim().slice(0, 40)}`,
    ring: ring(element) || ring(shape),
    hidden: !inHeader && box.top < header.bottom - 1,
    outside: box.bottom > innerHeight + 1 || box.top < -1,
    place: box.top + scrollY, header: inHeader, tag: element.tagName,
  };
}"""


@pytest.fixture
def still(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page without motion, so that a focused element is at once where it will stay."""
    context = browser.new_context(
        base_url=base_url, reduced_motion="reduce", viewport={"width": 1280, "height": 700}
    )
    yield context.new_page()
    context.close()


def tab_through(page: Page, key: str) -> list[dict[str, Any]]:
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(STOP)
        if stop is None:
            return stops
        stops.append(stop)
    pytest.fail(f"{key} never leaves the page: {[stop['name'] for stop in stops[-5:]]}")


def names(stops: list[dict[str, Any]], fault: str, *, fine: bool = False) -> list[str]:
    return [stop["name"] for stop in stops if stop[fault] is not fine]


@pytest.mark.parametrize("path", [TERM, "/calculators/kv/", "/terms/", "/search/?q=parameter"])
def test_every_stop_is_visible_and_none_hides_behind_the_header(still: Page, path: str) -> None:
    still.goto(path)

    forward = tab_through(still, "Tab")
    still.evaluate("document.activeElement.blur()")
    still.keyboard.press("End")
    backward = tab_through(still, "Shift+Tab")

    assert len(forward) > 15
    assert names(forward, "ring", fine=True) == []
    for stops in (forward, backward):
        assert "\n".join(names(stops, "hidden")) == ""
        assert "\n".join(names(stops, "outside")) == ""


def test_the_order_of_stops_is_the_order_of_reading(still: Page) -> None:
    still.goto(TERM)

    stops = tab_through(still, "Tab")
    order = [stop["name"] for stop in stops]

    assert order[0] == "A Skip to the content"
    expected = ["INPUT q", "INPUT n", "INPUT n-range", "INPUT p-1", "A share", "INPUT th-auto"]
    assert [name for name in order if name in expected] == expected
    content = [stop["place"] for stop in stops if not stop["header"] and "Skip" not in stop["name"]]
    assert content[-1] == max(content)


def test_the_first_stop_skips_to_the_content(still: Page) -> None:
    still.goto(TERM)

    still.keyboard.press("Tab")
    expect(still.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    still.keyboard.press("Enter")
    still.keyboard.press("Tab")

    assert still.evaluate("document.activeElement.closest('main') !== null")


def test_a_slash_goes_to_the_search_box_except_in_a_field(still: Page) -> None:
    still.goto(TERM)

    still.keyboard.press("/")
    expect(still.locator("#q")).to_be_focused()
    expect(still.locator("#q")).to_have_value("")

    still.locator("#n").focus()
    still.keyboard.press("End")
    still.keyboard.type("/")
    expect(still.locator("#n")).to_have_value("8/")
    expect(still.locator("#n")).to_be_focused()


def test_the_slash_can_be_turned_off_and_stays_off(still: Page) -> None:
    still.goto(TERM)

    still.get_by_role("checkbox", name="/ goes to search").uncheck()
    still.locator("body").click(position={"x": 5, "y": 5})
    still.keyboard.press("/")
    expect(still.locator("#q")).not_to_be_focused()
    still.goto("/terms/")
    still.keyboard.press("/")

    expect(still.locator("#q")).not_to_be_focused()
    expect(still.get_by_role("checkbox", name="/ goes to search")).not_to_be_checked()


def test_arrows_move_between_precisions_and_the_answer_follows(still: Page) -> None:
    still.goto(TERM)

    still.locator("#p-1").focus()
    still.keyboard.press("ArrowRight")

    expect(still.locator("#p-2")).to_be_checked()
    expect(still.locator("#p-2")).to_be_focused()
    expect(still.locator(".res .out b >> visible=true")).to_have_text(re.compile(r"^8\s*GB$"))
    expect(still).to_have_url(re.compile(r"\?p=8$"))
    expect(still.locator("#p-2")).to_be_focused()


def test_enter_opens_and_closes_what_is_left_out(still: Page) -> None:
    still.goto(TERM)
    details = still.locator(".calc__f details")

    still.get_by_text("What this leaves out").focus()
    still.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    expect(details).to_contain_text("Only the parameters are counted")
    still.keyboard.press("Enter")

    expect(details).not_to_have_attribute("open", "")
