"""The exact size of a model's GGUF file of any type, tensor by tensor, before the file exists."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from calculator.core.architecture import Shape
from calculator.core.gguf.blocks import BLOCKS, padded
from calculator.core.gguf.choices import Case, Model
from calculator.core.gguf.recipes import BASES, PLAIN, TINY, typed
from calculator.core.gguf.roles import RULES, SEVENTY, Contents, Purpose, Stored, contents

# The file's head: settings and the tokenizer, from 32,000 tokens to 201,000. Measured as published
# file size less the tensors of ten files; it depends on the tokenizer, not on the shape.
HEADER_BYTES = (730_000, 13_000_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One tensor of the file, or the equal ones of several layers."""

    role: str
    type: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FileSize:
    """A GGUF file: each tensor with its type, by layer (None around the layers)."""

    file_type: str
    architecture: str
    tensors: tuple[tuple[int | None, Line], ...]

    @property
    def tensor_bytes(self) -> int:
        return sum(line.bytes for _, line in self.tensors)

    @property
    def padded_bytes(self) -> int:
        """With the padding that lets each tensor start at a multiple of 32 bytes."""
        return sum(padded(line.bytes) for _, line in self.tensors)

    @property
    def weights(self) -> int:
        return sum(line.count for _, line in self.tensors)

    @property
    def bits_per_weight(self) -> Fraction:
        return Fraction(8 * self.tensor_bytes, self.weights)

    @property
    def file_bytes(self) -> tuple[int, int]:
        """The whole file, from the smallest header measured to the largest: an estimate."""
        least, most = HEADER_BYTES
        return self.padded_bytes + least, self.padded_bytes + most

    def bytes_by_type(self) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for _, line in self.tensors:
            sums[line.type] += line.bytes
        return dict(sums.most_common())


def file_size(shape: Shape, file_type: str, *, matrix: bool = False) -> FileSize:
    """Return every tensor of the file that llama.cpp makes of this model, with type and bytes.

    bytes of a tensor = depth × rows × (columns ÷ weights of a block) × bytes of a block

    `matrix` says that an importance matrix guides the file, which moves a few types. Left out: the
    header (see `file_bytes`), tensors for predicting several tokens, encoders of images and sound,
    types set by hand. Raises ValueError for a file type that is not known and GgufError for a
    model without a converter. Source: see recipes.py and roles.py.
    """
    if file_type not in BASES:
        raise ValueError(f"“{file_type}” is not a file type of llama.cpp known here")
    held = contents(shape)
    model = facts(shape, held, matrix=matrix)
    lines = tuple(sized(held, model, file_type))
    return FileSize(file_type=file_type, architecture=held.architecture, tensors=lines)


def sized(held: Contents, model: Model, file_type: str) -> Iterator[tuple[int | None, Line]]:
    passed: Counter[Purpose] = Counter()
    known: dict[tuple[int, str], Line] = {}
    for layer, stored in held.tensors():
        if stored.kept or file_type in PLAIN:
            name = copied(stored, BASES[file_type])
        else:
            case = place(file_type, model, stored, layer, passed[stored.purpose])
            passed[stored.purpose] += 1
            name = typed(file_type, stored, case)
        key = (id(stored), name)
        if key not in known:
            known[key] = line(stored, name)
        yield layer, known[key]


def place(file_type: str, model: Model, stored: Stored, layer: int | None, passed: int) -> Case:
    """Values are counted one by one, feed-forward blocks by layer where there are experts."""
    base = BASES[file_type]
    if stored.purpose == Purpose.VALUES:
        return Case(base, model, passed, model.values)
    by_layer = model.experts > 1 and file_type not in TINY
    number = layer if by_layer and layer is not None else passed
    return Case(base, model, number, model.layers)


def copied(stored: Stored, base: str) -> str:
    """The type of a tensor that is converted but not quantized."""
    if stored.kept == "I32":
        return "I32"
    if stored.kept == "F32" or base == "F32":
        return "F32"
    if stored.born:
        return stored.born
    return "BF16" if base == "BF16" else "F16"


def line(stored: Stored, name: str) -> Line:
    rows = stored.rows * stored.depth
    return Line(stored.role, name, stored.count, rows * BLOCKS[name].row_bytes(stored.columns))


def facts(shape: Shape, held: Contents, *, matrix: bool) -> Model:
    architecture = held.architecture
    first = shape.layers[0]
    # An encoder with a decoder counts as many layers as its encoder has.
    layers = sum(layer.kind != "decoder" for layer in shape.layers)
    heads, groups = shape.heads, shape.kv_heads
    if architecture in RULES["by_layer"]:
        heads, groups = first.heads, first.kv_heads
    if architecture in RULES["split_latent"]:
        # llama.cpp stores latent attention as if all heads shared one.
        groups = 1
    values = sum(
        stored.purpose == Purpose.VALUES and not stored.kept for _, stored in held.tensors()
    )
    seventy = SEVENTY.get(architecture) == layers
    if architecture == "llama" and heads == groups:
        seventy = False
    return Model(
        layers=layers,
        values=values,
        tied=held.tied,
        sharing=heads // groups if groups else 0,
        experts=shape.experts,
        falcon=architecture == "falcon",
        seventy=seventy,
        matrix=matrix,
    )
