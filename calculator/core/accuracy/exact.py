"""Counts that must be equal to the last digit: the engine beside the real classes and tools."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from calculator.core.accuracy.reading import Models, NotCovered, load
from calculator.core.architecture import PARTS, Shape, read_config
from calculator.core.gguf import GgufError, file_size
from calculator.core.lora import LoraError, Request, lora
from calculator.core.training import PRESETS, Recipe, adafactor_state_bytes, state_bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of one model; `found` is None where the engine refuses, which `reason` says."""

    name: str
    expected: int
    found: int | None
    reason: str = ""

    @property
    def equal(self) -> bool:
        return self.found == self.expected


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of number, what it was compared with, and every comparison."""

    key: str
    title: str
    source: str
    comparisons: tuple[Comparison, ...]

    @property
    def matching(self) -> int:
        return sum(each.equal for each in self.comparisons)

    @property
    def different(self) -> tuple[Comparison, ...]:
        return tuple(each for each in self.comparisons if not each.equal)


def compared(
    models: Models, slug: str, expected: int, find: Callable[[Shape], int], detail: str = ""
) -> Comparison:
    name = f"{slug}, {detail}" if detail else slug
    try:
        return Comparison(name, expected, find(models.shape(slug)))
    except (NotCovered, GgufError, LoraError) as error:
        return Comparison(name, expected, None, str(error))


def checks(models: Models) -> Iterator[Check]:
    """Yield every kind of count that has to agree exactly."""
    table = load("models.json")
    rows: dict[str, dict[str, Any]] = table["models"]
    source: str = table["source"]
    yield Check("total", "Parameters", source, tuple(totals(models, rows)))
    yield Check("parts", "Parameters in each of six parts", source, tuple(parts(models, rows)))
    yield Check("active", "Parameters that one token uses", source, tuple(actives(models, rows)))
    yield Check("cache", "Cache of one token, in bytes", source, tuple(caches(models, rows)))
    files = load("gguf.json")
    yield Check("gguf", "Tensors of a GGUF file, in bytes", files["source"], sized(models, files))
    adapters = load("lora.json")
    yield Check("lora", "Parameters that an adapter trains", adapters["source"], tuned(models))
    states = load("states.json")
    yield Check("states", "Weights, gradients and states, in bytes", states["source"], kept())


def totals(models: Models, rows: dict[str, dict[str, Any]]) -> Iterator[Comparison]:
    for slug, row in rows.items():
        yield compared(models, slug, row["total"], lambda shape: shape.total_parameters)


def parts(models: Models, rows: dict[str, dict[str, Any]]) -> Iterator[Comparison]:
    for slug, row in rows.items():
        for part in PARTS:
            yield compared(models, slug, row[part], partial(part_of, part=part), part)


def part_of(shape: Shape, *, part: str) -> int:
    return shape.parts[part]


def actives(models: Models, rows: dict[str, dict[str, Any]]) -> Iterator[Comparison]:
    for slug, row in rows.items():
        if row["active"] is not None:
            yield compared(models, slug, row["active"], lambda shape: shape.active_parameters)


def caches(models: Models, rows: dict[str, dict[str, Any]]) -> Iterator[Comparison]:
    for slug, row in rows.items():
        if row["cache"] is not None:
            yield compared(models, slug, row["cache"], lambda shape: shape.kv_cache_bytes_per_token)


def sized(models: Models, files: dict[str, Any]) -> tuple[Comparison, ...]:
    return tuple(
        compared(models, slug, expected, partial(tensor_bytes, file_type=file_type), file_type)
        for slug, types in files["models"].items()
        for file_type, expected in types.items()
    )


def tensor_bytes(shape: Shape, *, file_type: str) -> int:
    return file_size(shape, file_type).tensor_bytes


def tuned(models: Models) -> tuple[Comparison, ...]:
    return tuple(
        compared(
            models,
            case["model"],
            case["trainable"],
            partial(trainable, request=request_of(case)),
            case_name(case),
        )
        for case in load("lora.json")["cases"]
    )


def trainable(shape: Shape, *, request: Request) -> int:
    return lora(shape, request).trainable


def case_name(case: dict[str, Any]) -> str:
    targets = case["targets"] if isinstance(case["targets"], str) else ", ".join(case["targets"])
    options = "".join(f"; {name} {value}" for name, value in case["options"].items())
    return f"rank {case['rank']}: {targets}{options}"


def request_of(case: dict[str, Any]) -> Request:
    options = case["options"]
    return Request(
        rank=case["rank"],
        targets=case["targets"],
        saved=tuple(options.get("modules_to_save", ())),
        dora=options.get("use_dora", False),
        bias=options.get("bias", "none"),
    )


FULL = PRESETS["fp32"].recipe
RECIPES: dict[str, Recipe] = {
    "AdamW fp32": FULL,
    "AdamW fp32, tied embeddings": FULL,
    "AdamW pure bf16 (weights, grads and both moments bf16)": PRESETS["bf16"].recipe,
    "AdamW fp32 weights under torch.autocast(bf16)": FULL,
    "AdamW fp32 amsgrad": PRESETS["amsgrad-fp32"].recipe,
    "SGD fp32 no momentum": PRESETS["sgd-fp32"].recipe,
    "SGD fp32 momentum": PRESETS["momentum-fp32"].recipe,
    "16-bit weights and gradients, 32-bit copy and states": PRESETS["mixed"].recipe,
    "the same, and a 32-bit copy of the gradients": PRESETS["mixed-both-gradients"].recipe,
    "LoRA r=8 q,v on a bf16 base (peft default)": FULL,
}


ADAFACTOR = {"Adafactor (torch) fp32": replace(FULL, optimizer="adafactor")}


def kept() -> tuple[Comparison, ...]:
    data = load("states.json")
    measured = read_config(data["config"])
    return tuple(
        Comparison(case["case"], case["bytes"], bytes_of(case["case"], case["params"], measured))
        for case in data["cases"]
    )


def bytes_of(case: str, parameters: int, measured: Shape) -> int:
    """Weights, gradients and states; Adafactor's are sums over the shapes of the measured model."""
    if case in RECIPES:
        return state_bytes(parameters=parameters, recipe=RECIPES[case])
    states = adafactor_state_bytes(shapes_of(measured))
    return state_bytes(parameters=measured.total_parameters, recipe=ADAFACTOR[case]) + states


def shapes_of(shape: Shape) -> Iterator[tuple[int, ...]]:
    """The shapes of all parameters, as PyTorch has them: a vector has one dimension."""
    for tensor, times in shape.counted():
        own = (tensor.columns,) if tensor.kind == "vector" else (tensor.rows, tensor.columns)
        yield from (own,) * (times * tensor.copies)
