"""The smallest piece of a network: one weight, one bias, one input."""

from decimal import Context, Decimal

# Eighteen digits times eighteen digits, plus room: nothing here is ever rounded but a quotient.
_WIDE = Context(prec=60)


def weighted(*, weight: Decimal, bias: Decimal, value: Decimal) -> Decimal:
    """Return y = w × x + b, exactly."""
    return _WIDE.add(_WIDE.multiply(weight, value), bias)


def zero_crossing(*, weight: Decimal, bias: Decimal) -> Decimal | None:
    """Return x = −b ÷ w, where the line crosses zero; None for a flat line.

    A flat line at 0 lies on zero everywhere, which is no crossing.
    """
    if not weight:
        return None
    return _WIDE.divide(bias, weight).copy_negate() if bias else Decimal(0)
