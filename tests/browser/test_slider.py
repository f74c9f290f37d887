"""One gesture: the field keeps pace, the answer follows, it is said once and kept once."""

import math
import re

import pytest
from playwright.sync_api import Page, Route, expect

TERM = "/terms/parameter/"
ANSWER = ".res .out b >> visible=true"
LISTEN = """() => {
  window.said = [];
  const say = document.getElementById("say");
  new MutationObserver(() => window.said.push(say.textContent.trim()))
    .observe(say, { childList: true, characterData: true, subtree: true });
}"""


def said(page: Page) -> list[str]:
    heard: list[str] = page.evaluate("window.said.filter(Boolean)")
    return heard


def history_length(page: Page) -> int:
    length: int = page.evaluate("history.length")
    return length


def drag(page: Page, *, start: float, end: float, steps: int = 40) -> list[tuple[float, float]]:
    """Drag the thumb between two shares of the track; return what field and slider said."""
    slider = page.locator("#n-range")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    seen = []
    for step in range(steps + 1):
        share = start + (end - start) * step / steps
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        if step == 0:
            page.mouse.down()
        field, position = page.evaluate(
            "[Number(document.getElementById('n').value),"
            " Number(document.getElementById('n-range').value)]"
        )
        seen.append((field, position))
        page.wait_for_timeout(30)
    page.mouse.up()
    return seen


def test_a_drag_keeps_the_field_equal_to_the_slider_and_changes_the_answer(page: Page) -> None:
    page.goto(TERM)
    page.evaluate("""() => {
      window.answers = new Set();
      const read = () => window.answers.add(document.querySelector(".res .out b").textContent);
      new MutationObserver(read)
        .observe(document.querySelector(".calc__body"), { childList: true, subtree: true });
    }""")

    seen = drag(page, start=0.2, end=0.8)

    assert len({position for _, position in seen}) > 30
    for field, position in seen:
        assert math.log10(field * 1e9) == pytest.approx(position, abs=0.005)
    assert page.evaluate("window.answers.size") > 5


def test_a_drag_is_announced_once_and_makes_one_history_entry(
    page: Page, complaints: list[str]
) -> None:
    page.goto(TERM)
    page.evaluate(LISTEN)
    before = history_length(page)

    drag(page, start=0.2, end=0.8)
    expect(page.locator("#say")).not_to_be_empty()
    page.wait_for_timeout(700)

    assert len(said(page)) == 1
    assert re.fullmatch(r"[\d.,]+ \w+ parameters at 16 bits need [\d.,]+ [GT]B\.", said(page)[0])
    assert history_length(page) == before + 1
    assert complaints == []


def test_every_gesture_is_announced_and_kept_in_turn(page: Page) -> None:
    page.goto(TERM)
    page.evaluate(LISTEN)
    before = history_length(page)

    drag(page, start=0.2, end=0.8)
    page.wait_for_timeout(700)
    page.locator("#n-range").press("ArrowRight")
    page.wait_for_timeout(700)

    assert len(said(page)) == 2
    assert history_length(page) == before + 2


def test_the_answer_after_a_drag_is_the_answer_of_the_field(page: Page) -> None:
    page.goto(TERM)

    drag(page, start=0.2, end=0.6)
    expect(page.locator("#say")).not_to_be_empty()

    count = page.locator("#n").input_value()
    answer = page.locator(ANSWER).inner_text()
    page.goto(f"{TERM}?n={count}")
    assert page.locator(ANSWER).inner_text() == answer


def test_one_press_of_an_arrow_key_moves_the_slider_by_a_hundredth_of_a_decade(
    page: Page,
) -> None:
    page.goto(TERM)

    page.locator("#n-range").press("ArrowRight")

    expect(page.locator("#n")).to_have_value("8.13")
    expect(page.locator("#n-range")).to_have_attribute("aria-valuetext", "8.13 billion")
    expect(page.locator(ANSWER)).to_have_text(re.compile(r"16\.3\s*GB"))
    expect(page.locator("#n-range")).to_be_focused()


def test_the_slider_follows_what_is_typed_with_and_without_a_suffix(page: Page) -> None:
    page.goto(TERM)

    for typed, position, words in (
        ("100", 11, "100 billion"),
        ("7B", math.log10(7e9), "7 billion"),
        ("1.5T", math.log10(1.5e12), "1500 billion"),
    ):
        page.locator("#n").fill(typed)

        expect(page.locator("#n-range")).to_have_attribute("aria-valuetext", words)
        value = float(page.locator("#n-range").input_value())
        assert value == pytest.approx(position, abs=0.006)


def test_the_card_says_that_it_is_busy_only_when_an_answer_is_late(page: Page) -> None:
    page.goto(TERM)
    card = page.locator("#try")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/result/**", hold)
    assert card.get_attribute("aria-busy") is None

    page.locator("#n").fill("80")
    expect(card).to_have_attribute("aria-busy", "true")
    held[0].continue_()

    expect(page.locator(ANSWER)).to_have_text(re.compile(r"160\s*GB"))
    expect(card).not_to_have_attribute("aria-busy", "true")
