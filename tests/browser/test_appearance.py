"""Light and dark, less motion, paper, and no style sheet at all."""

import re

from playwright.sync_api import BrowserContext, Page, expect

TERM = "/terms/parameter/"
LIGHT, DARK = "rgb(252, 252, 250)", "rgb(20, 22, 26)"


def test_the_page_follows_the_system_until_told_otherwise(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(TERM)
    expect(page.locator("body")).to_have_css("background-color", DARK)

    page.emulate_media(color_scheme="light")

    expect(page.locator("body")).to_have_css("background-color", LIGHT)


def test_a_chosen_appearance_survives_navigation_without_a_cookie(
    page: Page, context: BrowserContext
) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(TERM)

    page.get_by_role("radio", name="Dark").check()
    expect(page.locator("body")).to_have_css("background-color", DARK)
    page.goto("/terms/")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    page.get_by_role("radio", name="Auto").check()
    page.goto(TERM)

    expect(page.locator("body")).to_have_css("background-color", LIGHT)
    assert context.cookies() == []


def test_the_chosen_depth_survives_navigation(page: Page) -> None:
    page.goto(TERM)

    page.locator("#depth-exact").check()
    page.goto("/terms/kv-cache/")

    expect(page.locator("#depth-exact")).to_be_checked()


def test_reduced_motion_leaves_no_transition_and_no_smooth_scrolling(page: Page) -> None:
    slow = """() => [...document.querySelectorAll("*")].flatMap(node => {
      const style = getComputedStyle(node);
      const times = `${style.transitionDuration},${style.animationDuration}`.split(",");
      return times.some(time => parseFloat(time) > .001) ? [node.className || node.tagName] : [];
    })"""
    page.goto(TERM)
    assert page.evaluate(slow)

    page.emulate_media(reduced_motion="reduce")

    assert page.evaluate(slow) == []
    expect(page.locator("html")).to_have_css("scroll-behavior", "auto")


def test_on_paper_there_are_no_controls_and_every_detail_is_open(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(TERM)

    page.emulate_media(media="print")

    for control in ("header.site", "footer", ".presets", "#n-range", ".go", "#share", ".toc"):
        expect(page.locator(control).first).to_be_hidden()
    closed = page.locator("details:not([open])")
    assert closed.count() > 3
    heights = closed.evaluate_all(
        "all => all.map(one => one.lastElementChild.getBoundingClientRect().height)"
    )
    assert min(heights) > 10
    expect(page.locator("body")).to_have_css("color-scheme", "light")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".res .out b >> visible=true")).to_be_visible()


def test_without_style_sheets_the_page_reads_in_order(page: Page) -> None:
    page.route(re.compile(r"\.css"), lambda route: route.abort())
    page.goto(TERM)

    text = page.locator("main").inner_text()

    assert page.locator("body").evaluate("body => getComputedStyle(body).margin") == "8px"
    place = text.index("Glossary")
    for words in (
        "Parameter\n",
        "A parameter is one of the numbers inside a model",
        "A model is one long calculation",
        "Guess first.",
        "How much memory does a model need just to be loaded?",
        "From 0.01 to 10,000 billion",
        "Each one stored as",
        "for the weights alone",
        "Where would it fit?",
        "What this leaves out",
        "Why it matters",
        "Sources",
    ):
        assert words in text[place:], f"“{words}” does not follow “{text[place : place + 60]}”"
        place = text.index(words, place)


def test_large_text_and_wide_spacing_cut_nothing_off(page: Page) -> None:
    page.goto(TERM)

    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
      document.adoptedStyleSheets = [sheet];
    }""")

    cut = page.evaluate("""() => [...document.querySelectorAll("main *")]
      .filter(node => node.matches("p, a, label, h2, td, button, summary, legend"))
      .filter(node => node.checkVisibility() && !node.closest(".vh, .depth, .scroll, .cells"))
      .filter(node => getComputedStyle(node).overflow !== "visible")
      .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
        scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
      .map(node => node.textContent.trim().slice(0, 40))""")
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
