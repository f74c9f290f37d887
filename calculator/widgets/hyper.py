"""How four choices fix millions of parameters: the rule of thumb for GPT-style models."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core import formatting
from calculator.core.catalog import MODELS, Model
from calculator.core.parameters import rule_of_thumb
from calculator.core.result import Equation, Output, Result, Term
from calculator.fields import YES_NO, OptionField
from calculator.forms import CalculatorForm, Preset, Presets
from calculator.registry import widget
from calculator.shared_inputs import whole_field

CHOICES = 4

type Settings = tuple[int, int, int, bool]


class Form(CalculatorForm):
    L = whole_field(label="Layers", initial="12", maximum="200", accent="b")
    d = whole_field(label="Width", initial="768", minimum="64", maximum="20480", step=64)
    V = whole_field(
        label="Vocabulary",
        initial="50257",
        minimum="256",
        maximum="300000",
        suffix="tokens",
        accent="x",
    )
    tied = OptionField(label="One table for words in and out", initial="yes", options=YES_NO)
    presets = (
        Presets(
            "",
            "Models",
            (
                Preset("GPT-2 small", {"L": "12", "d": "768", "V": "50257", "tied": "yes"}),
                Preset("GPT-3", {"L": "96", "d": "12288", "V": "50257", "tied": "yes"}),
                Preset("toy", {"L": "1", "d": "64", "V": "256", "tied": "no"}),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Picture:
    choices: tuple[Choice, ...]
    wires: tuple[str, ...]
    layers: str
    layers_share: str
    layers_width: str
    tables: str
    tables_start: str
    tables_width: str
    tables_name: str
    total: str


@widget(
    __name__,
    title="Hyperparameters",
    question="How few choices fix how many parameters?",
    form=Form,
    terms=("hyperparameter",),
    order=4,
)
def compute(*, L: Decimal, d: Decimal, V: Decimal, tied: str) -> Result:  # noqa: N803 - names of the address
    layers, width, vocabulary, shared = int(L), int(d), int(V), tied == "yes"
    in_layers, in_tables = rule_of_thumb(
        layers=layers, width=width, vocabulary=vocabulary, tied=shared
    )
    total = in_layers + in_tables
    text, exact = formatting.count_words(total), formatting.exact(total)
    each = Decimal(total) / CHOICES
    tables = "1" if shared else "2"
    return Result(
        outputs={
            "n": Output.of_count(total),
            "per": Output.of_count(each),
        },
        equation=Equation(
            Term("parameters", text, kind="out"),
            (
                Term("by the rule", "12", operator="≈"),
                Term("layers", formatting.exact(layers), kind="b", operator="×"),
                Term("width squared", f"{formatting.exact(width)}²", kind="n", operator="×"),
                Term("vocabulary", formatting.exact(vocabulary), operator="+"),
                Term("width", formatting.exact(width), kind="n", operator="×"),
                Term("word tables", tables, operator="×"),
            ),
            f"About {text} parameters: 12 times {layers} layers times {width} squared,"
            f" plus {vocabulary} words times {width} times {tables}.",
        ),
        sentence=f"{exact} by this rule. A person made four choices; training sets the rest, about"
        f" {formatting.count_words(each)} parameters for each choice.",
        announcement=f"Four choices fix about {text} parameters",
        picture=picture((layers, width, vocabulary, shared), in_layers, in_tables),
        notes=published((layers, width, vocabulary, shared), total),
    )


def published(asked: Settings, total: int) -> tuple[str, ...]:
    """Compare the rule with a real model of these settings, where the catalogue has one."""
    return tuple(comparison(model, total) for model in MODELS.values() if settings(model) == asked)


def settings(model: Model) -> Settings:
    return model.layers, model.hidden_size, model.vocab_size, model.tied


def comparison(model: Model, total: int) -> str:
    off = formatting.percent(abs(Decimal(model.parameters - total)) / model.parameters, 2)
    side = "below" if total < model.parameters else "above"
    count = formatting.exact(model.parameters)
    return f"{model.name} really has {count} parameters: the rule lands {off} {side} that."


def picture(asked: Settings, in_layers: int, in_tables: int) -> Picture:
    layers, width, vocabulary, tied = asked
    total = in_layers + in_tables
    share = Decimal(in_layers) / total
    return Picture(
        choices=(
            Choice("layers", formatting.exact(layers)),
            Choice("width", formatting.exact(width)),
            Choice("vocabulary", formatting.exact(vocabulary)),
            Choice("shared table", "yes" if tied else "no"),
        ),
        wires=tuple(f"{100 * (2 * place + 1) / (2 * CHOICES):.1f}%" for place in range(CHOICES)),
        layers=formatting.count_words(in_layers),
        layers_share=formatting.percent(share, 2),
        layers_width=f"{100 * share:.2f}%",
        tables=formatting.count_words(in_tables),
        tables_start=f"{100 * share:.2f}%",
        tables_width=f"{100 * (1 - share):.2f}%",
        tables_name="one word table" if tied else "two word tables",
        total=formatting.count_words(total),
    )
