"""Asks the engine whether a model of the catalogue fits a device in its usual setting."""

from calculator.core.architecture import Shape
from calculator.core.devices import Device
from calculator.core.serving import Run, program, runtime_of
from calculator.core.verdicts import allowed

ENGINE = "llama.cpp"


def needs(shape: Shape, weights: int, *, tokens: int) -> int:
    """The most that one conversation of so many tokens needs in llama.cpp, its runtime left out.

    What the runtime adds depends on the device: see `holds`.
    """
    run = Run(shape=shape, weights=weights, context=min(tokens, shape.context or tokens))
    return weights + run.beside(run.context)


def holds(device: Device, bytes_needed: int) -> bool:
    """Whether a device has room for what `needs` says, and for its runtime and margin."""
    extra = program(ENGINE, runtime_of(device))
    return bytes_needed + extra <= allowed(ENGINE, device.usable).low
