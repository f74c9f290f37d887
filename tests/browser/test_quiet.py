"""No page grumbles, calls elsewhere, or leaves a cookie."""

from playwright.sync_api import BrowserContext, Page, expect


def test_no_page_complains_calls_elsewhere_or_sets_a_cookie(
    page: Page, context: BrowserContext, complaints: list[str], paths: list[str]
) -> None:
    for path in paths:
        page.goto(path)

    assert complaints == []
    assert context.cookies() == []


def test_a_calculator_in_use_stays_as_quiet(
    page: Page, context: BrowserContext, complaints: list[str]
) -> None:
    page.goto("/terms/parameter/")

    page.locator("#n").press_sequentially("0", delay=20)
    page.locator("#n-range").press("ArrowRight")
    page.get_by_role("radio", name="INT4").check()
    page.get_by_role("link", name="70B", exact=True).click()
    expect(page.locator("#say")).to_contain_text("70 billion")
    page.locator("#n").fill("eight")
    expect(page.locator("#n-err")).to_contain_text("number")
    page.go_back()
    expect(page.locator("#n")).not_to_have_value("eight")

    assert complaints == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
