"""How pages of devices write bytes as GB and GiB, ranges of them, and rates."""

from decimal import Decimal
from typing import Any

from django import template

from calculator.core import formatting
from calculator.core.devices import Device
from calculator.core.ranges import Span
from calculator.core.speed import Rate

register = template.Library()

GB, GIB = 10**9, 2**30


@register.filter
def gb(value: int) -> str:
    """Always in GB, to four figures: "85.52 GB", so that readings of one memory compare."""
    return f"{formatting.significant(Decimal(value) / GB, 4)} GB"


@register.filter
def gib(value: int) -> str:
    return f"{formatting.significant(Decimal(value) / GIB, 4)} GiB"


@register.filter
def span_gb(span: Span) -> str:
    return formatting.between(gb(span.low), gb(span.high))


@register.filter
def span_gib(span: Span) -> str:
    return formatting.between(gib(span.low), gib(span.high))


@register.filter
def usable_share(device: Device) -> str:
    ends = (device.usable.low, device.usable.high)
    low, high = (formatting.percent(Decimal(end) / device.memory_bytes) for end in ends)
    return formatting.between(low, high)


@register.filter
def rate(bandwidth: float) -> str:
    """Bandwidth in GB a second; from 1,000 up in TB."""
    if bandwidth >= 1000:
        return f"{formatting.significant(bandwidth / 1000)} TB/s"
    return f"{formatting.significant(bandwidth)} GB/s"


@register.filter
def tokens_a_second(speed: Rate | None) -> str:
    if speed is None:
        return ""
    return formatting.between(*(formatting.significant(end, 2) for end in (speed.low, speed.high)))


@register.filter
def thousands(tokens: Any) -> str:
    """A context as people say it: "8,192", "131K", "1.05M"."""
    if tokens < 10_000:
        return formatting.exact(tokens)
    if tokens < 10**6:
        return f"{formatting.significant(Decimal(tokens) / 1000)}K"
    return f"{formatting.significant(Decimal(tokens) / 10**6)}M"
