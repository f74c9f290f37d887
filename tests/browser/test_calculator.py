"""Typing, choosing and pressing presets: answers in place, errors beside the field."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

TERM = "/terms/parameter/"
ANSWER = ".res .out b >> visible=true"


def gigabytes(amount: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(amount)}\s*GB$")


def type_over(page: Page, text: str) -> None:
    page.locator("#n").select_text()
    page.locator("#n").press_sequentially(text, delay=40)


def mark(page: Page) -> None:
    """Leave a mark that a reload would wipe out."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_typing_answers_without_losing_focus_or_caret(page: Page) -> None:
    page.goto(f"{TERM}?p=4")

    type_over(page, "70")

    expect(page.locator(ANSWER)).to_have_text(gigabytes("35"))
    expect(page.locator("#n")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("5")
    expect(page.locator(ANSWER)).to_have_text(gigabytes("375"))
    assert page.locator("#n").input_value() == "750"
    assert page.locator("#n").evaluate("field => field.selectionStart") == 2


@pytest.mark.parametrize(
    ("typed", "read", "answer"),
    [
        ("7B", "= 7,000,000,000", "14"),
        ("70 billion", "= 70,000,000,000", "140"),
        ("8,030M", "= 8,030,000,000", "16.1"),
        ("0.5", "= 500,000,000", "1"),
    ],
)
def test_a_number_is_read_the_way_people_write_it(
    page: Page, typed: str, read: str, answer: str
) -> None:
    page.goto(TERM)

    type_over(page, typed)

    expect(page.locator("#n-read")).to_have_text(read)
    expect(page.locator(ANSWER)).to_have_text(gigabytes(answer))
    assert page.locator("#n").input_value() == typed


def test_trillions_may_be_typed_with_a_letter(page: Page) -> None:
    page.goto(TERM)

    type_over(page, "1.5T")

    expect(page.locator(ANSWER)).to_have_text(re.compile(r"^3\s*TB$"))


def test_an_error_stands_beside_the_field_and_the_old_answer_stays(page: Page) -> None:
    page.goto(f"{TERM}?n=70")
    field, message = page.locator("#n"), page.locator(".fld--n > #n-err")

    type_over(page, "eight")

    expect(message).to_have_text(re.compile(r"^Error: Parameters must be a number, like "))
    expect(message).to_have_css("opacity", "1")
    expect(field).to_have_value("eight")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert "n-err" in str(field.get_attribute("aria-describedby"))
    expect(page.locator("#stale")).to_contain_text("Still showing")
    expect(page.locator(ANSWER)).to_have_text(gigabytes("140"))
    beside, above = field.bounding_box(), message.bounding_box()
    assert beside
    assert above
    assert 0 < beside["y"] - above["y"] < 80


def test_a_mended_number_clears_the_error(page: Page) -> None:
    page.goto(TERM)
    type_over(page, "eight")
    expect(page.locator("#n")).to_have_attribute("aria-invalid", "true")

    type_over(page, "9")

    expect(page.locator(ANSWER)).to_have_text(gigabytes("18"))
    expect(page.locator("#n-err")).to_be_empty()
    expect(page.locator("#n")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#stale")).to_be_empty()


def test_no_error_shows_before_a_pause_in_typing(page: Page) -> None:
    page.goto(TERM)
    page.evaluate("""() => {
      new MutationObserver(() => {
        const message = document.getElementById("n-err");
        if (window.first === undefined && message.textContent.trim()) window.first = {
          opacity: getComputedStyle(message).opacity,
          invalid: document.getElementById("n").getAttribute("aria-invalid"),
        };
      }).observe(document.querySelector(".fld--n"), { childList: true, subtree: true });
    }""")

    page.locator("#n").press_sequentially("x")
    expect(page.locator("#n")).to_have_attribute("aria-invalid", "true")

    assert page.evaluate("window.first") == {"opacity": "0", "invalid": None}


def test_enter_pushes_the_address_and_loads_no_page(page: Page) -> None:
    page.goto(TERM)
    mark(page)
    before = page.evaluate("history.length")

    type_over(page, "70")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/terms/parameter/\?n=70$"))
    expect(page.locator("#say")).to_have_text("70 billion parameters at 16 bits need 140 GB.")
    page.wait_for_timeout(500)
    assert page.evaluate("history.length") == before + 1
    assert stayed(page)


def test_a_refused_number_is_announced_when_it_is_submitted(page: Page) -> None:
    page.goto(TERM)

    type_over(page, "eight")
    page.keyboard.press("Enter")

    expect(page.locator("#say")).to_contain_text("Error: Parameters must be a number")
    expect(page).to_have_url(re.compile(r"/terms/parameter/$"))


def test_a_choice_switches_every_number_without_a_request(page: Page) -> None:
    page.goto(TERM)
    page.route("**/*", lambda route: route.abort())

    page.get_by_role("radio", name="INT4").check()

    expect(page.locator(ANSWER)).to_have_text(gigabytes("4"))
    expect(page.locator(".live-gb").first).to_have_text("4 GB", use_inner_text=True)
    expect(page.locator(".live-in-p").first).to_have_text("4 bits", use_inner_text=True)
    expect(page.locator(".bars__row.row-3 .v")).to_have_css("font-weight", "600")
    assert "16 GB" not in page.locator(".depth-plain").inner_text()


def test_the_numbers_in_the_prose_follow(page: Page) -> None:
    page.goto(TERM)
    prose = page.locator(".depth-plain")
    before = "8 billion parameters kept at 16 bits each needs 16 GB"
    expect(prose).to_contain_text(before, use_inner_text=True)

    type_over(page, "70")

    after = "70 billion parameters kept at 16 bits each needs 140 GB"
    expect(prose).to_contain_text(after, use_inner_text=True)


def test_a_preset_fills_the_field_in_place(page: Page) -> None:
    page.goto(TERM)
    mark(page)

    page.get_by_role("link", name="70B", exact=True).click()

    expect(page.locator("#n")).to_have_value("70")
    expect(page.locator(ANSWER)).to_have_text(gigabytes("140"))
    expect(page).to_have_url(re.compile(r"\?n=70$"))
    expect(page.locator(".presets [aria-current]")).to_have_text(["70B"])
    expect(page.locator("#share")).to_have_attribute("href", "/terms/parameter/?n=70#try")
    assert stayed(page)


def test_a_number_that_equals_a_preset_marks_it(page: Page) -> None:
    page.goto(TERM)

    type_over(page, "405")
    expect(page.locator(".presets [aria-current]")).to_have_text(["405B"])
    type_over(page, "406")

    expect(page.locator(".presets [aria-current]")).to_have_count(0)


def test_a_shared_address_shows_the_same_answer_to_someone_else(
    page: Page, browser: Browser, base_url: str
) -> None:
    page.goto(TERM)
    type_over(page, "13")
    page.get_by_role("radio", name="INT8").check()
    expect(page.locator("#share")).to_have_attribute("href", "/terms/parameter/?n=13&p=8#try")
    answer = page.locator(".res").inner_text()

    other = browser.new_context(base_url=base_url).new_page()
    other.goto(str(page.locator("#share").get_attribute("href")))
    theirs = other.locator(".res").inner_text()
    other.context.close()

    assert theirs == answer
    assert "13" in answer


def test_a_model_that_is_chosen_is_used_at_once_and_kept(page: Page) -> None:
    page.goto("/calculators/kv/")

    page.get_by_label("Choose a model").select_option("gemma-3-27b-text")

    expect(page).to_have_url(re.compile(r"\?model=gemma-3-27b-text#try$"))
    page.locator("#T").fill("65536")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?model=gemma-3-27b-text&T=65536$"))
