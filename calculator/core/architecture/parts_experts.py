"""Parts of a mixture of experts: router, experts and shared experts of one layer, as their tensors.

Shapes: the modeling classes of transformers 5.23.0. Experts are listed one by one, as checkpoints
store them; a balancing bias is a buffer there and no parameter, except where `Naming` names it.
"""

from dataclasses import dataclass

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    GATED,
    Tensors,
    experts,
    linear,
    norm,
    router,
    shared_experts,
    vector,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a family's checkpoints call the parts of a mixture.

    `balance` names the bias that keeps experts evenly used where it is a parameter, and `norm` the
    norm behind the experts where there is one.
    """

    prefix: str = "mlp."
    router: str = "gate"
    experts: str = "experts."
    shared: str = "shared_experts."
    projections: tuple[str, ...] = GATED
    balance: str = ""
    norm: str = ""


USUAL_NAMES = Naming()
BLOCK_NAMES = Naming(prefix="block_sparse_moe.", projections=("w1", "w3", "w2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The experts of one layer: `chosen` of `count` blocks of width `inner` for each token.

    `shared` is the width of the experts that every token uses, together; `scored` says that their
    output is weighed by a score of its own. `router_bias` and `bias` are those of the router and
    of the experts. `plain` is the field with the width of the block in layers without experts.
    """

    count: int
    chosen: int
    inner: int
    shared: int = 0
    scored: bool = False
    bias: bool = False
    shared_bias: bool = False
    router_bias: bool = False
    plain: str = "intermediate_size"
    names: Naming = USUAL_NAMES


def read_mixture(
    fields: Fields,
    *,
    count: str = "num_experts",
    chosen: str = "num_experts_per_tok",
    inner: str = "moe_intermediate_size",
    shared: str = "",
    names: Naming = USUAL_NAMES,
    bias: bool = False,
) -> Mixture:
    """The mixture from these fields; `shared` names the number of shared experts."""
    experts_there = fields.experts(count)
    width = fields.size(inner)
    return Mixture(
        count=experts_there,
        chosen=fields.chosen(chosen, experts_there),
        inner=width,
        shared=width * fields.number(shared) if shared else 0,
        shared_bias=bias,
        names=names,
    )


def mixture_tensors(width: int, mixture: Mixture) -> Tensors:
    """Everything that stands in a layer instead of its feed-forward block."""
    names = mixture.names
    shared: Tensors = ()
    if mixture.shared:
        shared = shared_experts(
            width,
            mixture.shared,
            prefix=names.prefix + names.shared,
            names=names.projections,
            bias=mixture.shared_bias,
        )
    return (
        *_routing(width, mixture),
        *experts(
            width,
            mixture.inner,
            count=mixture.count,
            chosen=mixture.chosen,
            bias=mixture.bias,
            prefix=names.prefix + names.experts,
            names=names.projections,
        ),
        *shared,
        *(_score(width, names) if mixture.scored else ()),
        *(norm(names.prefix + names.norm, width) if names.norm else ()),
    )


def _routing(width: int, mixture: Mixture) -> Tensors:
    names, count = mixture.names, mixture.count
    scores = router(width, count, name=names.prefix + names.router, bias=mixture.router_bias)
    if not names.balance:
        return scores
    name = names.prefix + names.balance
    return (*scores, *vector(name, count, "mlp", gguf="exp_probs_b.bias", line="moe_router"))


def _score(width: int, names: Naming) -> Tensors:
    name = f"{names.prefix}shared_expert_gate"
    return linear(name, width, 1, "mlp", gguf="ffn_gate_inp_shexp", line="moe_router")


def sparse_from(fields: Fields, layers: int, first: int | None = None) -> tuple[bool, ...]:
    """Which layers hold experts: by `mlp_layer_types`, else all from `first` on.

    `first` is `first_k_dense_replace` where it is not given; `moe_layer_freq` thins the layers out,
    or says 0 or 1 of each.
    """
    kinds = fields.items("mlp_layer_types")
    if kinds is not None:
        return _by_kinds(fields, kinds, layers)
    start = fields.number("first_k_dense_replace") if first is None else first
    if isinstance(fields.raw("moe_layer_freq"), list):
        return _by_marks(fields, layers)
    every = fields.number("moe_layer_freq", 1) or 1
    return tuple(number >= start and number % every == 0 for number in range(layers))


def _by_kinds(fields: Fields, kinds: list[object], layers: int) -> tuple[bool, ...]:
    named = fields.by_layer("mlp_layer_types", kinds, layers)
    if not set(map(str, named)) <= {"dense", "sparse"}:
        raise fields.refuse("mlp_layer_types", "must say “dense” or “sparse” of each layer")
    return tuple(kind == "sparse" for kind in named)


def _by_marks(fields: Fields, layers: int) -> tuple[bool, ...]:
    marks = fields.numbers("moe_layer_freq") or []
    return tuple(mark > 0 for mark in fields.by_layer("moe_layer_freq", marks, layers))
