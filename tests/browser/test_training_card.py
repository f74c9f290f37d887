"""Two calculators on one page: each redraws alone, and Back brings back the settings of both."""

import re

from playwright.sync_api import Page, expect

PAGE = "/models/llama-3-8b/"
ANSWER = "#train-out .res .out b"


def expect_training(page: Page, devices: str, least: str, query: str) -> None:
    expect(page).to_have_url(re.compile(rf"{re.escape(PAGE + query)}$"))
    expect(page.locator("#t_devices")).to_have_value(devices)
    expect(page.locator(ANSWER)).to_have_text(re.compile(rf"^{re.escape(least)} to [0-9.]+\s*GB$"))


def test_one_card_redraws_and_the_other_stays(page: Page, complaints: list[str]) -> None:
    page.goto(PAGE)
    run = page.locator("#out .res .out b").inner_text()

    page.locator("#t_devices").fill("64")
    page.locator("#t_devices").press("Enter")

    expect_training(page, "64", "13.7", "?t_devices=64")
    expect(page.locator("#train-say")).to_contain_text("on each of 64 devices: fits")
    expect(page.locator("#out .res .out b")).to_have_text(run)
    expect(page.locator("#say")).to_be_empty()
    assert complaints == []


def test_back_and_forward_restore_both_cards(page: Page, complaints: list[str]) -> None:
    page.goto(PAGE)
    page.locator("#t_devices").fill("64")
    page.locator("#t_devices").press("Enter")
    expect_training(page, "64", "13.7", "?t_devices=64")
    page.locator("#context").fill("4096")
    page.locator("#context").press("Enter")
    expect_training(page, "64", "13.7", "?context=4096&t_devices=64")

    page.go_back()
    expect_training(page, "64", "13.7", "?t_devices=64")
    expect(page.locator("#context")).to_have_value("8192")
    page.go_back()
    expect_training(page, "8", "27.8", "")
    page.go_forward()
    expect_training(page, "64", "13.7", "?t_devices=64")
    page.go_forward()

    expect_training(page, "64", "13.7", "?context=4096&t_devices=64")
    expect(page.locator("#context")).to_have_value("4096")
    assert complaints == []


def test_only_adapters_show_their_rank(page: Page) -> None:
    page.goto(PAGE)
    expect(page.locator("#t_rank")).to_be_hidden()

    page.get_by_role("radio", name="QLoRA").check()

    expect(page.locator("#t_rank")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?t_what=qlora$"))
    expect(page.locator("#train-out .res__say")).to_contain_text("41,943,040 parameters × 16 bytes")


def test_an_error_stands_in_the_card_it_belongs_to(page: Page) -> None:
    page.goto(PAGE)

    page.locator("#t_devices").fill("0")
    page.locator("#t_devices").press("Enter")

    expect(page.locator("#t_devices-err")).to_contain_text("Devices must be between 1 and 100,000")
    expect(page.locator("#train-stale")).to_contain_text("Still showing the last result")
    expect(page.locator("#stale")).to_be_empty()


def test_a_redraw_of_one_card_renews_the_link_of_the_other(page: Page) -> None:
    page.goto(PAGE)

    page.locator("#format").select_option("Q8_0")

    expect(page.locator("#train-share")).to_have_attribute("href", f"{PAGE}?format=Q8_0#train")
