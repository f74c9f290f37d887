"""Pictures inside a text: `{! bits x=0.3 | A caption. !}` draws what the calculator draws.

They are drawn when the entry is saved, by the calculators' own templates, so they never pass
through the sanitiser: nothing of what an editor typed is in them but the caption, which does.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from glossary.calculations import called, read_inputs

LINE = re.compile(
    r"\{!\s*(?P<name>[a-z0-9-]+)(?P<inputs>[^|]*?)\s*(?:\|\s*(?P<caption>.+?)\s*)?!\}"
)
CODE_FENCES = ("```", "~~~")


class Part(NamedTuple):
    """A stretch of Markdown, or one picture."""

    text: str
    picture: re.Match[str] | None = None


def parts(source: str) -> Iterator[Part]:
    """Yield the text between pictures, and the pictures; a line in a code block stays text."""
    lines: list[str] = []
    in_code = False
    for line in source.split("\n"):
        in_code ^= line.startswith(CODE_FENCES)
        match = None if in_code else LINE.fullmatch(line.strip())
        if match is None:
            lines.append(line)
            continue
        yield Part("\n".join(lines))
        lines = []
        yield Part(line, match)
    yield Part("\n".join(lines))


def draw(match: re.Match[str], caption: str) -> str:
    """Return one figure; ValueError with a sentence when there is no such picture."""
    name = match["name"]
    if name in DRAWINGS:
        return render_to_string(f"figures/{name}.html", {**DRAWINGS[name](), "caption": caption})
    card = replace(called(name, read_inputs(match["inputs"])), still=True)
    return render_to_string("components/figure.html", {"card": card, "caption": caption})


def neuron() -> dict[str, Any]:
    """The smallest useful piece of a network: two inputs, two weights, one bias."""
    inputs, weights, bias = ("0.5", "0.2"), ("0.8", "-0.3"), "0.1"
    pairs = zip(map(Decimal, inputs), map(Decimal, weights), strict=True)
    output = sum((x * w for x, w in pairs), Decimal(bias))
    return {
        "inputs": inputs,
        "weights": [weight.replace("-", "−") for weight in weights],
        "bias": bias,
        "output": format(output.normalize(), "f"),
    }


DRAWINGS: dict[str, Callable[[], dict[str, Any]]] = {"neuron": neuron}
