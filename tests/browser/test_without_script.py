"""JavaScript off: everything the site says and computes is still there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

TERM = "/terms/parameter/"
ANSWER = ".res .out b >> visible=true"


@pytest.fixture
def plain(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


def test_a_term_page_answers_for_its_own_numbers(plain: Page) -> None:
    plain.goto(TERM)

    expect(plain.locator(ANSWER)).to_have_text(re.compile(r"^16\s*GB$"))
    expect(plain.locator("#n-range")).to_be_hidden()
    expect(plain.get_by_role("button", name="Work it out")).to_be_visible()


def test_a_number_submitted_with_the_button_is_answered(plain: Page) -> None:
    plain.goto(TERM)

    plain.locator("#n").fill("70 billion")
    plain.locator("label", has=plain.locator("#p-3")).click()
    plain.get_by_role("button", name="Work it out").click()

    expect(plain).to_have_url(re.compile(r"/terms/parameter/\?n=70\+billion&p=4#try$"))
    expect(plain.locator(ANSWER)).to_have_text(re.compile(r"^35\s*GB$"))
    expect(plain.locator("#n")).to_have_value("70 billion")
    expect(plain.locator(".depth-plain")).to_contain_text(
        "70 billion parameters kept at 4 bits", use_inner_text=True
    )


def test_a_bad_number_is_refused_beside_its_field(plain: Page) -> None:
    plain.goto(TERM)

    plain.locator("#n").fill("eight")
    plain.locator("#n").press("Enter")

    assert plain.title().startswith("Error: Parameter")
    expect(plain.locator(".fld--n > #n-err")).to_contain_text("Error: Parameters must be a number")
    expect(plain.locator("#n-err")).to_have_css("opacity", "1")
    expect(plain.locator("#n")).to_have_value("eight")
    expect(plain.locator("#n")).to_have_attribute("aria-invalid", "true")
    expect(plain.locator("#stale")).to_contain_text("Still showing the last result that worked")
    expect(plain.locator(ANSWER)).to_have_text(re.compile(r"^16\s*GB$"))


def test_a_preset_is_a_link_to_its_own_answer(plain: Page) -> None:
    plain.goto(TERM)

    plain.get_by_role("link", name="405B", exact=True).click()

    expect(plain).to_have_url(re.compile(r"\?n=405#try$"))
    expect(plain.locator(ANSWER)).to_have_text(re.compile(r"^810\s*GB$"))
    expect(plain.locator(".presets [aria-current]")).to_have_text(["405B"])


def test_a_choice_switches_at_once_by_style_alone(plain: Page) -> None:
    plain.goto(TERM)

    plain.locator("#p-3").check(force=True)

    expect(plain.locator(ANSWER)).to_have_text(re.compile(r"^4\s*GB$"))
    expect(plain.locator(".live-gb").first).to_have_text("4 GB", use_inner_text=True)


def test_a_guess_gets_its_own_feedback(plain: Page) -> None:
    plain.goto(TERM)
    expect(plain.locator(".quiz .fb >> visible=true")).to_have_count(0)

    plain.get_by_role("radio", name="A few thousand").check()
    expect(plain.locator(".quiz .fb >> visible=true")).to_contain_text("Not quite")
    plain.get_by_role("radio", name="None").check()

    expect(plain.locator(".quiz .fb >> visible=true")).to_have_count(1)
    expect(plain.locator(".quiz .fb >> visible=true")).to_contain_text("Yes.")


def test_the_depth_can_be_chosen(plain: Page) -> None:
    plain.goto(TERM)
    shown = plain.locator(".depth-text >> visible=true")
    expect(shown).to_contain_text("A model is one long calculation")

    plain.locator("#depth-exact").check()

    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Write a model as a function")


def test_search_answers_on_a_page_of_its_own(plain: Page) -> None:
    plain.goto(TERM)

    plain.locator("#q").fill("quantization")
    plain.locator("#q").press("Enter")

    expect(plain).to_have_url(re.compile(r"/search/\?q=quantization$"))
    expect(plain.locator("main").get_by_role("link", name="Quantization").first).to_be_visible()


def test_the_list_of_terms_can_be_filtered(plain: Page) -> None:
    plain.goto("/terms/")

    plain.get_by_label("Category").select_option("architecture")
    plain.get_by_role("button", name="Show").click()

    expect(plain.locator("main")).to_contain_text("Mixture of Experts")
    expect(plain.locator("main").get_by_role("link", name="Parameter", exact=True)).to_have_count(0)


def test_a_model_is_chosen_with_its_button(plain: Page) -> None:
    plain.goto("/terms/kv-cache/")

    plain.get_by_label("Choose a model").select_option("deepseek-v3")
    plain.get_by_role("button", name="Use", exact=True).click()

    expect(plain).to_have_url(re.compile(r"/terms/kv-cache/\?model=deepseek-v3#try$"))
    expect(plain.get_by_label("Latent size")).to_have_value("576")
