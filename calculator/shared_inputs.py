"""Inputs that several calculators share, so that one idea has one name and one range."""

from calculator.fields import CountField, Slider
from calculator.forms import Preset, Presets


def parameters_field(*, label: str = "Parameters", initial: str = "8") -> CountField:
    """A parameter count in billions, on a slider of powers of ten."""
    return CountField(
        label=label,
        initial=initial,
        minimum="0.01",
        maximum="10000",
        unit="billion",
        slider=Slider("7", "13", "0.01", ticks=("10M", "1B", "100B", "10T")),
    )


def size_presets(*billions: str) -> Presets:
    return Presets("n", "Common sizes", tuple(Preset(f"{n}B", {"n": n}) for n in billions))
