"""Inputs that several calculators share, so that one idea has one name and one range."""

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

from calculator.core.real_models import RealModel, stored
from calculator.core.result import Result, with_notes
from calculator.fields import CountField, More, Option, OptionField, Slider, Wording
from calculator.forms import CalculatorForm, Presets, value_presets

# Models that most readers have met, whose cache grows evenly.
COMMON_MODELS = (
    "llama-3.1-8b",
    "llama-3.1-70b",
    "llama-3.1-405b",
    "llama-2-7b",
    "mistral-7b",
    "qwen2.5-72b",
    "mixtral-8x7b",
)


def whole_field(
    *, maximum: str, minimum: str = "1", step: int = 1, **wording: Unpack[Wording]
) -> CountField:
    """A count of whole things; what it starts from is its example too."""
    wording.setdefault("example", wording["initial"])
    return CountField(minimum=minimum, maximum=maximum, whole=True, step=step, **wording)


def billions_field(*, minimum: str = "0.01", **wording: Unpack[Wording]) -> CountField:
    """A count of parameters in billions."""
    return CountField(minimum=minimum, maximum="10000", unit="billion", **wording)


def parameters_field(
    *, label: str = "Parameters", initial: str = "8", **more: Unpack[More]
) -> CountField:
    """A parameter count in billions, on a slider of powers of ten."""
    more.setdefault("slider", Slider("7", "13", "0.01", ticks=("10M", "1B", "100B", "10T")))
    return billions_field(label=label, initial=initial, **more)


def stored_as_field(initial: str, formats: Mapping[str, str]) -> OptionField:
    """How many bits each parameter takes: `formats` names each width."""
    options = [Option(bits, name, f"{bits} bits") for bits, name in formats.items()]
    return OptionField(label="Each one stored as", initial=initial, options=options)


def size_presets(*billions: str) -> Presets:
    return value_presets("n", "Common sizes", {f"{n}B": n for n in billions})


def length_presets(name: str) -> Presets:
    lengths = {"4K": "4096", "32K": "32768", "128K": "131072"}
    return value_presets(name, "Lengths", lengths)


class StoredForm(CalculatorForm):
    """A form that stores `n` parameters in `p` bits each, and knows what a real file takes.

    `stored_as` maps choices of `p` to formats of whole files whose weights are that wide.
    """

    stored_as: ClassVar[Mapping[str, str]] = {}
    model_fields: ClassVar[Mapping[str, str]] = {"n": "parameters"}

    def about_model(self, model: RealModel, result: Result, cleaned: Mapping[str, Any]) -> Result:
        return with_notes(result, stored(model, self.stored_as.get(cleaned["p"], "")))
