"""Reads numbers the way people type them, exactly, and refuses the rest with a reason.

The rules hold for every field, address, file and program that hands us a number. Nothing here
goes through a float, and nothing unbounded is built: length is checked before any pattern is
matched, the exponent before any `Decimal` is made, and every pattern runs in linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal

from calculator.core.characters import ALLOWED, EDGES, LONGEST, in_ascii
from calculator.core.formatting import MINUS, significant
from calculator.core.refusals import QuantityError, model_name

__all__ = ["QuantityError", "is_approximate", "parse_count", "parse_number", "parse_numbers"]

MOST_DIGITS = 18
LEAST_COUNT, MOST_COUNT = Decimal("1e-12"), Decimal("1e18")

_EXACT = Context(prec=200)
# Sizes of numbers, as powers of ten, beyond which no `Decimal` is made.
_MAGNITUDES = range(-60, 61)

_ABOUT = "≈~"

# Possessive quantifiers (*+, ?+) never give back what they took, which keeps this linear.
_FORM = re.compile(
    r"([0-9,'_ ]*+)(?:\.([0-9]*+))?+(?:e([+-]?+[0-9]{1,4}+))?+([ a-z]*+)", re.ASCII | re.IGNORECASE
)
_SUFFIXES = {"k": 10**3, "K": 10**3, "m": 10**6, "M": 10**6, "b": 10**9, "B": 10**9, "G": 10**9}
_SUFFIXES |= {"T": 10**12, "P": 10**15, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORDS |= {"quadrillion": 10**15} | {f"{word}s": size for word, size in _WORDS.items()}
_WORDS |= {"mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12}
_COUNTED = frozenset(
    {"param", "params", "parameter", "parameters", "token", "tokens", "flop", "flops"}
)
_BYTES = frozenset(
    {"byte", "bytes"} | {f"{letter}{end}" for letter in "kmgtp" for end in ("b", "ib")}
)

_NOT_A_NUMBER = "Write a number, like 8 or 0.5"
_NEGATIVE = "Write a number that is 0 or more, without a minus sign"
_GROUPING = (
    "Group digits in threes, all with the same mark, like 1,000,000, and write decimals with a "
    "point, like 7.5"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The parts of a typed number: the value is `digits` × 10^`exponent`, the rest is `words`."""

    digits: str
    exponent: int
    in_powers: bool
    words: tuple[str, ...]


def parse_count(text: str, *, bare_unit: Decimal = Decimal(1)) -> Decimal:
    """A count such as parameters, tokens or operations: "7B", "70 billion", "1,000,000", "1.5e12".

    Returns the exact value: 0, or from 10⁻¹² to 10¹⁸. The short scale only: k, m and b in either
    case, G, T and P as capitals, thousand to quadrillion, and the binary Ki, Mi, Gi and Ti; then
    perhaps "parameters", "tokens" or "flops". A point marks decimals. Commas, spaces, apostrophes
    or underscores group digits in threes (commas also in the Indian way), one kind in a number.
    At most 64 characters and 18 significant digits, of seven scripts but one script in a number.
    "≈" or "~" may stand in front.

    `bare_unit` multiplies a number written without suffix, word and exponent, as in a field
    labelled "billion"; "8 tokens" stays 8. Raises `QuantityError`, also for model names such as
    8x7B, which hold no single count.
    """
    plain = in_ascii(text, ALLOWED | frozenset(_ABOUT))
    body = plain[1:].lstrip(" ") if plain[0] in _ABOUT else plain
    if body.lstrip("+ ").startswith("-"):
        raise QuantityError("negative", _NEGATIVE)
    if (refusal := model_name(body)) is not None:
        raise refusal
    reading = _read(body.removeprefix("+"))
    scale = _scale(reading, bare_unit)
    value = _value(reading)
    if value is None:
        raise _out_of_count_range(too_large=reading.exponent > 0)
    value = _in_full(_EXACT.multiply(value, scale))
    if value and not LEAST_COUNT <= value <= MOST_COUNT:
        raise _out_of_count_range(too_large=value > 1)
    return value


def is_approximate(text: str) -> bool:
    """Whether `text`, already read by `parse_count`, says "about": the echo should say so too."""
    return text.strip(EDGES).startswith(("≈", "~", "\N{FULLWIDTH TILDE}"))


def parse_number(text: str, *, minimum: Decimal, maximum: Decimal) -> Decimal:
    """A signed number without a unit, from `minimum` to `maximum`: "−0.3", "1e-5", "+1,000".

    Digits, grouping, length and precision as in `parse_count`; the sign is "-", "−" or "+",
    directly before the number. Returns the exact value, 10⁻⁶⁰ or more from 0; zero has no sign.
    Raises `QuantityError`.
    """
    plain = in_ascii(text, ALLOWED | {MINUS}).replace(MINUS, "-")
    negative = plain.startswith("-")
    reading = _read(plain[1:] if plain[0] in "+-" else plain)
    if reading.words:
        word = " ".join(reading.words)
        raise QuantityError("unit", f"Write a number without “{word}”, like 8 or 0.5")
    value = _value(reading)
    limits = f"between {significant(minimum, MOST_DIGITS)} and {significant(maximum, MOST_DIGITS)}"
    if value is None and reading.exponent < 0 and minimum <= 0 <= maximum:
        raise QuantityError("out_of_range", f"Write a number {limits}, further from 0 than 10⁻⁶⁰")
    if value is not None and negative:
        value = value.copy_negate() if value else value
    if value is None or not minimum <= value <= maximum:
        raise QuantityError("out_of_range", f"Write a number {limits}")
    return _in_full(value)


def parse_numbers(
    text: str, *, at_most: int, minimum: Decimal, maximum: Decimal
) -> tuple[Decimal, ...]:
    """Up to `at_most` numbers, each as in `parse_number`: "0.8, −0.3 0.1;0.05".

    Commas, semicolons, spaces and line ends separate: commas and spaces do not group digits here.
    Raises `QuantityError`; its sentence says which number is meant.
    """
    longest = at_most * (LONGEST + 2)
    if len(text) > longest:
        raise QuantityError("too_long", f"Write at most {longest} characters")
    items = list(_items(text.strip(EDGES)))
    if not items:
        raise QuantityError("required", "Enter at least one number")
    if len(items) > at_most:
        raise QuantityError("too_many", f"Enter {at_most} numbers or fewer")
    values = []
    for place, item in enumerate(items, start=1):
        try:
            values.append(_item(item, minimum, maximum))
        except QuantityError as error:
            reason = f"{str(error)[0].lower()}{str(error)[1:]}"
            raise QuantityError(error.code, f"Number {place} is not right: {reason}") from error
    return tuple(values)


def _items(text: str) -> Iterator[str]:
    """The items of a list; an empty one where two separators meet, none after the last."""
    chunks = text.translate(str.maketrans(";，；、،؛", ",,,,,,")).split(",")
    for place, chunk in enumerate(chunks):
        words = chunk.strip(EDGES).split()
        yield from words
        if not words and place < len(chunks) - 1:
            yield ""


def _item(item: str, minimum: Decimal, maximum: Decimal) -> Decimal:
    # "1,000" would silently become 1 and 0; nobody writes a number of its own as 000 or 005.
    if re.fullmatch(r"00[0-9]", item):
        raise QuantityError(
            "grouping", "Write 1000, not 1,000, because commas separate numbers here"
        )
    if not item:
        raise QuantityError("not_a_number", "Write a number between the two separators")
    return parse_number(item, minimum=minimum, maximum=maximum)


def _read(body: str) -> _Reading:
    match = _FORM.fullmatch(body)
    if match is None or body.startswith(" "):
        raise QuantityError("not_a_number", _NOT_A_NUMBER)
    whole, decimals, power, words = match[1], match[2], match[3], match[4]
    if not any(character.isdigit() for character in whole + (decimals or "")):
        raise QuantityError("not_a_number", _NOT_A_NUMBER)
    if decimals is None and power is None:
        whole = whole.rstrip(" ")
    whole, decimals = _ungrouped(whole), decimals or ""
    digits = (whole + decimals).lstrip("0")
    significant_digits = digits.rstrip("0")
    if len(significant_digits) > MOST_DIGITS:
        sentence = f"Write at most {MOST_DIGITS} digits, not counting zeros at either end"
        raise QuantityError("too_precise", sentence)
    exponent = int(power or 0) - len(decimals) + len(digits) - len(significant_digits)
    return _Reading(significant_digits, exponent, power is not None, tuple(words.split()))


def _ungrouped(whole: str) -> str:
    marks = {character for character in whole if not character.isdigit()}
    if not marks:
        return whole
    mark = marks.pop()
    first, *rest = whole.split(mark)
    threes = len(first) in {1, 2, 3} and all(len(group) == 3 for group in rest)
    indian = (
        mark == ","
        and len(first) in {1, 2}
        and len(rest[-1]) == 3
        and all(len(group) == 2 for group in rest[:-1])
    )
    # Nobody groups a number that begins with 0: "0,500" is half of something, with a decimal comma.
    if marks or first.startswith("0") or not (threes or indian):
        raise QuantityError("grouping", _GROUPING)
    return "".join([first, *rest])


def _scale(reading: _Reading, bare_unit: Decimal) -> Decimal:
    words = list(reading.words)
    size = None
    if words:
        size = _SUFFIXES.get(words[0]) or _WORDS.get(words[0].lower())
    rest = words[1:] if size else words
    if rest and rest[0].lower() in _COUNTED:
        rest = rest[1:]
    if rest:
        raise _wrong_unit(" ".join(words))
    if size and reading.in_powers:
        sentence = "Write a power of ten or a unit, not both: 1.5e9 or 1.5B"
        raise QuantityError("exponent_and_suffix", sentence)
    return Decimal(size or 1) if words or reading.in_powers else bare_unit


def _wrong_unit(words: str) -> QuantityError:
    if words.lower() in _BYTES:
        sentence = f"Write a count: “{words}” measures memory, which has fields of its own"
    else:
        sentence = f"Write K, M, B, T or a word such as million or billion instead of “{words}”"
    return QuantityError("unit", sentence)


def _value(reading: _Reading) -> Decimal | None:
    """The number without its unit; None where it is too large or too small to build."""
    if not reading.digits:
        return Decimal(0)
    if reading.exponent + len(reading.digits) - 1 not in _MAGNITUDES:
        return None
    return Decimal((0, tuple(map(int, reading.digits)), reading.exponent))


def _in_full(value: Decimal) -> Decimal:
    """The same number, written without an exponent and without zeros after the last decimal."""
    value = value.normalize(_EXACT)
    return (
        value.quantize(Decimal(1), context=_EXACT) if int(value.as_tuple().exponent) > 0 else value
    )


def _out_of_count_range(*, too_large: bool) -> QuantityError:
    limit = "at most 1,000,000 trillion (10¹⁸)" if too_large else "0, or at least 0.000000000001"
    return QuantityError("out_of_range", f"Write a number that is {limit}")
