"""What one of several devices holds while a real model is trained on them, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from calculator.catalogue.training.step import Step, step
from calculator.core.architecture import Shape
from calculator.core.devices import Device
from calculator.core.formats import FORMATS, Weights, weights
from calculator.core.lora import Lora, Request, lora
from calculator.core.ranges import Line, Span, exactly, total
from calculator.core.searching import fewest_cards
from calculator.core.sharding import FIRST_STAGE, GATHERED, LAST_STAGE, sharded_lines
from calculator.core.training import OPTIMIZERS, Recipe, adafactor_state_bytes
from calculator.core.verdicts import Verdict, judge

BASES = {"lora": "bf16", "qlora": "nf4-dq"}
# As the part of one bar; "weights" to "optimizer" are sharded_lines' own names.
ORDER = ("base", "weights", "gradients", "optimizer", "gathered", "activations")
PIECES = {"embedding": "embedding table", "lm_head": "head"}
ZERO_3 = "DeepSpeed and FSDP keep frozen weights split like those that are trained"
FACTORED = "torch.optim.Adafactor: rows + columns of each matrix; equal to PyTorch's in the tests"
# Searched for the fewest devices: more than this no recipe here asks for of one model.
MOST_DEVICES = 1024


@dataclass(frozen=True, slots=True)
class Held:
    """One line of what a device holds, and the part of the bar that it belongs to."""

    part: str
    line: Line


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A way to train one model. `way` is "full", "lora" or "qlora"; the batch is each device's."""

    shape: Shape
    way: str
    rank: int
    targets: str
    recipe: Recipe
    sequence: int
    batch: int
    recompute: bool
    device: Device
    devices: int
    stage: int

    @cached_property
    def adapter(self) -> Lora | None:
        if self.way == "full":
            return None
        return lora(self.shape, request(self.rank, self.targets))

    @cached_property
    def base(self) -> Weights | None:
        """The frozen weights beside an adapter."""
        return weights(self.shape, BASES[self.way]) if self.way in BASES else None

    @cached_property
    def trained(self) -> int:
        return self.adapter.trainable if self.adapter else self.shape.total_parameters

    @cached_property
    def step(self) -> Step:
        return step(self.shape, sequence=self.sequence, batch=self.batch, recompute=self.recompute)

    @cached_property
    def factored(self) -> int:
        """Bytes of Adafactor's rows and columns; 0 for every other optimizer."""
        if not self.recipe.optimizer.startswith("adafactor"):
            return 0
        return factored_bytes(self.shape, self.adapter)

    @cached_property
    def largest(self) -> tuple[str, int, int]:
        """The piece gathered at once under ZeRO-3: its name, parameters and frozen bytes."""
        layers = (
            replace(self.shape, layers=(layer,), outer=()) for layer, _ in self.shape.distinct
        )
        pieces = [("largest layer", layer) for layer in layers]
        for tensor in self.shape.outer:
            alone = replace(self.shape, layers=(), outer=(tensor,))
            pieces.append((PIECES.get(tensor.part, tensor.name), alone))
        name, piece = max(pieces, key=lambda each: each[1].total_parameters)
        frozen = weights(piece, BASES[self.way]).bytes if self.base else 0
        return name, piece.total_parameters, frozen

    def held(self, stage: int | None = None, devices: int | None = None) -> tuple[Held, ...]:
        """Everything one device holds, in the order of the bar; one device splits nothing."""
        devices = self.devices if devices is None else devices
        stage = 0 if devices == 1 else self.stage if stage is None else stage
        found = [
            *self._state(stage, devices),
            *(Held("activations", line) for line in self.step.lines),
        ]
        return tuple(sorted(found, key=lambda each: ORDER.index(each.part)))

    def _state(self, stage: int, devices: int) -> Iterator[Held]:
        split = devices if stage == LAST_STAGE else 1
        name, gathered, frozen = self.largest
        if self.base:
            yield Held("base", _split("frozen weights", self.base.bytes, split, _stored(self.base)))
            if split > 1:
                line = Line(
                    f"{name}, gathered",
                    exactly(frozen),
                    f"{gathered:,} parameters as {self.base.format}",
                    GATHERED,
                )
                yield Held("gathered", line)
        for line in sharded_lines(
            parameters=self.trained,
            recipe=self.recipe,
            stage=stage,
            devices=devices,
            largest_layer=0 if self.base else gathered,
        ):
            if line.name not in FIRST_STAGE:
                yield Held("gathered", replace(line, name=f"{name}, gathered"))
            elif line.size.high:
                own = f"{line.name} of the adapter" if self.base else line.name
                source = line.source
                if line.name == "optimizer":
                    source = f"{source}; {OPTIMIZERS[self.recipe.optimizer].source}"
                yield Held(line.name, replace(line, name=own, source=source))
        if self.factored:
            share = devices if stage >= FIRST_STAGE["optimizer"] else 1
            yield Held(
                "optimizer", _split("Adafactor’s rows and columns", self.factored, share, FACTORED)
            )

    def needed(self, stage: int | None = None, devices: int | None = None) -> Span:
        return total(tuple(each.line for each in self.held(stage, devices)))

    def verdict(self, stage: int | None = None) -> Verdict:
        return judge(self.needed(stage), self.device.usable)

    def fewest(self, stage: int) -> int | None:
        """The fewest devices on which the upper end fits the least memory a program gets."""
        capacity = self.device.usable.low

        def most(devices: int) -> int:
            return self.needed(stage, devices).high

        if most(1) > capacity and most(MOST_DEVICES) > capacity:
            return None
        return fewest_cards(most, capacity, range(1, MOST_DEVICES + 1))

    @cached_property
    def state_bytes(self) -> int:
        """Weights, gradients and optimizer of the whole run, wherever they lie."""
        whole = sharded_lines(parameters=self.trained, recipe=self.recipe, stage=0, devices=1)
        return total(whole).high + self.factored + (self.base.bytes if self.base else 0)


def request(rank: int, targets: str) -> Request:
    names = targets.split(",")
    return Request(rank, names[0] if len(names) == 1 else names)


def _split(name: str, size: int, devices: int, source: str) -> Line:
    formula = f"{size:,}" + (f" ÷ {devices}" if devices > 1 else "")
    return Line(name, exactly(ceil(size / devices)), formula, source)


def _stored(base: Weights) -> str:
    return f"{FORMATS[base.format].source}; {ZERO_3}"


def factored_bytes(shape: Shape, adapter: Lora | None) -> int:
    """Adafactor's rows and columns over the matrices that are really trained."""
    if adapter:
        return sum(
            each.modules
            * adafactor_state_bytes([(each.rank, each.inputs), (each.outputs, each.rank)])
            for each in adapter.adapters
        )
    return sum(
        tensor.copies * times * of_tensor(tensor.rows, tensor.columns, tensor.kind)
        for tensor, times in shape.counted()
    )


def of_tensor(rows: int, columns: int, kind: str) -> int:
    if kind == "vector":
        return adafactor_state_bytes([(rows * columns,)])
    if kind == "conv":
        # One filter a channel: PyTorch factors the last two dimensions, 1 × the kernel.
        return rows * adafactor_state_bytes([(1, columns)])
    return adafactor_state_bytes([(rows, columns)])
