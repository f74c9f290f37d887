"""Which tensors a GGUF file of a model holds, and what llama.cpp uses each of them for.

The converter keeps most tensors of a checkpoint as they are, but it stacks the experts of a layer,
cuts some fused projections, adds tables that are no parameters, and leaves others out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from calculator.core.architecture import Layer, Shape, Tensor
from calculator.core.catalog import read
from calculator.core.gguf.stacks import two_stacks


class Purpose(StrEnum):
    """What the mixtures distinguish: the head, tables, parts of attention and feed-forward."""

    HEAD = "head"
    TABLE = "table"
    VALUES = "values"
    KEYS = "keys"
    QUERIES = "queries"
    OUTPUT = "output"
    DOWN = "down"
    GATE = "gate"
    UP = "up"
    OTHER = "other"


# The first of these that is part of a tensor's name says what it is for.
NAMED = (
    ("attn_qkv.weight", Purpose.VALUES),
    ("attn_kv_b.weight", Purpose.VALUES),
    ("attn_v.weight", Purpose.VALUES),
    ("attn_k.weight", Purpose.KEYS),
    ("attn_q.weight", Purpose.QUERIES),
    ("attn_output.weight", Purpose.OUTPUT),
    ("ffn_up", Purpose.UP),
    ("ffn_gate", Purpose.GATE),
    ("ffn_down", Purpose.DOWN),
)
SCORES = "exp_probs_b.bias"
ROUTER = "ffn_gate_inp.weight"
TABLES = {"token_embd.weight", "per_layer_token_embd.weight"}
# Small, sensitive or looked up: the converter writes these in 32 bits, and nothing quantizes them.
FULL = (
    *("_norm.weight", "ffn_gate_inp.weight", "ffn_gate_inp_shexp.weight", "position_embd.weight"),
    *("token_types.weight", "ssm_conv1d", "shortconv.conv.weight", "altup_correct_coef"),
    "altup_predict_coef",
)
# These stay at the converter's 16 bits.
HALF = (
    *("altup", "laurel", "per_layer_model_proj", "attn_rel_b.weight"),
    *("indexer.k_proj.weight", "indexer.q_proj.weight"),
)
# Parameters whose name in the file has no ending.
BARE = {"ssm_a", "ssm_d"}
ENDINGS = (".weight", ".bias", ".scale")
# Factors for stretched rotary positions: one table, or one for long and one for short texts.
ROPE = ("rope_freqs.weight",)
LONG_ROPE = ("rope_factors_long.weight", "rope_factors_short.weight")


class GgufError(ValueError):
    """A model that has no GGUF file; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor of a file: `depth` matrices of `rows` rows of `columns` weights.

    `kept` is the type it always has: "F32", "I32", or "16" for the 16 bits of the conversion; ""
    says that the tensor is quantized. `born` is the type it is published in where that is another.
    """

    role: str
    columns: int
    rows: int = 1
    depth: int = 1
    kept: str = ""
    purpose: Purpose = Purpose.OTHER
    born: str = ""

    @property
    def count(self) -> int:
        return self.columns * self.rows * self.depth


@dataclass(frozen=True, slots=True)
class Contents:
    """The tensors of a file: around the layers, and layer by layer, in llama.cpp's order."""

    architecture: str
    outer: tuple[Stored, ...]
    layers: tuple[tuple[Stored, ...], ...]

    @property
    def tied(self) -> bool:
        """Whether the embedding is the head as well: there is no tensor for the head."""
        return all(stored.purpose != Purpose.HEAD for stored in self.outer)

    def tensors(self) -> Iterator[tuple[int | None, Stored]]:
        for stored in self.outer:
            yield None, stored
        for number, layer in enumerate(self.layers):
            for stored in layer:
                yield number, stored


type Names = Mapping[str, str]
type Rules = Mapping[str, frozenset[str]]
type Layers = Mapping[str, int]


def architectures() -> tuple[Names, Rules, Layers, Layers]:
    """llama.cpp's architecture by model_type, the members of each rule, and numbers of layers."""
    data: dict[str, Any] = read("gguf_architectures.toml")
    names = {kind: name for name, kinds in data["architectures"].items() for kind in kinds}
    rules = {rule: frozenset(members) for rule, members in data["rules"].items()}
    return MappingProxyType(names), MappingProxyType(rules), data["seventy"], data["hashed"]


ARCHITECTURES, RULES, SEVENTY, HASHED = architectures()


def contents(shape: Shape) -> Contents:
    """Return the tensors that the GGUF file of this model holds.

    Left out: predicting more tokens at once (MTP) and the encoders of images and sound, which are
    files of their own. Raises GgufError where llama.cpp has no converter for the model.
    Source: llama.cpp, conversion/ and gguf-py/gguf/tensor_mapping.py, November 2026.
    """
    architecture = named(shape)
    if architecture in RULES["two_stacks"]:
        return Contents(architecture, ordered([stored(each) for each in two_stacks(shape)]), ())
    built = {id(layer): of_layer(shape, layer, architecture) for layer, _ in shape.distinct}
    return Contents(
        architecture=architecture,
        outer=ordered(around(shape, architecture)),
        layers=tuple(
            hashed(built[id(layer)], shape)
            if number < HASHED.get(architecture, 0)
            else built[id(layer)]
            for number, layer in enumerate(shape.layers)
        ),
    )


def hashed(found: tuple[Stored, ...], shape: Shape) -> tuple[Stored, ...]:
    """A layer whose experts are looked up by token: numbers take the place of the router's bias."""
    table = Stored("ffn_gate_tid2eid.weight", shape.experts_per_token, shape.vocab_size, kept="I32")
    return ordered([each for each in found if each.role != SCORES] + [table])


def named(shape: Shape) -> str:
    """llama.cpp's architecture: that of the model, or of the language model inside it."""
    kind = shape.model_type
    inside = shape.text_type if kind in RULES["wrappers"] else ""
    architecture = ARCHITECTURES.get(inside or kind, "")
    if kind in RULES["absent"]:
        raise GgufError(f"llama.cpp has no architecture for models of type {kind}: no GGUF file")
    if not architecture:
        raise GgufError(f"No GGUF converter for models of type {inside or kind} is known here")
    return architecture


def around(shape: Shape, architecture: str) -> list[Stored]:
    """The tensors outside the layers."""
    found = [stored(tensor) for tensor in shape.outer if tensor.gguf]
    if shape.model_type in RULES["cut_positions"]:
        found = [cut(each) if each.role == "position_embd.weight" else each for each in found]
    if architecture in RULES["padded_tables"]:
        rows = shape.vocab_size
        found = [replace(each, rows=rows) if each.role in TABLES else each for each in found]
    if shape.tied and architecture in RULES["own_head"]:
        table = next(each for each in found if each.purpose == Purpose.TABLE)
        found.append(replace(table, role="output.weight", purpose=Purpose.HEAD))
    if architecture in RULES["proportional"]:
        widest = max(layer.head_dim for layer in shape.layers)
        found.append(Stored(ROPE[0], widest // 2, kept="F32"))
    factors = shape.rope_factors
    if not factors and architecture in RULES["stretched"]:
        factors = (shape.head_dim // 2,)
    names = ROPE if len(factors) == 1 else LONG_ROPE
    lengths = zip(names, factors, strict=bool(factors))
    return found + [Stored(name, length, kept="F32") for name, length in lengths]


def cut(positions: Stored) -> Stored:
    return replace(positions, rows=positions.rows - 2)


def of_layer(shape: Shape, layer: Layer, architecture: str) -> tuple[Stored, ...]:
    found = [
        part
        for tensor in layer.tensors
        if tensor.gguf
        for part in parts(tensor, layer, architecture)
    ]
    if shape.model_type in RULES["scored"]:
        routers = [each for each in found if each.role == ROUTER]
        found += [Stored(SCORES, each.rows, kept="F32") for each in routers]
    if architecture in RULES["proportional"]:
        found.append(Stored("layer_output_scale.weight", 1, kept="F32"))
    return ordered(found)


def parts(tensor: Tensor, layer: Layer, architecture: str) -> list[Stored]:
    """One tensor of the checkpoint as one or, where the converter cuts it, several of the file."""
    if tensor.gguf == "attn_kv_b" and architecture in RULES["split_latent"]:
        return halves(tensor, layer)
    if tensor.gguf.startswith("attn_qkv") and architecture in RULES["split_qkv"]:
        return thirds(tensor, layer)
    if tensor.gguf == "ssm_in" and architecture in RULES["split_gate"]:
        return gated(tensor, layer)
    return [stored(tensor, architecture)]


def ordered(found: list[Stored]) -> tuple[Stored, ...]:
    return tuple(sorted(found, key=lambda each: each.role))


def stored(tensor: Tensor, architecture: str = "") -> Stored:
    """One tensor of the shape as the file has it: equal copies are stacked."""
    role = tensor.gguf
    if role not in BARE and not role.endswith(ENDINGS):
        role = f"{role}.weight"
    whole = Stored(role, tensor.columns, tensor.rows, tensor.copies, purpose=purpose(role))
    born = architecture in RULES["born_mxfp4"] and tensor.kind == "expert"
    kept = kept_type(whole, tensor.kind)
    if architecture in RULES["half_routers"] and role == ROUTER:
        kept = "16"
    return replace(whole, kept=kept, born="MXFP4" if born and not kept else "")


def purpose(role: str) -> Purpose:
    if role == "output.weight":
        return Purpose.HEAD
    if role in TABLES:
        return Purpose.TABLE
    return next((found for part, found in NAMED if part in role), Purpose.OTHER)


def kept_type(whole: Stored, kind: str) -> str:
    flat = whole.rows * whole.depth == 1
    if flat or kind == "conv" or not whole.role.endswith(".weight"):
        return "F32"
    if any(part in whole.role for part in FULL):
        return "F32"
    return "16" if any(part in whole.role for part in HALF) else ""


def halves(tensor: Tensor, layer: Layer) -> list[Stored]:
    """kv_b_proj cut by head into what makes keys, transposed, and what makes values."""
    values = next(each.columns for each in layer.tensors if each.gguf == "attn_output")
    value = values // layer.heads
    key = tensor.rows // layer.heads - value
    return [
        Stored("attn_k_b.weight", key, tensor.columns, layer.heads),
        Stored("attn_v_b.weight", tensor.columns, value, layer.heads),
    ]


def thirds(tensor: Tensor, layer: Layer) -> list[Stored]:
    """A projection for q, k and v together (or its bias), cut into the three."""
    q, k = layer.heads * layer.head_dim, layer.kv_heads * layer.head_dim
    found = []
    for role, size in (("attn_q", q), ("attn_k", k), ("attn_v", k)):
        part = replace(tensor, gguf=tensor.gguf.replace("attn_qkv", role), rows=size)
        bias = replace(part, rows=1, columns=size)
        found.append(stored(bias if tensor.kind == "vector" else part))
    return found


def gated(tensor: Tensor, layer: Layer) -> list[Stored]:
    """A projection for q, k, v and the gate: the gate is as wide as what the layer puts out."""
    gate = next(each.columns for each in layer.tensors if each.gguf == "ssm_out")
    return [
        stored(replace(tensor, gguf="attn_qkv", rows=tensor.rows - gate)),
        stored(replace(tensor, gguf="attn_gate", rows=gate)),
    ]
