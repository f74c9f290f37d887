"""Numbers are shown rounded half up, in words and units people use, and never misleadingly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core import formatting

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def shown(text: str) -> Decimal:
    """The value of a text that `significant` wrote."""
    plain = text.replace(",", "").replace("−", "-").replace("×10", "e")
    return Decimal(plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (16, "16"),
        (Decimal("16.0"), "16"),
        (35.5, "35.5"),
        (Decimal("35.55"), "35.6"),
        (Decimal("35.45"), "35.5"),
        (2.675, "2.68"),
        (0.001, "0.001"),
        (1234, "1,230"),
        (999.5, "1,000"),
        (-0.3, "−0.3"),
        (0, "0"),
        (-0.0, "0"),
        (Decimal("0E-500"), "0"),
        (1e-6, "0.000001"),
        (1e21, "1,000,000,000,000,000,000,000"),
        (3.4028234663852886e38, "3.4×10³⁸"),
        (-1.25e-7, "−1.25×10⁻⁷"),
        (Decimal("9.999e-7"), "0.000001"),
        (Decimal("1e1000000"), "1×10¹⁰⁰⁰⁰⁰⁰"),
    ],
)
def test_three_significant_figures_are_shown(value: formatting.Number, text: str) -> None:
    assert formatting.significant(value) == text


def test_more_significant_figures_can_be_asked_for() -> None:
    assert formatting.significant(Decimal("14.901161193847656"), 4) == "14.9"
    assert formatting.significant(1234567, 7) == "1,234,567"
    assert formatting.significant(10**40 + 1, 41).startswith("1.000")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8_030_261_248, "8,030,261,248"),
        (Decimal("0.50"), "0.5"),
        (Decimal("7E+9"), "7,000,000,000"),
        (Decimal("-1234.5"), "−1,234.5"),
        (0.1, "0.1"),
        (9_007_199_254_740_993, "9,007,199,254,740,993"),
        (10**30 + 1, "1,000,000,000,000,000,000,000,000,000,001"),
    ],
)
def test_every_digit_can_be_shown(value: formatting.Number, text: str) -> None:
    assert formatting.exact(value) == text


@pytest.mark.parametrize("value", [Decimal("1e1000000"), Decimal("1e-1000000")])
def test_a_number_too_long_to_write_out_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="too many places"):
        formatting.exact(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8 * 10**9, "8 billion"),
        (8_030_261_248, "8.03 billion"),
        (671 * 10**9, "671 billion"),
        (1.5e12, "1.5 trillion"),
        (123_532_032, "124 million"),
        (4096, "4,096"),
        (999_999, "999,999"),
        (999_500_000, "1 billion"),
        (999_499_999, "999 million"),
        (Decimal("999999.5"), "1 million"),
        (Decimal("1234.5"), "1,230"),
        (5 * 10**15, "5 quadrillion"),
        (Decimal("7.2e23"), "7.2×10²³"),
        (999_999_999_999_999_999, "1×10¹⁸"),
        (-2_000_000, "−2 million"),
        (0, "0"),
    ],
)
def test_a_count_is_said_in_words(value: formatting.Number, text: str) -> None:
    assert formatting.count_words(value) == text


@pytest.mark.parametrize(
    ("value", "decimal", "binary"),
    [
        (16 * 10**9, "16 GB", "14.9 GiB"),
        (4_910_000_000, "4.91 GB", "4.57 GiB"),
        (750_000_000, "750 MB", "715 MiB"),
        (131_072, "131 KB", "128 KiB"),
        (512, "512 bytes", "512 bytes"),
        (1023, "1.02 KB", "1,023 bytes"),
        (1, "1 byte", "1 byte"),
        (0, "0 bytes", "0 bytes"),
        (0.5, "0.5 bytes", "0.5 bytes"),
        (999_499_999, "999 MB", "953 MiB"),
        (999_500_000, "1 GB", "953 MiB"),
        (10**12, "1 TB", "931 GiB"),
        (2**40, "1.1 TB", "1 TiB"),
        (2**20, "1.05 MB", "1 MiB"),
        (2**30, "1.07 GB", "1 GiB"),
        (2**30 - 1, "1.07 GB", "1,020 MiB"),
        (-(2**30), "−1.07 GB", "−1 GiB"),
        (1_342 * 10**9, "1.34 TB", "1.22 TiB"),
        (5 * 10**21, "5,000 EB", "4,340 EiB"),
    ],
)
def test_bytes_are_shown_in_decimal_and_binary_units(
    value: formatting.Number, decimal: str, binary: str
) -> None:
    assert formatting.gigabytes(value) == decimal
    assert formatting.gibibytes(value) == binary


def test_an_amount_of_bytes_comes_apart_from_its_unit() -> None:
    assert formatting.split_bytes(16 * 10**9) == ("16", "GB")
    assert formatting.split_bytes(16 * 10**9, binary=True) == ("14.9", "GiB")
    assert formatting.split_bytes(16 * 10**9, binary=True, digits=5) == ("14.901", "GiB")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (0, "0 seconds"),
        (0.0125, "0.013 seconds"),
        (89, "89 seconds"),
        (89.5, "1.5 minutes"),
        (90, "1.5 minutes"),
        (450, "7.5 minutes"),
        (1280, "21 minutes"),
        (5399, "1.5 hours"),
        (3600 * 1.5, "1.5 hours"),
        (120_192, "33.4 hours"),
        (172_800, "2 days"),
        (1_777_000, "20.6 days"),
        (10**9, "11,600 days"),
    ],
)
def test_a_duration_is_said_in_the_unit_people_would_use(
    seconds: formatting.Number, text: str
) -> None:
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Decimal("0.0039"), "0.39%"),
        (0.17, "17%"),
        (1, "100%"),
        (1.0, "100%"),
        (0, "0%"),
        (0.9999, "99.99%"),
        (0.9996, "99.96%"),
        (Decimal(f"0.{'9' * 40}"), f"99.{'9' * 38}%"),
        (1.0001, "100.01%"),
        (1.234, "123%"),
        (12.345, "1,235%"),
        (1e-12, "1×10⁻¹⁰%"),
        (-0.25, "−25%"),
    ],
)
def test_a_percentage_never_hides_what_is_left(fraction: formatting.Number, text: str) -> None:
    assert formatting.percent(fraction) == text


def test_a_percentage_can_have_fewer_figures() -> None:
    assert formatting.percent(Decimal("0.00390625"), 2) == "0.39%"
    assert formatting.percent(Decimal("0.666"), 1) == "67%"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 layer"), (0, "0 layers"), (1024, "1,024 layers"), (Decimal("1.5"), "1.5 layers")],
)
def test_a_word_agrees_with_its_count(count: formatting.Number, text: str) -> None:
    assert formatting.plural(count, "layer", "layers") == text


@pytest.mark.parametrize("value", [float("inf"), float("nan"), Decimal("-Infinity")])
@pytest.mark.parametrize(
    "show",
    [
        formatting.significant,
        formatting.exact,
        formatting.count_words,
        formatting.gigabytes,
        formatting.duration,
        formatting.percent,
    ],
)
def test_what_is_not_finite_is_never_shown(show: object, value: formatting.Number) -> None:
    assert callable(show)

    with pytest.raises(ValueError, match="finite"):
        show(value)


@given(FINITE, FINITE)
def test_rounding_keeps_the_order_of_numbers(one: float, other: float) -> None:
    smaller, larger = sorted((one, other))

    assert shown(formatting.significant(smaller)) <= shown(formatting.significant(larger))


@given(FINITE, st.integers(min_value=1, max_value=17))
def test_rounding_stays_within_half_a_unit_of_the_last_figure(value: float, digits: int) -> None:
    exactly = Decimal(repr(value))

    error = abs(shown(formatting.significant(value, digits)) - exactly)

    assert error <= Decimal(5).scaleb(exactly.adjusted() - digits)


@given(FINITE)
def test_a_negative_number_mirrors_its_opposite(value: float) -> None:
    below, above = sorted((value, -value))

    assert shown(formatting.significant(below)) == -shown(formatting.significant(above))


@given(st.integers(min_value=0, max_value=10**24), st.sampled_from([1000, 1024]))
def test_the_unit_of_bytes_leaves_a_short_amount(size: int, base: int) -> None:
    amount, unit = formatting.split_bytes(size, binary=base == 1024)

    assert unit in {"EB", "EiB"} or shown(amount) < base
    assert unit.startswith("byte") or shown(amount) >= 1


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_proper_fraction_is_neither_nothing_nor_all(fraction: float) -> None:
    assert formatting.percent(fraction) not in {"0%", "100%"}


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("6.04 GB", "6.66 GB", "6.04 to 6.66 GB"),
        ("535 MB", "1.04 GB", "535 MB to 1.04 GB"),
        ("1 second", "4.4 seconds", "1 to 4.4 seconds"),
        ("53 seconds", "2 minutes", "53 seconds to 2 minutes"),
        ("99.3%", "99.4%", "99.3 to 99.4%"),
        ("4.79", "4.9", "4.79 to 4.9"),
        ("16 GB", "16 GB", "16 GB"),
    ],
)
def test_a_range_says_its_unit_once(low: str, high: str, text: str) -> None:
    assert formatting.between(low, high) == text


def test_a_number_needs_at_least_one_figure() -> None:
    with pytest.raises(ValueError, match="at least one significant figure"):
        formatting.significant(1, 0)
