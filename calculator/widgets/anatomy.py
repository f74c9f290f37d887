"""Where the parameters of a Llama-style model sit: embeddings, attention, feed-forward, norms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from calculator.catalogue.choosing import AnyModel
from calculator.core import formatting
from calculator.core.catalog import MODELS, Model
from calculator.core.exactness import decimal_of
from calculator.core.parameters import Decoder, Parts, decoder_of, decoder_parts
from calculator.core.plainness import UnsuitedError
from calculator.core.plot import Scale
from calculator.core.real_models import RealModel
from calculator.core.result import Equation, Output, Result, Term, with_notes
from calculator.fields import YES_NO, OptionField
from calculator.forms import CalculatorForm, model_presets
from calculator.registry import widget
from calculator.shared_inputs import whole_field

SETTINGS = {
    "L": "layers",
    "d": "hidden_size",
    "h": "heads",
    "kv": "kv_heads",
    "hd": "head_dim",
    "f": "intermediate_size",
    "V": "vocab_size",
    "tied": "tied",
}
SHOWN = (
    "llama-3.1-8b",
    "llama-2-7b",
    "mistral-7b",
    "llama-3.2-1b",
    "llama-3.1-70b",
    "llama-3.1-405b",
)
# A hairline between two segments of the bar, in percent of it.
SEAM = 0.3


class Form(CalculatorForm):
    L = whole_field(label="Layers", initial="32", maximum="200")
    d = whole_field(label="Width", initial="4096", maximum="65536")
    h = whole_field(label="Heads", initial="32", maximum="512")
    kv = whole_field(label="Key-value heads", initial="8", maximum="512")
    hd = whole_field(label="Head size", initial="128", maximum="512")
    f = whole_field(label="Feed-forward width", initial="14336", maximum="65536")
    V = whole_field(label="Vocabulary", initial="128256", maximum="1000000", suffix="tokens")
    tied = OptionField(label="One table for words in and out", initial="no", options=YES_NO)
    model_fields = SETTINGS
    presets = (model_presets("", SETTINGS, *SHOWN),)
    details = tuple(SETTINGS)

    @classmethod
    def model_values(cls, model: AnyModel) -> dict[str, str]:
        if isinstance(model, Model) and (reason := unsuited(model)):
            raise UnsuitedError(reason)
        return super().model_values(model)

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        assert isinstance(result.picture, Picture)
        named = replace(result, picture=replace(result.picture, name=model.name))
        left_out = model.parameters - decoder_parts(model.decoder).total
        return with_notes(named, missing(model.name, model.parameters) if left_out else "")

    def cross_check(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned["h"] % cleaned["kv"]:
            message = "Key-value heads must divide the number of heads, like 8 into 32"
            self.add_error("kv", message)


def unsuited(model: Model) -> str:
    """Say why a model's count is not this sum, where its settings alone would not show it."""
    if model.experts > 1:
        return (
            f"has {model.experts} feed-forward blocks in each layer, and this sum counts one."
            " The mixture of experts calculator counts them all"
        )
    if not model.gated:
        return "is built otherwise: its feed-forward blocks have no gate"
    return ""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table and its segment of the bar."""

    key: str
    name: str
    role: str
    count: str
    exact: str
    share: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Picture:
    parts: tuple[Part, ...]
    total: str
    total_exact: str
    name: str


@widget(
    __name__,
    title="Where parameters sit",
    question="Which parts of a model hold its parameters?",
    form=Form,
    terms=("parameter-count", "parameter"),
    order=5,
)
def compute(**settings: Any) -> Result:
    decoder = Decoder(
        layers=int(settings["L"]),
        width=int(settings["d"]),
        heads=int(settings["h"]),
        kv_heads=int(settings["kv"]),
        head_size=int(settings["hd"]),
        feed_forward=int(settings["f"]),
        vocabulary=int(settings["V"]),
        tied=settings["tied"] == "yes",
    )
    parts = decoder_parts(decoder)
    model = next((m for m in MODELS.values() if decoder_of(m) == decoder and not unsuited(m)), None)
    total = formatting.count_words(parts.total)
    most = max(rows(parts), key=lambda row: row[3])
    return Result(
        outputs=outputs(parts),
        equation=equation(parts),
        sentence=f"{formatting.exact(parts.total)} in all. The largest part is {most[1].lower()},"
        f" with {formatting.percent(decimal_of(parts.share(most[3])), 2)} of them.",
        announcement=f"{total} parameters,"
        f" {formatting.percent(decimal_of(parts.share(most[3])), 2)} of them in {most[1].lower()}",
        picture=picture(parts, model.name if model else "these settings"),
        notes=()
        if model is None or model.parameters == parts.total
        else (missing(model.name, model.parameters),),
    )


def equation(parts: Parts) -> Equation:
    summands = (
        ("embeddings", parts.embeddings, "emb", "="),
        ("attention", parts.attention, "att", "+"),
        ("feed-forward", parts.feed_forward, "ffn", "+"),
        ("norms", parts.norms, "", "+"),
    )
    return Equation(
        Term("parameters", formatting.count_words(parts.total), kind="out"),
        tuple(
            Term(label, formatting.count_words(count), kind=kind, operator=operator)
            for label, count, kind, operator in summands
        ),
        f"{formatting.exact(parts.total)} parameters: {formatting.exact(parts.embeddings)} in"
        f" embeddings, {formatting.exact(parts.attention)} in attention,"
        f" {formatting.exact(parts.feed_forward)} in feed-forward layers,"
        f" {formatting.exact(parts.norms)} in norms.",
    )


def missing(name: str, parameters: int) -> str:
    count = formatting.exact(parameters)
    return f"{name} has {count} parameters: it has parts that this sum leaves out."


def rows(parts: Parts) -> tuple[tuple[str, str, str, int], ...]:
    return (
        ("emb", "Embeddings", "words in, words out", parts.embeddings),
        ("attn", "Attention", "looking back at earlier words", parts.attention),
        ("ffn", "Feed-forward", "working on one word at a time", parts.feed_forward),
        ("norms", "Norms", "keeping sizes in range", parts.norms),
    )


def outputs(parts: Parts) -> dict[str, Output]:
    found = {"total": Output.of_count(parts.total)}
    found |= {key: Output.of_count(number) for key, _, _, number in rows(parts)}
    for key, _, _, number in rows(parts):
        found[f"{key}-share"] = Output.of_share(decimal_of(parts.share(number)), 2)
    return found


def picture(parts: Parts, name: str) -> Picture:
    drawn, passed = [], 0
    along = Scale(0, parts.total)
    for key, title, role, number in rows(parts):
        start, end = along.number(passed), along.number(passed + number)
        width = max(0.1, end - start - SEAM)
        passed += number
        drawn.append(
            Part(
                key,
                title,
                role,
                formatting.count_words(number),
                formatting.exact(number),
                formatting.percent(decimal_of(parts.share(number)), 2),
                f"{min(start, 100 - width):.2f}%",
                f"{width:.2f}%",
            )
        )
    return Picture(
        tuple(drawn), formatting.count_words(parts.total), formatting.exact(parts.total), name
    )
