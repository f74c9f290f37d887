"""Which tensor a GGUF file stores as what, layer by layer: why its average is no round number."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from calculator.core import formatting, gguf
from calculator.core.architecture import Shape
from calculator.core.formats import FORMATS
from calculator.core.gguf import GgufError
from calculator.core.gguf.sizes import FileSize, Line

# llama.cpp numbers the layers of an encoder with a decoder only in the names of their tensors.
STACKED = re.compile(r"(?P<side>enc|dec)\.blk\.(?P<layer>\d+)\.(?P<name>.+)")
SIDES = {"enc": "encoder", "dec": "decoder"}
# Tensors below this share of the file are told of together.
SLIGHT = 0.005
SHADES = 5
WORDS = {
    "token_embd": "embeddings",
    "output": "head",
    "attn_q": "queries",
    "attn_k": "keys",
    "attn_v": "values",
    "attn_qkv": "queries, keys and values",
    "attn_output": "out of attention",
    "attn_o": "out of attention",
    "cross_attn_q": "queries to the encoder",
    "cross_attn_k": "keys of the encoder",
    "cross_attn_v": "values of the encoder",
    "cross_attn_o": "out of attention to the encoder",
    "ffn_gate": "feed-forward, gate",
    "ffn_up": "feed-forward, up",
    "ffn_down": "feed-forward, down",
    "ffn_gate_exps": "experts, gate",
    "ffn_up_exps": "experts, up",
    "ffn_gate_up_exps": "experts, gate and up",
    "ffn_down_exps": "experts, down",
    "ffn_gate_shexp": "shared expert, gate",
    "ffn_up_shexp": "shared expert, up",
    "ffn_down_shexp": "shared expert, down",
    "ssm_in": "into the state space",
    "ssm_out": "out of the state space",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Neighbouring layers that store a tensor alike, in percent of the row."""

    x: str
    width: str
    shade: int


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of tensor; `cells` is empty for one that stands outside the layers."""

    name: str
    words: str
    stored: str
    size: str
    cells: tuple[Cell, ...]
    shade: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of block, with its bits a weight and its share of the file."""

    name: str
    shade: int
    bits: str
    share: str


@dataclass(frozen=True, slots=True)
class Recipe:
    kinds: tuple[Kind, ...]
    rows: tuple[Row, ...]
    rest: str


def recipe(shape: Shape, name: str) -> Recipe | None:
    """The tensors of the file; None for a format that is no GGUF file, or has one type only."""
    if name in FORMATS:
        return None
    try:
        file = gguf.file_size(shape, name)
    except GgufError:
        return None
    kinds = tuple(kinds_of(file))
    shades = {kind.name: kind.shade for kind in kinds}
    tensors = by_role(file)
    layers = 1 + max(
        (at for lines in tensors.values() for at in lines if at is not None), default=0
    )
    rows, rest = [], 0
    for role, lines in tensors.items():
        size = sum(line.bytes for line in lines.values())
        if size >= SLIGHT * file.tensor_bytes:
            types = {at: line.type for at, line in lines.items()}
            rows.append(row(role, size, types, layers, shades))
        else:
            rest += size
    return Recipe(kinds, tuple(sorted(rows, key=place)), formatting.gigabytes(rest) if rest else "")


def by_role(file: FileSize) -> dict[str, dict[int | None, Line]]:
    """The tensors of the file by what they are and by layer, None for those around the layers."""
    found: dict[str, dict[int | None, Line]] = defaultdict(dict)
    for layer, line in file.tensors:
        role = line.role.removesuffix(".weight")
        if match := STACKED.fullmatch(role):
            found[f"{match['side']}.{match['name']}"][int(match["layer"])] = line
        else:
            found[role][layer] = line
    return found


def kinds_of(file: FileSize) -> Iterator[Kind]:
    """The types in the file, those with the fewest bits first and lightest."""
    weights: Counter[str] = Counter()
    for _, line in file.tensors:
        weights[line.type] += line.count
    sizes = file.bytes_by_type()
    order = sorted(sizes, key=lambda name: sizes[name] / weights[name])
    for number, name in enumerate(order):
        yield Kind(
            name,
            min(number, SHADES - 1),
            formatting.significant(8 * sizes[name] / weights[name], 4),
            formatting.percent(sizes[name] / file.tensor_bytes),
        )


def row(
    role: str, size: int, types: Mapping[int | None, str], layers: int, shades: Mapping[str, int]
) -> Row:
    inside = None not in types
    return Row(
        name=role,
        words=words(role),
        stored=said(types.values()),
        size=formatting.gigabytes(size),
        cells=tuple(cells(types, layers, shades)) if inside else (),
        shade=shades[next(iter(types.values()))],
    )


def words(role: str) -> str:
    """What a tensor is for: "queries", "decoder: queries"; empty where its name says it."""
    side, _, name = role.partition(".")
    if side in SIDES:
        return f"{SIDES[side]}: {WORDS[name]}" if name in WORDS else SIDES[side]
    return WORDS.get(role, "")


def said(types: Iterable[str]) -> str:
    """The only type there is, or “Q6_K in 16, Q4_K in 16”: how many layers have each."""
    counts = Counter(types).most_common()
    if len(counts) == 1:
        return counts[0][0]
    return ", ".join(f"{name} in {count}" for name, count in counts)


def cells(
    types: Mapping[int | None, str], layers: int, shades: Mapping[str, int]
) -> Iterator[Cell]:
    """Runs of layers alike; layers without the tensor leave a gap."""
    at = 0
    for name, group in groupby(types.get(layer, "") for layer in range(layers)):
        length = len(list(group))
        if name:
            yield Cell(share(at, layers), share(length, layers), shades[name])
        at += length


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f}%"


def place(found: Row) -> tuple[int, str]:
    """Embeddings, then what is in the layers, then the head."""
    if found.cells:
        return 1, ""
    return (0, "") if found.name.startswith("token") else (2, found.name)
