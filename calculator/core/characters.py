"""Turns what a keyboard or a clipboard gives into plain ASCII, or says which character is wrong."""

import unicodedata

from calculator.core.refusals import QuantityError, model_name

LONGEST = 64

_SPACES = frozenset("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a")
_SPACES |= frozenset(" \u202f\u205f\u3000")
# What pasting leaves around a number: line ends, zero-width marks, direction marks and isolates.
# Not the overrides U+202D and U+202E: after those the reader saw the digits in another order.
EDGES = "".join(_SPACES) + (
    "\t\n\v\f\r\u0085\u2028\u2029\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# The digit zero of each script that is read: ASCII, Arabic-Indic, Persian, Devanagari, Bengali,
# Thai, full-width.
_ZEROS = frozenset({0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10})
_SAME = {"\u2019": "'", "\u066b": ".", "\u066c": ","} | dict.fromkeys(_SPACES, " ")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALLOWED = frozenset(_LETTERS + _LETTERS.upper() + " .,'_+-")


def in_ascii(text: str, allowed: frozenset[str]) -> str:
    """`text` without its edges, digits of seven scripts and full-width forms written in ASCII.

    Raises `QuantityError` for more than `LONGEST` characters, for nothing at all, for a character
    outside `allowed`, for digits of another script and for two scripts in one text.
    """
    if len(text) > LONGEST:
        raise QuantityError("too_long", f"Write at most {LONGEST} characters")
    text = text.strip(EDGES)
    if not text:
        raise QuantityError("required", "Enter a number")
    scripts = {_zero(character) for character in text} - {None}
    plain = "".join(_to_plain(character) for character in text)
    for character, mapped in zip(text, plain, strict=True):
        zero = _zero(character)
        if zero is not None and zero not in _ZEROS:
            raise QuantityError("digit_script", "Write digits as 0 to 9")
        if zero is None and mapped not in allowed:
            raise _wrong_character(character, plain)
    if len(scripts) > 1:
        raise QuantityError("mixed_digits", "Write all digits of a number in one script")
    return plain


def _zero(character: str) -> int | None:
    """The code point of the digit zero in this digit's script; None for anything but a digit."""
    if unicodedata.category(character) != "Nd":
        return None
    return ord(character) - unicodedata.decimal(character)


def _to_plain(character: str) -> str:
    # By hand, because NFKC would also turn 10² into 102 and ① into 1.
    if _zero(character) is not None:
        return str(unicodedata.decimal(character))
    if "\N{FULLWIDTH EXCLAMATION MARK}" <= character <= "\N{FULLWIDTH TILDE}":
        return chr(ord(character) - 0xFEE0)
    return _SAME.get(character, character)


def _wrong_character(character: str, plain: str) -> QuantityError:
    if (refusal := model_name(plain, "character")) is not None:
        return refusal
    shown = f"“{character}”" if character.isprintable() else f"the character U+{ord(character):04X}"
    return QuantityError("character", f"Write a number without {shown}, like 8 or 0.5")
