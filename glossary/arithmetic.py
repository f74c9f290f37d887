"""Finds sizes typed by hand, so that every number the engine can compute is left to the engine."""

import re

_BETWEEN = r"(?:[ \t_*\u00a0\u202f\u2009-]|\n(?![ \t]*\n)|&nbsp;)"
_THIN = r"[ \u00a0\u202f\u2009]"
_NUMBER = rf"(?:\d+(?:[.,'’]\d+)*|\d{{1,3}}(?:{_THIN}\d{{3}}){{1,9}})"
_UNIT = (
    r"(?:[kKMGTP]i?B|[kmgtp]i?b"
    r"|(?i:(?:kilo|mega|giga|tera|peta|kibi|mebi|gibi|tebi|pebi)-?bytes?))(?!\w)"
)
# A speed is a fact about a machine, not a size: 1,008 GB/s, 80 gigabytes per second.
_NOT_A_SPEED = r"(?!\s*(?:/\s*s\b|/\s*sec|per\s+second))"
_LONG = (
    rf"(?:\d{{1,3}}(?:[,'’]\d{{3}}){{2,}}|\d{{1,3}}(?:{_THIN}\d{{3}}){{2,9}}"
    r"|\d{1,3}(?:_\d{3}){2,}|\d{7,})"
)
# What may stand between an amount and its citation: the end of emphasis, a bracket or a quotation.
_CITATION = r"[\s_*)\]”’\"',;.]{0,6}\[#[A-Za-z0-9]"
_SIZE = re.compile(
    rf"(?<![\w.,])(?:{_NUMBER}{_BETWEEN}{{0,6}}{_UNIT}{_NOT_A_SPEED}(?!{_CITATION})"
    rf"|{_LONG}(?!\w|[.,]\d|{_BETWEEN}{{0,6}}{_UNIT}|(?:\s[A-Za-z]+)?{_CITATION}))"
)
_MARKS = re.compile(r"(?:[\s*]|&nbsp;)+")

_EXEMPT = re.compile(
    r"^(?P<fence>`{3,}+|~{3,}+)[^\n]*\n.*?^(?P=fence)[ ]*$"  # a fenced block
    r"|(?<!`)(?P<ticks>`++)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)"  # a code span
    r"|\{=[^{}]{1,300}?=\}|\{~[^{}]{1,300}?~\}"  # our own forms
    r"|“(?:(?!\n[ \t]*\n)[^“”])*”"  # a quoted claim
    r"|(?<=\])\([^()\s]*(?:\s[^()]*)?\)|<?https?://[^\s<>]*>?"  # an address
    r"|^ {0,3}\[[^\]\n]+\]:[^\n]*$",  # a link definition
    re.MULTILINE | re.DOTALL,
)


def typed_sizes(source: str) -> list[str]:
    """Return every amount in the prose of a Markdown source that the engine should compute.

    Found are an amount with a unit of storage (KB, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB, or
    the word, as in 3 gigabytes) and a whole number of seven digits or more, grouped or not. The
    amounts come back as typed, without emphasis and with single spaces, in reading order.

    Exempt are {= =} and {~ ~} forms, code spans and fences, text in curly quotes (a claim we only
    quote), addresses, speeds (GB/s), and an amount whose citation follows at once, a whole number
    with the one word it counts: `24 GB [#card]` and `8,030,261,248 weights [#card]` are sourced
    facts. `24 GB on a board [#card]` is found, because nothing tells how far back a later citation
    reaches.
    """
    # The filler is neither a digit nor a space, so nothing joins across what was taken out.
    prose = _EXEMPT.sub("¤", source)
    return [_MARKS.sub(" ", found[0]) for found in _SIZE.finditer(prose)]
