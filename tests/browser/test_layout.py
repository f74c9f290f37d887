"""Nothing sticks out at 320 px, and everything that can be pressed is big enough to press."""

import pytest
from playwright.sync_api import Page

# What sticks out of the page, unless a region of its own scrolls it or cuts it off.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const held = ["auto", "scroll", "hidden", "clip"];
  const contained = node => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement)
      if (held.includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const found = [], whole = document.documentElement.scrollWidth;
  if (whole > width) found.push(`the page is ${whole} px wide`);
  for (const node of document.querySelectorAll("body *")) {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 2 || node.closest(".skip, .vh")) continue;
    if ((box.right > width + 1 || box.left < -1) && !contained(node))
      found.push(`${node.tagName}.${node.getAttribute("class")}: ${box.left} to ${box.right}`);
  }
  return found;
}"""

# WCAG 2.5.8: links inside a sentence are exempt, and so is a small target when a circle of 24
# pixels around its middle touches no other target. A hidden radio is as large as its label.
SMALL_TARGETS = """() => {
  const TARGETS = "a, button, input, select, summary, [tabindex='0']";
  const BLOCKS = "p, li, dd, dt, td, th, q, figcaption, sup";
  const isWord = text => /[\\p{L}\\p{N}]/u.test(text.data) && !text.parentElement.closest("a");
  const inSentence = link => {
    const block = link.closest(BLOCKS);
    if (!block || getComputedStyle(link).display !== "inline") return false;
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) if (isWord(text)) return true;
    return block.tagName === "SUP";
  };
  const area = node => (node.closest("label") || node).getBoundingClientRect();
  const seen = [...document.querySelectorAll(TARGETS)].filter(node =>
    node.checkVisibility({ visibilityProperty: true }) && !node.closest(".vh, .skip"));
  const touches = (box, other) => {
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const right = Math.max(other.left - x, 0, x - other.right);
    const down = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(right, down) < 12;
  };
  const crowded = node => seen.some(other => area(other).width && !other.contains(node)
    && !inSentence(other) && touches(area(node), area(other)));
  const found = [];
  for (const node of seen) {
    const box = area(node), size = `${Math.round(box.width)}×${Math.round(box.height)}`;
    const name = `${node.tagName} “${(node.id || node.textContent).trim().slice(0, 30)}” ${size}`;
    const field = node.matches("input[type=text], input[type=search], select");
    if (field && box.height < 43.5) found.push(`${name} is a low field`);
    const small = box.height < 23.5 || box.width < 23.5;
    if (small && !(node.tagName === "A" && inSentence(node)) && crowded(node))
      found.push(`${name} is a small target beside another`);
  }
  return found;
}"""


def faults(page: Page, paths: list[str], script: str) -> list[str]:
    report = []
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        report += [f"{path} {fault}" for fault in page.evaluate(script)]
    return report


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways_and_nothing_sticks_out(
    page: Page, paths: list[str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    report = faults(page, paths, STICKING_OUT)

    assert not report, "\n".join(report)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_target_is_24_pixels_and_every_field_44_pixels_high(
    page: Page, paths: list[str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})

    report = faults(page, paths, SMALL_TARGETS)

    assert not report, "\n".join(report)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_shared_address_lands_on_the_calculator_below_the_header(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/terms/parameter/?n=70#try")
    page.wait_for_function("document.fonts.status === 'loaded'")

    header = page.locator("header.site").bounding_box()
    card = page.locator("#try").bounding_box()

    assert header
    assert card
    assert header["height"] <= card["y"] < header["height"] + 40
