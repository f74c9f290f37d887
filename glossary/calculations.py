"""Lets prose call the engine: `{= memory n=70 p=4 =}` and the live numbers of a page."""

import re
from collections.abc import Mapping

from calculator import registry
from calculator.cards import Card, make_card
from glossary.rendering import Computed

CALL = re.compile(
    r"(?P<widget>[a-z0-9-]+)(?:\.(?P<output>[a-z0-9-]+))?(?P<exact>!exact)?(?P<inputs>.*)"
)


def compute(call: str) -> Computed:
    """Answer an inline form; ValueError with a sentence when it calls nothing that exists."""
    match = CALL.fullmatch(call.strip())
    if match is None:
        raise ValueError(f"“{call}” is not a calculation: write it like memory n=70 p=4")
    card = called(match["widget"], read_inputs(match["inputs"]))
    output = named_output(card, match["output"] or next(iter(card.result.outputs)))
    text = output.exact or output.text if match["exact"] else output.text
    return Computed(text, card.address)


def called(slug: str, inputs: Mapping[str, str]) -> Card:
    widget = registry.get(slug)
    if widget is None:
        raise ValueError(f"There is no calculator “{slug}”")
    for name in inputs:
        if name not in widget.form.base_fields and not (
            name == "model" and widget.form.model_fields
        ):
            raise ValueError(f"The calculator “{slug}” has no input “{name}”")
    card = make_card(widget, inputs)
    if not card.valid:
        errors = " ".join(str(error) for errors in card.form.errors.values() for error in errors)
        raise ValueError(f"The calculator “{slug}” refuses this: {errors}")
    return card


def read_inputs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split()]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise ValueError(f"Inputs are written name=value, not “{text.strip()}”")
    return {name: value for name, _, value in pairs}


def named_output(card: Card, name: str) -> registry.Output:
    try:
        return card.result.outputs[name]
    except KeyError:
        known = ", ".join(card.result.outputs)
        message = f"The calculator “{card.widget.slug}” gives {known}, and not “{name}”"
        raise ValueError(message) from None


class PageNumbers:
    """Answers the live forms of one page from the calculator that the page carries."""

    def __init__(self, slug: str, values: Mapping[str, str]) -> None:
        self.slug = slug
        self.values = values

    def __call__(self, name: str) -> Computed:
        if not self.slug:
            raise ValueError(f"“{name}” cannot be live: this page shows no calculator")
        card = called(self.slug, self.values)
        key = name.replace("in.", "in-", 1) if name.startswith("in.") else name
        if key not in card.live_names:
            known = ", ".join(card.live_names).replace("in-", "in.")
            raise ValueError(f"The page's calculator has no “{name}”, only {known}")
        variant = next(variant for variant in card.variants if variant.chosen)
        return Computed(card.variant_text(variant, key), f"#{key.removeprefix('in-')}")
