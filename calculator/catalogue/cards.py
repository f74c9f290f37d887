"""The two calculators of a model's page, each keeping the settings of the other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from calculator.cards import Card, make_card
from calculator.catalogue.sheet import Sheet
from calculator.core.architecture import Shape

# With this begin the ids of the second card; the names of its fields begin with "t_".
SECOND = "train-"
USUAL_SEQUENCE = 2048


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the cards of one page stand: its address, and where their redraws come from."""

    action: str
    run: str
    training: str


@dataclass(frozen=True, kw_only=True)
class Cards:
    """What it takes to run a model, and what it takes to train it."""

    run: Card
    training: Card


def cards_of(
    sheet: Sheet,
    place: Place,
    *,
    run: Mapping[str, str],
    training: Mapping[str, str],
    carried: Mapping[str, str] | None = None,
) -> Cards:
    """Make both cards from their queries, which are one and the same when a page is made."""
    first = sheet.card(run, action=place.action, fragment=place.run, carried=carried)
    second = make_card(
        sheet.training,
        training,
        action=place.action,
        fragment=place.training,
        defaults=training_defaults(sheet.shape),
        carried=carried,
    )
    return Cards(
        run=replace(first, beside=settings(second, training)),
        training=replace(second, part=SECOND, beside=settings(first, run)),
    )


def training_defaults(shape: Shape) -> dict[str, str]:
    """A sequence that the model can read."""
    return {"t_sequence": str(min(USUAL_SEQUENCE, shape.context or USUAL_SEQUENCE))}


def settings(card: Card, query: Mapping[str, str]) -> dict[str, str]:
    """What an address says of a card: no more than it must, or all that was typed while wrong."""
    if card.valid:
        return dict(parse_qsl(card.query))
    return {name: card.form.shown(name) for name in card.form.fields if query.get(name)}
