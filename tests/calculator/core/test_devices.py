"""The catalogue of devices: every row is whole, sourced and possible."""

from datetime import date

import pytest

from calculator.core.devices import KINDS, Device, DeviceError, device, devices
from calculator.core.speed import MEMORIES

GIBIBYTE = 2**30
ROWS = list(devices().values())


def slug(row: Device) -> str:
    return row.slug


def test_there_are_at_least_60_devices_of_every_kind() -> None:
    assert len(devices()) >= 60
    assert {row.kind for row in ROWS} == set(KINDS)


@pytest.mark.parametrize("row", ROWS, ids=slug)
def test_a_device_names_its_source_and_the_day_it_was_read(row: Device) -> None:
    assert row.source
    assert row.url.startswith("https://") or row.url.startswith("http://")
    assert row.checked == date(2026, 11, 22)
    assert row.reported
    assert bool(row.visible) == bool(row.visible_source)
    assert bool(row.tflops) == bool(row.tflops_source)


@pytest.mark.parametrize("row", ROWS, ids=slug)
def test_a_device_reports_about_the_memory_it_is_sold_with(row: Device) -> None:
    sold = row.gigabytes * GIBIBYTE

    assert 0.92 * sold <= row.memory_bytes <= 1.02 * sold
    assert row.memory_type in MEMORIES
    assert row.slug == row.slug.lower().replace(" ", "-")


@pytest.mark.parametrize("row", ROWS, ids=slug)
def test_a_program_never_sees_more_than_the_device_reports(row: Device) -> None:
    assert row.usable.low <= row.usable.high <= row.memory_bytes


@pytest.mark.parametrize("row", ROWS, ids=slug)
def test_a_nominal_size_is_the_sold_one_in_binary_gigabytes(row: Device) -> None:
    assert not row.nominal or row.memory_bytes == row.gigabytes * GIBIBYTE


@pytest.mark.parametrize("row", [row for row in ROWS if row.bandwidth], ids=slug)
def test_a_speed_is_a_speed_of_memory(row: Device) -> None:
    assert row.bytes_per_second is not None
    assert 10e9 <= row.bytes_per_second / row.count <= 10e12


def test_an_80_gb_card_is_sold_in_binary_gigabytes_and_shows_programs_79() -> None:
    card = device("h100-sxm-80gb")

    assert card.memory_bytes == 81_559 * 2**20
    assert card.memory_bytes > 85 * 10**9
    assert card.usable.high / GIBIBYTE == pytest.approx(79.18)


def test_a_graphics_card_of_32_gb_reports_32607_mib() -> None:
    assert device("rtx-5090").memory_bytes == 32_607 * 2**20


def test_a_laptop_of_48_gb_gives_its_graphics_three_quarters_or_a_little_more() -> None:
    usable = device("m4-pro-48gb").usable

    assert usable.low == 38_654_705_664
    assert usable.high == pytest.approx(40_200.90e6, abs=10_000)


def test_a_server_is_its_cards_added_up() -> None:
    server, card = device("dgx-h100"), device("h100-sxm-80gb")

    assert card.bandwidth
    assert card.tflops
    assert (server.of, server.count) == ("h100-sxm-80gb", 8)
    assert server.memory_bytes == 8 * card.memory_bytes
    assert server.usable.low == 8 * card.usable.low
    assert server.bandwidth == 8 * card.bandwidth
    assert server.tflops == 8 * card.tflops
    assert server.watts is None


def test_what_could_not_be_checked_is_unknown() -> None:
    phone = device("iphone-16-pro")

    assert phone.bytes_per_second is None
    assert phone.operations_per_second is None
    assert phone.watts is None
    assert phone.visible is None
    assert phone.usable.low == phone.memory_bytes


def test_a_peak_rate_is_in_operations_a_second() -> None:
    assert device("rtx-4090").operations_per_second == pytest.approx(165.2e12)


@pytest.mark.parametrize("peak", [("rtx-4090", 165.2), ("rtx-3090", 71), ("rtx-5090", 209.5)])
def test_a_derived_rate_is_the_published_one(peak: tuple[str, float]) -> None:
    card = device(peak[0])

    assert card.tflops_source.startswith("derived")
    assert card.tflops == pytest.approx(peak[1], rel=0.005)


def test_an_unknown_device_is_refused_with_those_that_resemble_it() -> None:
    with pytest.raises(DeviceError, match="did you mean h100-sxm-80gb, h100-pcie-80gb"):
        device("h100")
    with pytest.raises(DeviceError, match=r"no device is called “abacus”"):
        device("abacus")
