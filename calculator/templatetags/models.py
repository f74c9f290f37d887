"""How a table writes counts and sizes: short, and “unknown” where the engine does not know."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from calculator.core import formatting
from calculator.core.devices import Device
from calculator.core.report import size_in_words

register = template.Library()

LETTERS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
UNKNOWN = format_html('<span class="{}">unknown</span>', "unknown")


@register.filter
def brief(value: Any) -> str | SafeString:
    """A count in three figures and a letter: "8.03B", "11.0B", "671B", "124M"."""
    if value is None:
        return UNKNOWN
    number = Decimal(value)
    for unit, letter in LETTERS:
        # Half a unit of the third figure below: 999,999,999 is 1B, never 1,000M.
        if number >= unit * Decimal("0.9995"):
            return f"{three_figures(number / unit)}{letter}"
    return formatting.exact(number)


@register.filter
def size(value: Any) -> str | SafeString:
    return UNKNOWN if value is None else formatting.gigabytes(value)


def three_figures(number: Decimal) -> str:
    """Always three figures, zeros at the end among them, so that a column lines up."""
    places = max(0, 2 - number.adjusted())
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    # 9.996 has become 10.00, which is a figure too many.
    return format(rounded, f".{max(0, 2 - rounded.adjusted())}f")


@register.filter
def plain_name(device: Device) -> str:
    """A device as people say it, its memory left to a column of its own: "Apple M4"."""
    name = re.sub(r",? (with )?\d+ GB\b", "", device.name).removeprefix("GeForce ")
    return f"Apple {name}" if device.maker == "Apple" and not name.startswith("i") else name


@register.filter
def sold_as(device: Device) -> str:
    return f"{formatting.exact(device.gigabytes)} GB"


register.filter("spread", size_in_words)
