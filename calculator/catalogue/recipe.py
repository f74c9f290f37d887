"""Which tensor a GGUF file stores as what, layer by layer: why its average is no round number."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from calculator.core import formatting, gguf
from calculator.core.architecture import Shape
from calculator.core.formats import FORMATS
from calculator.core.gguf import GgufError
from calculator.core.gguf.sizes import FileSize

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
    sizes: Counter[str] = Counter()
    for _, line in file.tensors:
        sizes[line.role] += line.bytes
    large = [role for role, size in sizes.items() if size >= SLIGHT * file.tensor_bytes]
    rest = sum(size for role, size in sizes.items() if role not in large)
    return Recipe(
        kinds=kinds,
        rows=tuple(sorted((row(file, role, sizes[role], shades) for role in large), key=place)),
        rest=formatting.gigabytes(rest) if rest else "",
    )


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


def row(file: FileSize, role: str, size: int, shades: dict[str, int]) -> Row:
    types = {layer: line.type for layer, line in file.tensors if line.role == role}
    short = role.removesuffix(".weight")
    numbers = [layer for layer, _ in file.tensors if layer is not None]
    layers = max(numbers, default=0) + 1
    inside = None not in types
    return Row(
        name=short,
        words=WORDS.get(short, ""),
        stored=said(types.values()),
        size=formatting.gigabytes(size),
        cells=tuple(cells(types, layers, shades)) if inside else (),
        shade=shades[next(iter(types.values()))],
    )


def said(types: Iterable[str]) -> str:
    """The only type there is, or “Q6_K in 16, Q4_K in 16”: how many layers have each."""
    counts = Counter(types).most_common()
    if len(counts) == 1:
        return counts[0][0]
    return ", ".join(f"{name} in {count}" for name, count in counts)


def cells(types: dict[int | None, str], layers: int, shades: dict[str, int]) -> Iterator[Cell]:
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
