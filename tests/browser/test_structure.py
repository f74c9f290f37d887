"""What a screen reader is handed: headings, titles, one voice, and errors tied to their fields."""

from playwright.sync_api import Page, expect

from calculator import registry


def test_every_page_has_one_heading_a_language_and_a_title_of_its_own(
    page: Page, paths: list[str]
) -> None:
    titles: dict[str, str] = {}

    for path in paths:
        page.goto(path)
        title = page.title()
        assert page.locator("h1").count() == 1, path
        assert page.locator("html").get_attribute("lang") == "en-GB", path
        if "?" not in path:
            assert title not in titles, f"{path} and {titles.get(title)} are both “{title}”"
            titles[title] = path


def test_only_the_empty_status_of_a_calculator_may_speak(page: Page) -> None:
    for widget in registry.all_widgets():
        page.goto(f"/calculators/{widget.slug}/")

        say = page.locator("#say")
        expect(say).to_be_empty()
        expect(say).to_have_attribute("role", "status")
        expect(say).to_have_attribute("aria-live", "polite")
        expect(say).to_have_attribute("aria-atomic", "true")
        voices = page.locator(
            ".calc :is(output, [role=status], [role=alert], [aria-live]):not([aria-live=off], #say)"
        )
        assert voices.count() == 0, widget.slug


def test_every_slider_has_a_number_field_and_says_its_unit(page: Page) -> None:
    sliders = 0

    for widget in registry.all_widgets():
        page.goto(f"/calculators/{widget.slug}/")
        for slider in page.locator("input[type=range]").all():
            sliders += 1
            field = page.locator(f"#{slider.get_attribute('data-pair')}")
            expect(field).to_have_attribute("inputmode", "decimal")
            value, words = field.input_value(), slider.get_attribute("aria-valuetext") or ""
            assert words.startswith(value.replace("−", "-")), f"{widget.slug}: {value}, {words}"
            assert words.endswith(slider.get_attribute("data-say") or ""), widget.slug

    assert sliders > 8


def test_every_number_field_is_tied_to_its_error(page: Page) -> None:
    for widget in registry.all_widgets():
        fields = widget.form.base_fields
        wrong = "&".join(f"{name}=eight!" for name in fields)
        page.goto(f"/calculators/{widget.slug}/?{wrong}")

        inputs = page.locator("#calc input[type=text]").all()
        assert page.title().startswith("Error: "), widget.slug
        for field in inputs:
            name = field.get_attribute("name")
            message = page.locator(f"#{name}-err")
            label = page.locator(f"label[for={name}]").inner_text()
            assert f"{name}-err" in (field.get_attribute("aria-describedby") or "").split()
            assert field.get_attribute("aria-invalid") == "true", f"{widget.slug} {name}"
            assert field.input_value() == "eight!"
            text = message.text_content() or ""
            assert text.startswith("Error: "), f"{widget.slug} {name}: {text}"
            assert label.casefold() in text.casefold(), f"{widget.slug}: {label}, {text}"


def test_forced_colours_keep_bars_tanks_and_the_chosen_segment(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/terms/parameter/")

    canvas = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    for shape in (".bars__row rect", ".rung .tank", ".rung .fill >> visible=true"):
        fill = page.locator(shape).first.evaluate("shape => getComputedStyle(shape).fill")
        assert fill not in {canvas, "none"}, shape
    chosen = page.locator("label", has=page.locator("#p-1"))
    expect(chosen).to_have_css("outline-style", "solid")
