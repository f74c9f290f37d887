"""The modules that a model's weights lie in, as transformers 5 loads them: what LoRA can target.

Shapes carry the names and tensors of checkpoints. A few families are put together differently in
memory: matrices fused or renamed, routers that are parameters, blocks that stand in several places.
Source: the modeling classes of transformers 5.23.0; which modules peft 0.21.2 adapts in all
families was compared name by name on the meta device, checked 2026-11-22.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from calculator.core.architecture import Shape, Tensor
from calculator.core.architecture.parts import GATED

# Both the part and the usual name of the module.
HEAD = "lm_head"
ROUTER = "ffn_gate_inp"
type Place = tuple[Tensor, int]

# In transformers 5 a router is a class of its own that holds a parameter, except in these.
LINEAR_ROUTERS = frozenset(
    {
        *("dbrx", "gemma4", "gemma4_text", "hunyuan_v1_moe", "jetmoe", "llama4", "llama4_text"),
        *("longcat_flash", "phimoe"),
    }
)
# Endings of names in the checkpoint, and what the module is called in memory.
RENAMED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "albert": {
            "attention.output.dense": "attention.dense",
            "intermediate.dense": "ffn",
            "output.dense": "ffn_output",
            "pooler.dense": "pooler",
        },
        "deberta-v2": {f"self.{name}": f"self.{name}_proj" for name in ("query", "key", "value")},
        "gpt_neox": {"embed_out": HEAD},
        "mpnet": {
            **{f"self.{name}": f"attn.{name[0]}" for name in ("query", "key", "value")},
            "attention.output.dense": "attention.attn.o",
        },
        "phimoe": {"block_sparse_moe.gate": "mlp.router"},
        "qwen": {"embed_tokens": "wte"},
        # Zamba's mixer keeps these for all its heads in one parameter each.
        "zamba": {
            "mamba.x_proj": "mamba.x_proj_weight",
            "mamba.dt_proj.bias": "mamba.dt_proj_bias",
            "mamba.dt_proj": "mamba.dt_proj_weight",
        },
    }
)
# What the head is called where it is not lm_head.
HEADS: Mapping[str, str] = MappingProxyType({"biogpt": "output_projection"})
# Blocks whose gate and up are one module: where they lie, what that and the last one are called.
GATE_WITH_UP = {
    **dict.fromkeys(
        ("granitemoe", "granitemoeshared", "granitemoehybrid", "granitemoe_swa"),
        (("shared_mlp.",), "input_linear", "output_linear"),
    ),
    **dict.fromkeys(
        ("minimax_m3_vl", "minimax_m3_vl_text"),
        (("mlp.", "mlp.shared_experts."), "gate_up_proj", "down_proj"),
    ),
}
# The table of these is a module three times: shared, and once in either stack.
TWO_STACKS = frozenset({"t5", "mt5", "umt5"})


def modules(shape: Shape) -> Iterator[Place]:
    """Yield every weight as its module, and in how many places that module stands.

    places = copies of the tensor × layers it stands in, or what the family's rule in PLACED says

    Biases have the name of their module with “.bias” and are there once. A tied head is a module
    of its own.

    Units: rows are outputs, columns inputs. Errors: none. Left out: towers that the shape leaves
    out. Source: the modeling classes of transformers 5.23.0, as for the whole module.
    """
    rule = PLACED.get(shape.model_type, as_it_is)
    for tensor, times in shape.counted():
        for found, places in rule(shape, renamed(shape, tensor), times):
            yield routed(shape, found), places * found.copies
    if shape.tied and shape.generates:
        name = HEADS.get(shape.model_type, HEAD)
        yield Tensor(name, shape.vocab_size, shape.hidden_size, HEAD, "linear"), 1


def renamed(shape: Shape, tensor: Tensor) -> Tensor:
    bias = ".bias" if tensor.name.endswith(".bias") else ""
    stem = tensor.name.removesuffix(bias)
    for old, new in RENAMED.get(shape.model_type, {}).items():
        if tensor.name.endswith(old):
            return replace(tensor, name=tensor.name.removesuffix(old) + new)
        if stem.endswith(old):
            return replace(tensor, name=stem.removesuffix(old) + new + bias)
    return tensor


def routed(shape: Shape, tensor: Tensor) -> Tensor:
    """What is a parameter without a module, as most routers are, is no linear module."""
    bare = tensor.gguf == ROUTER and shape.model_type not in LINEAR_ROUTERS
    bare = bare or (tensor.kind == "linear" and tensor.name.endswith("_weight"))
    return replace(tensor, kind="matrix") if bare else tensor


def as_it_is(shape: Shape, tensor: Tensor, times: int) -> Iterator[Place]:
    yield tensor, times


def fused(shape: Shape, tensor: Tensor, times: int) -> Iterator[Place]:
    blocks, up, down = GATE_WITH_UP[shape.model_type]
    path, _, leaf = tensor.name.rpartition(".")
    if f"{path}." not in blocks or leaf not in GATED:
        yield tensor, times
    elif leaf == GATED[0]:
        yield replace(tensor, name=f"{path}.{up}", rows=2 * tensor.rows), times
    elif leaf == GATED[2]:
        yield replace(tensor, name=f"{path}.{down}"), times


def two_stacks(shape: Shape, tensor: Tensor, times: int) -> Iterator[Place]:
    yield tensor, times
    if tensor.name == "shared":
        yield replace(tensor, name="embed_tokens"), 2 * times


def zamba(shape: Shape, tensor: Tensor, times: int) -> Iterator[Place]:
    """The shared block is a module in every layer that uses it, though its weights are one set."""
    yield tensor, hybrids(shape) if tensor.name.startswith("shared_transf.") else times


def zamba2(shape: Shape, tensor: Tensor, times: int) -> Iterator[Place]:
    """Layers take turns with several blocks, and each copy of a block holds all its adapters."""
    uses = hybrids(shape)
    if tensor.name.endswith(".bias"):
        yield tensor, times
    elif tensor.name.startswith("shared_transformer."):
        number = int(tensor.name.split(".")[1])
        yield tensor, len(range(number, uses, blocks(shape)))
    elif "_adapter." in tensor.name:
        count = blocks(shape)
        yield tensor, sum(len(range(number, uses, count)) ** 2 for number in range(count))
    else:
        yield tensor, times


def hybrids(shape: Shape) -> int:
    return sum(layer.kind.startswith("full") for layer in shape.layers)


def blocks(shape: Shape) -> int:
    names = (tensor.name for tensor in shape.outer)
    return len({name.split(".")[1] for name in names if name.startswith("shared_transformer.")})


PLACED: Mapping[str, Callable[[Shape, Tensor, int], Iterator[Place]]] = MappingProxyType(
    {
        **dict.fromkeys(GATE_WITH_UP, fused),
        **dict.fromkeys(TWO_STACKS, two_stacks),
        "zamba": zamba,
        "zamba2": zamba2,
    }
)
