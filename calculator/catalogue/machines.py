"""The few devices that stand for many on a model's page, from the smallest to whole servers."""

from functools import cache

from calculator.catalogue.running import holds
from calculator.core.devices import Device, devices

# One for each size of memory that people buy; where several have one size, a common one.
RUNGS = (
    "rtx-4060",
    "m4-16gb",
    "rtx-3060-12gb",
    "rtx-5060-ti-16gb",
    "m4-32gb",
    "rtx-4090",
    "rtx-5090",
    "rtx-a6000",
    "h100-sxm-80gb",
    "m4-max-128gb",
    "h200",
    "b200",
    "m3-ultra-512gb",
    "dgx-h100",
    "dgx-h200",
    "mi300x-platform",
    "mi325x-platform",
)


@cache
def rungs() -> tuple[Device, ...]:
    """The chosen devices by what programs can use of them, the smallest first."""
    return tuple(sorted((devices()[slug] for slug in RUNGS), key=lambda device: device.usable.low))


def smallest(needs: int | None) -> Device | None:
    if needs is None:
        return None
    return next((device for device in rungs() if holds(device, needs)), None)


@cache
def most_held(slug: str) -> int:
    """The most that `needs` may be for this device to hold it, found by asking it."""
    from calculator.core.searching import largest

    device = devices()[slug]
    return largest(lambda size: holds(device, size), 0, device.usable.high) or 0
