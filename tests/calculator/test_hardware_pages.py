"""The pages of the devices: the list that the address filters and sorts, and what fits one."""

import re

import pytest
from django.test import Client

from calculator.core.devices import devices
from calculator.core.pace import SMALLEST_MEASURED
from calculator.hardware.fitting import TOKENS, fit, fits
from calculator.hardware.listing import COLUMNS, Choice
from calculator.models import LanguageModel

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    return re.findall(r'<th scope="row" class="models__name"><a href="/hardware/([\w-]+)/"', text)


def test_the_catalogue_has_sixty_devices_and_the_list_shows_them_all(client: Client) -> None:
    text = client.get("/hardware/").text

    assert len(devices()) >= 60
    assert sorted(names(text)) == sorted(devices())


def test_the_filters_live_in_the_address(client: Client) -> None:
    text = client.get("/hardware/?kind=data-centre-card&maker=AMD&memory=128").text

    found = [devices()[slug] for slug in names(text)]

    assert found
    assert all(device.kind == "data-centre card" for device in found)
    assert all(device.maker == "AMD" and device.gigabytes >= 128 for device in found)


@pytest.mark.parametrize("column", [column.key for column in COLUMNS])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_sorts_both_ways_with_the_unknown_last(
    client: Client, column: str, sign: str
) -> None:
    text = client.get(f"/hardware/?sort={sign}{column}").text

    value = Choice(sort=sign + column).column.by
    values = [value(devices()[slug]) for slug in names(text)]
    known = [each for each in values if each is not None]
    assert known == sorted(known, reverse=bool(sign))
    assert values[: len(known)] == known
    assert 'aria-sort="' + ("descending" if sign else "ascending") in text


@pytest.mark.parametrize(
    "query",
    [
        "kind=toaster",
        "maker=Nobody",
        "memory=-1",
        "memory=١٦",
        "memory=9e9",
        "sort=colour",
        "kind=%00",
    ],
)
def test_an_unknown_value_filters_nothing(client: Client, query: str) -> None:
    response = client.get(f"/hardware/?{query}")

    assert response.status_code == 200
    assert len(names(response.text)) == len(devices())


def test_a_filter_without_devices_offers_the_way_back(client: Client) -> None:
    text = client.get("/hardware/?kind=phone&memory=512").text

    assert "No device is like that" in text


def test_what_is_not_known_is_said_to_be_unknown(client: Client) -> None:
    text = client.get("/hardware/iphone-15-pro/").text

    assert devices()["iphone-15-pro"].bandwidth is None
    row = re.search(r"Memory bandwidth</th><td>(.*?)</td>", text)
    assert row
    assert row[1] == '<span class="unknown">unknown</span>'


def test_the_real_bytes_of_an_80_gb_card_are_on_its_page(client: Client) -> None:
    text = client.get("/hardware/h100-sxm-80gb/").text

    assert "85,520,809,984 bytes" in text
    assert "79.65 GiB" in text
    assert "79.1 to 79.18 GiB" in text
    assert "74.51 GiB" in text


def test_an_unknown_device_is_not_found(client: Client) -> None:
    response = client.get("/hardware/abacus/")

    assert response.status_code == 404


def test_a_device_holds_what_it_says_and_not_one_token_more() -> None:
    from calculator.catalogue.machines import most_held
    from calculator.catalogue.running import needs
    from calculator.core.architecture import read_text

    model = LanguageModel.objects.get(slug="llama-3-70b")
    shape = read_text(model.config)

    found = fit(model.config, "rtx-a6000")

    assert found is not None
    assert found.format == "Q4_K_M"
    assert found.context is not None
    capacity = most_held("rtx-a6000")
    assert TOKENS <= found.context < shape.context
    assert needs(shape, found.weights, tokens=found.context) <= capacity
    assert needs(shape, found.weights, tokens=found.context + 1) > capacity


def test_a_device_says_how_many_conversations_fit_and_not_one_more() -> None:
    from calculator.core.architecture import read_text
    from calculator.core.serving import Run
    from calculator.core.verdicts import allowed

    model = LanguageModel.objects.get(slug="llama-3-70b")
    room = allowed("llama.cpp", devices()["h100-sxm-80gb"].usable).low

    found = fit(model.config, "h100-sxm-80gb", 32_768)

    assert found is not None
    assert found.users
    run = Run(shape=read_text(model.config), weights=found.weights, context=32_768)
    assert run.most("cuda", sequences=found.users) <= room
    assert run.most("cuda", sequences=found.users + 1) > room


def test_a_longer_conversation_leaves_room_for_fewer(client: Client) -> None:
    short = client.get("/hardware/h100-sxm-80gb/")
    long = client.get("/hardware/h100-sxm-80gb/", {"context": "131072"})

    counts = [
        {row.model.slug: row.fit.users for row in page.context["fits"].fitting}
        for page in (short, long)
    ]

    assert counts[1]["llama-3-8b"] < counts[0]["llama-3-8b"]
    assert 'aria-current="true">131,072 tokens' in long.text
    assert "llama.cpp’s limit" in short.text


@pytest.mark.parametrize("context", ["", "8193", "-1", "many", "0", "9" * 500])
def test_a_length_that_is_not_offered_is_the_usual_one(client: Client, context: str) -> None:
    response = client.get("/hardware/rtx-4090/", {"context": context})

    assert response.status_code == 200
    assert response.context["tokens"] == TOKENS


def test_a_model_without_a_longest_context_is_asked_up_to_a_million_tokens() -> None:
    models = {model.slug: model for model in LanguageModel.objects.public()}

    mamba = fit(models["mamba-130m"].config, "rtx-4090")
    encoder = fit(models["bert-large-uncased"].config, "rtx-4090")

    assert mamba is not None
    assert (mamba.context, mamba.unbounded, mamba.whole) == (2**20, True, False)
    assert encoder is not None
    assert (encoder.context, encoder.users, encoder.unbounded) == (None, None, False)


def test_every_public_model_is_in_one_of_the_three_lists() -> None:
    found = fits(LanguageModel.objects.public(), devices()["rtx-4090"])

    rows = [*found.fitting, *found.too_big, *found.unknown]

    assert len(rows) == LanguageModel.objects.public().count()
    large = [row for row in found.fitting if (row.model.total or 0) >= SMALLEST_MEASURED]
    assert all(row.fit and row.fit.rate for row in large if row.model.kind != "encoder")
    assert found.too_big
    assert {row.model.slug for row in found.unknown} == {"deepseek-v4-flash-284b", "t5-base"}


def test_a_larger_memory_holds_whatever_a_smaller_one_holds() -> None:
    small = fits(LanguageModel.objects.public(), devices()["h100-sxm-80gb"])
    large = fits(LanguageModel.objects.public(), devices()["h200"])

    held = {row.model.slug for row in large.fitting}

    assert {row.model.slug for row in small.fitting} < held


def test_a_draft_of_a_model_is_on_no_device(client: Client) -> None:
    LanguageModel.objects.filter(slug="llama-3-8b").update(is_public=False)

    text = client.get("/hardware/rtx-4090/").text

    assert "/models/llama-3-8b/" not in text


def test_the_speed_of_a_server_and_of_a_tiny_model_is_unknown_because_nobody_measured_it() -> None:
    configs = {slug: LanguageModel.objects.get(slug=slug).config for slug in ("llama-3-8b", "gpt2")}

    card, server = (fit(configs["llama-3-8b"], slug) for slug in ("h100-sxm-80gb", "dgx-h100"))
    tiny = fit(configs["gpt2"], "h100-sxm-80gb")

    assert card is not None
    assert card.rate is not None
    assert server is not None
    assert server.rate is None
    assert tiny is not None
    assert tiny.rate is None


def test_a_device_names_the_largest_model_that_fits(client: Client) -> None:
    found = fits(LanguageModel.objects.public(), devices()["rtx-4060"])
    largest = max(found.fitting, key=lambda row: row.model.total or 0).model

    text = client.get("/hardware/rtx-4060/").text

    assert f'the largest is <a href="/models/{largest.slug}/">{largest.name}</a>' in text


def test_the_sitemap_names_every_device(client: Client) -> None:
    text = client.get("/sitemap.xml").text

    assert all(f"/hardware/{slug}/</loc>" in text for slug in devices())
    assert "/accuracy/</loc>" in text


def test_a_redraw_puts_its_filters_into_the_address(htmx_client: Client) -> None:
    response = htmx_client.get("/hardware/?kind=phone&maker=&sort=memory")

    assert response["HX-Push-Url"] == "/hardware/?kind=phone"


def test_a_config_that_the_engine_refuses_fits_nowhere_and_breaks_nothing() -> None:
    assert fit('{"model_type": "abacus"}', "rtx-4090") is None


def test_a_server_of_cards_that_nobody_looked_into_has_no_usable_share(client: Client) -> None:
    text = client.get("/hardware/?kind=server").text

    assert devices()["a100-80gb"].visible is None
    assert devices()["dgx-a100"].visible is None
    row = text.partition("/hardware/dgx-a100/")[2].partition("</tr>")[0]
    assert 'data-h="Usable"><span class="unknown">unknown</span>' in row
