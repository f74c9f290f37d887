"""What LoRA trains on a real model: the exact number of parameters, matrix by matrix.

The rules are those of peft 0.21 with transformers 5, where the experts of a layer are single
tensors and peft adapts them in a way of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calculator.core.architecture import Shape, Tensor
from calculator.core.modules import HEAD, ROUTER, modules

ALL_LINEAR = "all-linear"
BIASES = ("none", "all", "lora_only")
# How peft maps the projections of experts, by model_type: to w1, w3, w2 or to gate, up and down.
# In families that are not here it adapts no expert; qwen2_moe itself is one of those.
# Source: transformers 5.23.0, conversion_mapping._MODEL_TO_CONVERSION_PATTERN, and peft 0.21.2,
# utils/transformers_weight_conversion.py, checked 2026-11-22. Files of kimi_k2, minimax_m1 and
# minimax_text_01 are read with the classes of deepseek_v3 and minimax.
LETTERED = ("mixtral", "minimax", "minimax_m1", "minimax_text_01", "minimax_m2")
NAMED = (
    *("afmoe", "cohere2_moe", "deepseek_v2", "deepseek_v3", "deepseek_v32", "dots1"),
    *("ernie4_5_moe", "exaone_moe", "flex_olmo", "glm4_moe", "glm4_moe_lite", "glm4v_moe"),
    *("glm_moe_dsa", "hunyuan_v1_moe", "kimi_k2", "longcat_flash", "mellum", "olmoe"),
    *("qwen3_moe", "qwen3_next", "solar_open"),
)
EXPERT_PARTS = dict.fromkeys(LETTERED, ("w1", "w3", "w2"))
EXPERT_PARTS |= dict.fromkeys(NAMED, ("gate_proj", "up_proj", "down_proj"))
GATE = "gate"
# Families whose output projections of state-space mixers peft does not touch: a fused kernel reads
# the weight past the module. Source: peft 0.21.2, tuners/tuners_utils.py,
# _check_lora_target_modules_mamba, checked 2026-11-22.
MAMBAS = frozenset({"falcon_h1", "falcon_mamba", "mamba", "mamba2", "nemotron_h"})
UNTOUCHED = "out_proj"
# Mixtures of experts that bring code of their own, which has not been read: what “all-linear” is
# there is unknown.
OWN_CODE = frozenset({"arctic", "bailing_moe", "bailing_moe_v2"})


class LoraError(ValueError):
    """A request that peft refuses or that adapts nothing; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to adapt: names of modules (or their endings), or “all-linear” for every projection.

    `saved` modules are trained in full, as copies. `dora` adds a length for every output; `bias`
    is “all” or “lora_only” where biases are trained too. `separate` counts every expert as modules
    of its own, as transformers 4 had them.
    """

    rank: int
    targets: str | Sequence[str] = ALL_LINEAR
    saved: Sequence[str] = ()
    dora: bool = False
    bias: str = "none"
    separate: bool = False


@dataclass(frozen=True, slots=True)
class Adapter:
    """The two matrices beside `modules` equal ones of `inputs` × `outputs`."""

    name: str
    modules: int
    rank: int
    inputs: int
    outputs: int

    @property
    def parameters(self) -> int:
        return self.modules * self.rank * (self.inputs + self.outputs)


@dataclass(frozen=True, slots=True)
class Lora:
    """Everything that one request trains; the parts sum to `trainable`."""

    adapters: tuple[Adapter, ...]
    lengths: int
    saved: int
    biases: int

    @property
    def trainable(self) -> int:
        adapted = sum(adapter.parameters for adapter in self.adapters)
        return adapted + self.lengths + self.saved + self.biases

    @property
    def modules(self) -> int:
        return sum(adapter.modules for adapter in self.adapters)


def lora(shape: Shape, request: Request) -> Lora:
    """Return what peft trains for this request, exactly.

    trained = Σ over adapted matrices of rank × (inputs + outputs), plus full copies of saved
    modules, plus one length for each output with DoRA, plus biases

    Experts that transformers 5 fuses: gate and up together are one matrix of twice the outputs
    with twice the rank, for every expert. A target that no module has counts nothing beside one
    that some have, as with peft. Raises LoraError for a rank below 1, targets of which no module
    has any, a saved module that does not exist, or a combination that peft refuses. Left out:
    adapters on convolutions.
    Source: Hu et al. 2021 (LoRA), Liu et al. 2024 (DoRA), and peft 0.21, whose own counts the tests
    repeat.
    """
    if request.rank < 1:
        raise LoraError(f"The rank must be 1 or more, not {request.rank}")
    if request.bias not in BIASES:
        raise LoraError(f"bias must be one of {', '.join(BIASES)}, not “{request.bias}”")
    plain, experts = divided(shape, request)
    adapters = tuple(adapted(shape, request, plain)) + tuple(of_experts(shape, request, experts))
    refuse(shape, request, adapters, dora_on_experts=request.dora and bool(experts))
    return Lora(
        adapters=adapters,
        lengths=sum(each.modules * each.outputs for each in adapters) if request.dora else 0,
        saved=sum(saved_copy(shape, name) for name in request.saved),
        biases=trained_biases(shape, request, plain),
    )


def refuse(
    shape: Shape, request: Request, adapters: Sequence[Adapter], *, dora_on_experts: bool
) -> None:
    """Raise LoraError where peft would not start."""
    if not adapters:
        raise LoraError(f"No module of this model is named {said(request.targets)}")
    if dora_on_experts:
        raise LoraError("DoRA does not work on experts that are one tensor")
    if shape.model_type in MAMBAS and any(leaf_of(each.name) == UNTOUCHED for each in adapters):
        raise LoraError(
            f"peft adapts no {UNTOUCHED} in models of type {shape.model_type}: name other modules"
        )


def said(targets: str | Sequence[str]) -> str:
    return f"“{targets}”" if isinstance(targets, str) else ", ".join(f"“{t}”" for t in targets)


def named(name: str, targets: Sequence[str]) -> bool:
    """Whether a module's path is one of the targets or ends with one, as peft matches it."""
    return any(name == target or name.endswith(f".{target}") for target in targets)


def within(name: str, saved: Sequence[str]) -> bool:
    """Whether a module is, or lies in, one that is trained in full: peft puts no adapter there."""
    return any(f".{each}." in f".{name}." for each in saved)


def divided(shape: Shape, request: Request) -> tuple[tuple[str, ...], frozenset[str]]:
    """The targets that are modules, and the parts of fused experts among them ("gate" the router).

    A name that stands for a part of the experts is taken away from the modules, also where a dense
    block or a shared expert has that name: peft does the same.
    """
    names = () if request.separate else EXPERT_PARTS.get(shape.model_type, ())
    known = (*names, GATE) if names else ()
    if request.targets == ALL_LINEAR:
        if shape.model_type in OWN_CODE and not request.separate:
            raise LoraError(f"what {ALL_LINEAR} adapts in {shape.model_type} is unknown: name them")
        found = (tensor for tensor, _ in linears(shape, request) if tensor.part != HEAD)
        leaves = {leaf_of(tensor.name) for tensor in found}
        return tuple(sorted(leaves.difference(known))), frozenset(known)
    targets = (request.targets,) if isinstance(request.targets, str) else tuple(request.targets)
    parts = {target: leaf_of(target) for target in targets if leaf_of(target) in known}
    named_parts = frozenset(parts.values())
    if names and len(named_parts.intersection(names[:2])) == 1:
        raise LoraError(f"{names[0]} and {names[1]} of the experts are one tensor: name both")
    return tuple(target for target in targets if target not in parts), named_parts


def leaf_of(name: str) -> str:
    return name.rpartition(".")[2]


def places(shape: Shape, request: Request) -> Iterator[tuple[Tensor, int]]:
    """Modules as transformers 5 has them, or tensor by tensor as checkpoints do."""
    if not request.separate:
        yield from modules(shape)
        return
    for tensor, times in shape.counted():
        yield tensor, times * tensor.copies


def linears(shape: Shape, request: Request) -> Iterator[tuple[Tensor, int]]:
    """The linear modules and in how many places each stands; a tied head is one of them too."""
    kinds = {"linear", "expert"} if request.separate else {"linear"}
    for tensor, times in places(shape, request):
        if tensor.kind in kinds and not tensor.name.endswith(".bias"):
            yield tensor, times


def adapted(shape: Shape, request: Request, targets: tuple[str, ...]) -> Iterator[Adapter]:
    """Adapters on modules. An embedding that is named has them too: rank × (rows + width)."""
    whole = request.targets == ALL_LINEAR
    for tensor, times in linears(shape, request):
        if chosen(tensor, request, targets) and not (whole and tensor.part == HEAD):
            yield Adapter(tensor.name, times, request.rank, tensor.columns, tensor.rows)
    for tensor, times in places(shape, request):
        if tensor.kind == "conv" and chosen(tensor, request, targets):
            raise LoraError(f"“{leaf_of(tensor.name)}” is a convolution: not counted here")
        if tensor.kind == "table" and chosen(tensor, request, targets):
            if request.dora:
                raise LoraError("DoRA on an embedding is not counted here")
            yield Adapter(tensor.name, times, request.rank, tensor.rows, tensor.columns)


def chosen(tensor: Tensor, request: Request, targets: tuple[str, ...]) -> bool:
    return named(tensor.name, targets) and not within(tensor.name, request.saved)


def of_experts(shape: Shape, request: Request, parts: frozenset[str]) -> Iterator[Adapter]:
    """Adapters on experts that are one tensor: gate and up together with twice the rank."""
    if not parts:
        return
    gate, up, _ = EXPERT_PARTS[shape.model_type]
    for tensor, times in places(shape, request):
        part, bias = leaf_of(tensor.name), tensor.name.endswith(".bias")
        adapted_expert = tensor.kind == "expert" and not bias and part in parts - {up}
        router = tensor.gguf == ROUTER and tensor.kind == "matrix" and GATE in parts
        if not (adapted_expert or router):
            continue
        if part == gate:
            name, rank, outputs = f"{tensor.name}, {up}", 2 * request.rank, 2 * tensor.rows
            yield Adapter(name, times, rank, tensor.columns, outputs)
        else:
            yield Adapter(tensor.name, times, request.rank, tensor.columns, tensor.rows)


def saved_copy(shape: Shape, name: str) -> int:
    """The parameters of all modules whose path ends with `name`, copied to be trained in full."""
    found = sum(
        tensor.rows * tensor.columns * times
        for tensor, times in modules(shape)
        if any(path.endswith(name) for path in paths(tensor.name.removesuffix(".bias")))
    )
    if not found:
        raise LoraError(f"No module of this model is named “{name}”")
    return found


def paths(name: str) -> Iterator[str]:
    """The path of a module and of those around it."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def trained_biases(shape: Shape, request: Request, targets: tuple[str, ...]) -> int:
    """Biases trained beside the adapters: every module's, or those of the adapted modules.

    The biases of experts that are one tensor are parameters of another name: peft leaves them.
    """
    if request.bias == "none":
        return 0
    return sum(
        tensor.columns * times
        for tensor, times in modules(shape)
        if tensor.kind == "vector"
        and tensor.name.endswith(".bias")
        and (request.bias == "all" or named(tensor.name.removesuffix(".bias"), targets))
    )
