"""axe-core finds nothing: every template, light and dark, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
AXE = Axe()


def violations(page: Page) -> list[str]:
    found = AXE.run(page, options=OPTIONS).response["violations"]
    return [
        f"  {fault['id']}: {fault['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    page: Page, paths: list[str], width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    report: list[str] = []

    for path in paths:
        page.goto(path)
        page.wait_for_timeout(550 if "eight" in path else 0)
        found = violations(page)
        if found:
            report.append(f"{path}\n" + "\n".join(found))

    assert not report, f"{width} px, {scheme}\n" + "\n".join(report)
