"""What LoRA trains on a real model: the exact number of parameters, matrix by matrix.

The rules are those of peft 0.21 with transformers 5, where the experts of a layer are single
tensors and peft adapts them in a way of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calculator.core.architecture import Shape, Tensor

ALL_LINEAR = "all-linear"
BIASES = ("none", "all", "lora_only")
# How peft maps the projections of experts, by model_type: to w1, w3, w2 or to gate, up and down.
# Source: transformers 5, conversion_mapping._MODEL_TO_CONVERSION_PATTERN, and peft 0.21,
# utils/transformers_weight_conversion.py, read 2026-11-22.
LETTERED = ("mixtral", "minimax", "minimax_m2")
NAMED = (
    *("qwen2_moe", "deepseek_v2", "deepseek_v3", "dots1", "ernie4_5_moe", "glm4_moe"),
    *("glm4_moe_lite", "solar_open", "qwen3_moe", "qwen3_next"),
    *("hunyuan_v1_moe", "flex_olmo", "olmoe"),
)
FUSED = dict.fromkeys(LETTERED, ("w1", "w3", "w2"))
FUSED |= dict.fromkeys(NAMED, ("gate_proj", "up_proj", "down_proj"))
ROUTER = "gate"
# In transformers 5 a router is a class of its own that holds a parameter, except in these.
LINEAR_ROUTERS = {"jamba", "dbrx", "granitemoe", "granitemoeshared", "granitemoehybrid"}
LINEAR_ROUTERS |= {"llama4", "llama4_text", "lfm2_moe", "phimoe"}
# Both the part and the usual name of the module.
HEAD = "lm_head"


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
    with twice the rank, for every expert. Raises LoraError for a rank below 1, a target that no
    module has, or a combination that peft refuses. Left out: adapters on convolutions.
    Source: Hu et al. 2021 (LoRA), Liu et al. 2024 (DoRA), and peft 0.21, whose own counts the tests
    repeat.
    """
    if request.rank < 1:
        raise LoraError(f"The rank must be 1 or more, not {request.rank}")
    if request.bias not in BIASES:
        raise LoraError(f"bias must be one of {', '.join(BIASES)}, not “{request.bias}”")
    plain, experts = divided(shape, request)
    adapters = tuple(adapted(shape, request, plain)) + tuple(of_experts(shape, request, experts))
    if not adapters:
        raise LoraError(f"No module of this model is named {said(request.targets)}")
    if request.dora and experts:
        raise LoraError("DoRA does not work on experts that are one tensor")
    return Lora(
        adapters=adapters,
        lengths=sum(each.modules * each.outputs for each in adapters) if request.dora else 0,
        saved=sum(saved_copy(shape, name) for name in request.saved),
        biases=trained_biases(shape, request, plain),
    )


def said(targets: str | Sequence[str]) -> str:
    return f"“{targets}”" if isinstance(targets, str) else ", ".join(f"“{t}”" for t in targets)


def named(name: str, targets: Sequence[str]) -> bool:
    """Whether a module's path is one of the targets or ends with one, as peft matches it."""
    return any(name == target or name.endswith(f".{target}") for target in targets)


def divided(shape: Shape, request: Request) -> tuple[tuple[str, ...], frozenset[str]]:
    """The targets that are modules, and the parts of fused experts among them ("gate" the router).

    A name that stands for a part of the experts is taken away from the modules, also where a dense
    block or a shared expert has that name: peft does the same.
    """
    names = () if request.separate else FUSED.get(shape.model_type, ())
    known = (*names, ROUTER) if names else ()
    if request.targets == ALL_LINEAR:
        leaves = {leaf(tensor) for tensor, _ in linears(shape, request) if tensor.part != HEAD}
        return tuple(sorted(leaves.difference(known))), frozenset(known)
    targets = (request.targets,) if isinstance(request.targets, str) else tuple(request.targets)
    parts = {target: leaf_of(target) for target in targets if leaf_of(target) in known}
    found = frozenset(parts.values())
    if names and len(found.intersection(names[:2])) == 1:
        raise LoraError(f"{names[0]} and {names[1]} of the experts are one tensor: name both")
    return tuple(target for target in targets if target not in parts), found


def leaf_of(name: str) -> str:
    return name.rpartition(".")[2]


def leaf(tensor: Tensor) -> str:
    return leaf_of(tensor.name)


def linears(shape: Shape, request: Request) -> Iterator[tuple[Tensor, int]]:
    """The linear modules and in how many places each stands; a tied head is one of them too."""
    routers = request.separate or shape.model_type in LINEAR_ROUTERS
    kinds = {"linear", "expert"} if request.separate else {"linear"}
    for tensor, times in shape.counted():
        router = tensor.gguf == "ffn_gate_inp"
        bias = tensor.name.endswith(".bias")
        if tensor.kind in kinds and not bias and (routers or not router):
            yield tensor, times * tensor.copies
    if shape.tied and shape.generates:
        yield Tensor(HEAD, shape.vocab_size, shape.hidden_size, "lm_head", "linear"), 1


def adapted(shape: Shape, request: Request, targets: tuple[str, ...]) -> Iterator[Adapter]:
    """Adapters on modules. An embedding that is named has them too: rank × (rows + width)."""
    whole = request.targets == ALL_LINEAR
    for tensor, times in linears(shape, request):
        if named(tensor.name, targets) and not (whole and tensor.part == HEAD):
            yield Adapter(tensor.name, times, request.rank, tensor.columns, tensor.rows)
    for tensor, times in shape.counted():
        if tensor.kind == "table" and named(tensor.name, targets):
            if request.dora:
                raise LoraError("DoRA on an embedding is not counted here")
            yield Adapter(tensor.name, times, request.rank, tensor.rows, tensor.columns)


def of_experts(shape: Shape, request: Request, parts: frozenset[str]) -> Iterator[Adapter]:
    """Adapters on experts that are one tensor: gate and up together with twice the rank."""
    if not parts:
        return
    gate, up, _ = FUSED[shape.model_type]
    for tensor, times in shape.counted():
        part, bias = leaf(tensor), tensor.name.endswith(".bias")
        adapted_expert = tensor.kind == "expert" and not bias and part in parts - {up}
        router = tensor.gguf == "ffn_gate_inp" and ROUTER in parts
        if not (adapted_expert or router):
            continue
        modules = times * tensor.copies
        if part == gate:
            name, rank, outputs = f"{tensor.name}, {up}", 2 * request.rank, 2 * tensor.rows
            yield Adapter(name, modules, rank, tensor.columns, outputs)
        else:
            yield Adapter(tensor.name, modules, request.rank, tensor.columns, tensor.rows)


def saved_copy(shape: Shape, name: str) -> int:
    """The parameters of all modules whose path ends with `name`, copied to be trained in full."""
    found = sum(
        tensor.count * times
        for tensor, times in shape.counted()
        if tensor.name.removesuffix(".bias").endswith(name)
    )
    if not found and shape.tied and HEAD.endswith(name):
        found = shape.vocab_size * shape.hidden_size
    if not found:
        raise LoraError(f"No module of this model is named “{name}”")
    return found


def trained_biases(shape: Shape, request: Request, targets: tuple[str, ...]) -> int:
    """Biases trained beside the adapters: every one, or those of the adapted modules."""
    if request.bias == "none":
        return 0
    return sum(
        tensor.count * times
        for tensor, times in shape.counted()
        if "bias" in tensor.name
        and (request.bias == "all" or named(tensor.name.removesuffix(".bias"), targets))
    )
