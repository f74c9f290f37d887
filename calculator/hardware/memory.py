"""One device's memory as people read it: what “80 GB” is in bytes, GB, GiB, and to programs."""

from dataclasses import dataclass

from calculator.core.devices import Device
from calculator.core.plot import Scale
from calculator.core.ranges import Span
from calculator.core.verdicts import allowed

GB, GIB = 10**9, 2**30


@dataclass(frozen=True, slots=True)
class Bar:
    """One reading of the same memory; `least` and `most` are its ends along the ruler."""

    label: str
    low: int
    high: int
    least: str
    most: str
    hint: str = ""
    key: str = ""

    @property
    def span(self) -> Span:
        return Span(self.low, self.high)


@dataclass(frozen=True)
class Memory:
    """What the page of a device draws of its memory."""

    device: Device

    @property
    def decimal(self) -> int:
        return self.device.gigabytes * GB

    @property
    def binary(self) -> int:
        return self.device.gigabytes * GIB

    @property
    def llama(self) -> Span:
        return allowed("llama.cpp", self.device.usable)

    @property
    def bars(self) -> list[Bar]:
        sold = self.device.gigabytes
        usable, left = self.device.usable, self.llama
        readings = [
            (f"{sold} × 10⁹ bytes", self.decimal, self.decimal, "if GB meant 10⁹", "edge"),
            (f"{sold} × 2³⁰ bytes", self.binary, self.binary, "if GB meant GiB", "edge"),
            ("The device", self.device.memory_bytes, self.device.memory_bytes, "", "real"),
            ("Programs", usable.low, usable.high, "", "use"),
            ("llama.cpp", left.low, left.high, "keeps 1 GiB back by default", "use"),
        ]
        scale = Scale(0, max(high for _, _, high, _, _ in readings))
        return [
            Bar(label, low, high, scale.place(low), scale.place(high), hint, key)
            for label, low, high, hint, key in readings
        ]
