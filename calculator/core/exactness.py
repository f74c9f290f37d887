"""Turns exact fractions into decimals: all their digits where those end, else forty of them."""

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_FORTY = Context(prec=40, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)
# 2⁻¹⁰⁷⁴, the smallest number of the widest format here, has 751 digits.
_EVERY = Context(prec=1200, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)


def decimal_of(value: Fraction) -> Decimal:
    """Return `value` as a decimal, exactly where its denominator is a power of two.

    Sums of powers of two are what computers store, so their digits end and are all kept; anything
    else is rounded to 40 significant figures.
    """
    ends = not value.denominator & (value.denominator - 1)
    context = _EVERY if ends else _FORTY
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))
