"""Text keeps 4.5:1 and shapes keep 3:1 in both themes, computed from the tokens themselves."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "static" / "css" / "tokens.css"
PLAIN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*[;}]")
BOTH = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    ("body text", "ink", "paper", TEXT),
    ("text in cards", "ink", "surface", TEXT),
    ("secondary text", "ink-2", "paper", TEXT),
    ("secondary in cards", "ink-2", "surface", TEXT),
    ("secondary on sunken", "ink-2", "sunken", TEXT),
    ("captions and hints", "ink-3", "paper", TEXT),
    ("hints in cards", "ink-3", "surface", TEXT),
    ("hints on sunken", "ink-3", "sunken", TEXT),
    ("links", "accent", "paper", TEXT),
    ("links in cards", "accent", "surface", TEXT),
    ("chosen preset", "accent", "accent-bg", TEXT),
    ("primary button", "on-accent", "accent", TEXT),
    ("selected suggestion", "ink", "accent-bg", TEXT),
    ("fits", "good", "surface", TEXT),
    ("measured", "good", "good-bg", TEXT),
    ("tight", "warn", "surface", TEXT),
    ("estimated", "warn", "warn-bg", TEXT),
    ("too big and errors", "bad", "surface", TEXT),
    ("errors on the page", "bad", "paper", TEXT),
    ("live parameters", "c-n", "surface", TEXT),
    ("live parameters in prose", "c-n", "paper", TEXT),
    ("live bits", "c-b", "surface", TEXT),
    ("live bits in prose", "c-b", "paper", TEXT),
    ("chosen precision", "c-b", "warn-bg", TEXT),
    ("chosen precision, small", "ink-2", "warn-bg", TEXT),
    ("bit digit, sign", "c-sign", "c-sign-bg", TEXT),
    ("bit digit, exponent", "c-exp", "c-exp-bg", TEXT),
    ("bit digit, digits", "c-man", "c-man-bg", TEXT),
    ("formula, attention", "c-attn", "surface", TEXT),
    ("formula, feed-forward", "c-ffn", "surface", TEXT),
    ("formula, embeddings", "c-emb", "surface", TEXT),
    ("input border", "edge", "surface", SHAPE),
    ("input border on the page", "edge", "paper", SHAPE),
    ("focus ring", "accent", "surface", SHAPE),
    ("focus ring on the page", "accent", "paper", SHAPE),
    ("chosen bar", "bar-on", "surface", SHAPE),
    ("fill, fits", "f-good", "surface", SHAPE),
    ("fill, tight", "f-warn", "surface", SHAPE),
    ("fill, embeddings", "f-emb", "paper", SHAPE),
    ("fill, attention", "f-attn", "paper", SHAPE),
    ("fill, feed-forward", "f-ffn", "paper", SHAPE),
]


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of each theme, and of an engine that knows no light-dark()."""
    source = TOKENS.read_text(encoding="utf-8")
    both = BOTH.findall(source)
    return {
        "plain": dict(PLAIN.findall(source)),
        "light": {name: light for name, light, _ in both},
        "dark": {name: dark for name, _, dark in both},
    }


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_known_ends_of_its_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#1f4fc4", "#1f4fc4") == 1


@pytest.mark.parametrize("theme", ["plain", "light", "dark"])
def test_every_pair_of_colours_keeps_its_contrast(theme: str) -> None:
    colours = themes()[theme]

    short = {
        name: round(contrast(colours[ink], colours[ground]), 2)
        for name, ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    }

    assert short == {}


def test_an_engine_without_light_dark_gets_the_same_light_theme() -> None:
    found = themes()

    assert len(found["light"]) > 30
    assert found["plain"] == found["light"]
