"""Shows numbers the same way everywhere: rounded half up, in decimal, never through a float.

Integers and `Decimal` values are taken exactly; a float is taken as the shortest decimal that reads
back as it, which is what its author typed. Negative results carry a true minus sign (U+2212).
Every function raises ValueError for a value that is not finite: the caller has better words for it.
"""

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal

type Number = int | float | Decimal

MINUS = "\N{MINUS SIGN}"

# Sizes are compared through copy_abs(), because abs() rounds to whatever context is current.
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
_PLAIN_FROM, _PLAIN_TO = Decimal("1e-6"), Decimal("1e21")
# Past this many places digits stop informing anyone, and writing them out could exhaust memory.
_LONGEST = 400
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WORDS = (
    (Decimal(10**15), "quadrillion"),
    (Decimal(10**12), "trillion"),
    (Decimal(10**9), "billion"),
    (Decimal(10**6), "million"),
)
_DECIMAL_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB", "EB")
_BINARY_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
# Name, seconds in one, the count at which the next name takes over, significant figures.
_SPANS = (("second", 1, 90, 2), ("minute", 60, 90, 2), ("hour", 3600, 48, 3))
_DAY = 86_400


def significant(value: Number, digits: int = 3) -> str:
    """`value` to `digits` significant figures: "16", "0.001", "1,230", "3.4×10³⁸".

    Trailing zeros after the point are left out. From 10⁻⁶ to 10²¹ in size the number is written in
    full with commas between thousands; outside that as a power of ten. Ties round away from zero.
    """
    rounded = _round(_decimal(value), digits)
    if not rounded or _PLAIN_FROM <= rounded.copy_abs() <= _PLAIN_TO:
        return _grouped(rounded)
    return _power_of_ten(rounded)


def exact(value: Number) -> str:
    """Every digit of `value`, commas between thousands: "8,030,261,248", "0.5".

    Nothing is rounded. Raises ValueError for a number that needs more than 400 places.
    """
    number = _decimal(value)
    exponent = number.as_tuple().exponent
    if number and (number.adjusted() > _LONGEST or int(exponent) < -_LONGEST):
        raise ValueError("the number has too many places to write out")
    return _grouped(number)


def count_words(value: Number, digits: int = 3) -> str:
    """A count as people say it: "4,096", "124 million", "8.03 billion", "1.5 trillion".

    Short scale (a billion is 10⁹). Whole counts below a million are shown in full, everything else
    to `digits` significant figures; from 10¹⁸ up as a power of ten.
    """
    number = _decimal(value)
    if number.copy_abs() < 10**6 and number == number.to_integral_value():
        return _grouped(number)
    rounded = _round(number, digits)
    if rounded.copy_abs() >= 10**18:
        return _power_of_ten(rounded)
    for size, word in _WORDS:
        if rounded.copy_abs() >= size:
            return f"{_grouped(_WIDE.divide(rounded, size))} {word}"
    return significant(number, digits)


def split_bytes(value: Number, *, binary: bool = False, digits: int = 3) -> tuple[str, str]:
    """A number of bytes as an amount and a unit: ("16", "GB"), ("14.9", "GiB"), ("512", "bytes").

    Decimal units step by 1,000 (KB, MB, GB = 10⁹ bytes, TB), binary ones by 1,024 (KiB, MiB,
    GiB = 2³⁰ bytes, TiB). The unit is chosen after rounding, so "1,000 MB" is never shown.
    """
    number = _decimal(value)
    base = 1024 if binary else 1000
    units = _BINARY_UNITS if binary else _DECIMAL_UNITS
    if number.copy_abs() < base and number == number.to_integral_value():
        return _grouped(number), "byte" if number == 1 else "bytes"
    power, amount = 0, number
    while power < len(units) - 1 and _reaches(amount.copy_abs(), base, digits):
        power += 1
        amount = _WIDE.divide(number, Decimal(base**power))
    return significant(amount, digits), units[power]


def gigabytes(value: Number, digits: int = 3) -> str:
    """A number of bytes in decimal units: "16 GB", "750 MB", "1.5 TB"; see `split_bytes`."""
    return " ".join(split_bytes(value, digits=digits))


def gibibytes(value: Number, digits: int = 3) -> str:
    """A number of bytes in binary units: "14.9 GiB", "512 KiB"; see `split_bytes`."""
    return " ".join(split_bytes(value, binary=True, digits=digits))


def between(low: str, high: str) -> str:
    """A range of two texts, their unit said once: "6.04 to 6.66 GB", "1 to 4.4 seconds", "3 to 9%".

    Units that differ are both said: "535 MB to 1.04 GB". One text where both read alike.
    """
    if low == high:
        return high
    if low.endswith("%") and high.endswith("%"):
        return f"{low[:-1]} to {high}"
    amount, _, unit = low.partition(" ")
    shared = unit and high.partition(" ")[2].startswith(unit)
    return f"{amount if shared else low} to {high}"


def duration(seconds: Number, digits: int | None = None) -> str:
    """A length of time in one unit: "1 second", "21 minutes", "33.4 hours", "20.6 days".

    Seconds below 90, minutes below 90, hours below 48, then days, judged after rounding. Seconds
    and minutes have two significant figures, hours and days three, unless `digits` says otherwise.
    """
    number = _decimal(seconds)
    for name, size, limit, usual in _SPANS:
        amount = _round(_WIDE.divide(number, Decimal(size)), digits or usual)
        if amount.copy_abs() < limit:
            return _amount_of(amount, name, digits or usual)
    return _amount_of(_WIDE.divide(number, Decimal(_DAY)), "day", digits or 3)


def percent(fraction: Number, digits: int = 3) -> str:
    """A fraction as a percentage: 0.17 is "17%", 0.0039 is "0.39%", 1.234 is "123%".

    `digits` significant figures, but always whole percents at least, and as many more as it takes
    not to show "100%" for anything else than 1. Only zero is shown as "0%".
    """
    number = _WIDE.multiply(_decimal(fraction), Decimal(100))
    digits = max(digits, min(number.adjusted() + 1, 21)) if number else digits
    while number.copy_abs() != 100 and _round(number, digits).copy_abs() == 100:
        digits += 1
    return f"{significant(number, digits)}%"


def plural(count: Number, singular: str, plural: str) -> str:
    """A count in full with the right word: "1 layer", "1,024 layers", "0 layers", "1.5 layers"."""
    return f"{exact(count)} {singular if count == 1 else plural}"


def power(base: int, exponent: int) -> str:
    """A power as it is printed: "2⁻¹⁴", "10³⁸"."""
    return f"{base}{str(exponent).translate(_SUPERSCRIPTS)}"


def _decimal(value: Number) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("only a finite number can be shown")
    return number


def _round(number: Decimal, digits: int) -> Decimal:
    if digits < 1:
        raise ValueError("at least one significant figure is needed")
    context = Context(prec=digits, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return context.plus(number)


def _reaches(size: Decimal, limit: int, digits: int) -> bool:
    # Before rounding as well as after: 1,024 KiB would round to 1,020 KiB, and never be 1 MiB.
    return size >= limit or _round(size, digits) >= limit


def _grouped(number: Decimal) -> str:
    if not number:
        return "0"
    text = format(number.copy_abs(), ",f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if number < 0 else text


def _power_of_ten(number: Decimal) -> str:
    _, figures, _ = number.as_tuple()
    mantissa = Decimal((number.is_signed(), figures, 1 - len(figures)))
    return f"{_grouped(mantissa)}×10{str(number.adjusted()).translate(_SUPERSCRIPTS)}"


def _amount_of(amount: Decimal, name: str, digits: int) -> str:
    text = significant(amount, digits)
    return f"{text} {name if text == '1' else name + 's'}"
