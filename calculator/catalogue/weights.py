"""Every format that a model can be stored in, with its exact size, in the order of the page."""

from collections.abc import Iterable
from dataclasses import dataclass

from calculator.catalogue.run_form import choices
from calculator.core import gguf
from calculator.core.architecture import Shape
from calculator.core.formats import FORMATS, Weights, weights
from calculator.core.gguf import NEED_MATRIX, GgufError

# The 4-bit file that most people download, and what stands for it where there is no such file.
USUAL_FOUR_BITS, OTHER_FOUR_BITS = "Q4_K_M", "nf4-dq"


@dataclass(frozen=True, slots=True)
class FormatRow:
    """One format: its bytes, bits for each weight, and how wide its bar is drawn, if at all.

    A guided one is written only with an importance matrix.
    """

    name: str
    title: str
    bytes: int
    bits: str
    width: str
    guided: bool


@dataclass(frozen=True, slots=True)
class FormatGroup:
    """Formats of one kind; `refusal` says why there are none for this model."""

    title: str
    about: str
    rows: tuple[FormatRow, ...]
    refusal: str = ""

    @property
    def guided(self) -> bool:
        return any(row.guided for row in self.rows)


def four_bits(shape: Shape) -> tuple[str, int]:
    """The usual 4-bit format of a model and its bytes."""
    try:
        return USUAL_FOUR_BITS, weights(shape, USUAL_FOUR_BITS).bytes
    except GgufError:
        return OTHER_FOUR_BITS, weights(shape, OTHER_FOUR_BITS).bytes


def format_groups(shape: Shape) -> tuple[FormatGroup, ...]:
    known, whole = choices(), 2 * shape.total_parameters
    return (
        FormatGroup(
            "Not quantized",
            "Every parameter in the same width, as models are trained and published.",
            tuple(row(weights(shape, name)) for name in known.plain),
        ),
        files(shape, known.files, whole),
        FormatGroup(
            "Other quantized formats",
            "Embeddings, head, norms and routers stay at 16 bits, except in MLX files.",
            descending(row(weights(shape, name), whole) for name in known.quantized),
        ),
    )


def files(shape: Shape, names: tuple[str, ...], whole: int) -> FormatGroup:
    least, most = (size // 10**5 / 10 for size in gguf.HEADER_BYTES)
    title = "GGUF files of llama.cpp"
    about = (
        "The bytes of all tensors, each typed by llama.cpp’s own rules. The file adds a header with"
        f" the tokenizer, {least:g} to {most:g} MB."
    )
    try:
        rows = descending(row(weights(shape, name), whole) for name in names)
    except GgufError as error:
        return FormatGroup(title, about, (), f"{error}.")
    return FormatGroup(title, about, rows)


def descending(rows: Iterable[FormatRow]) -> tuple[FormatRow, ...]:
    return tuple(sorted(rows, key=lambda row: -row.bytes))


def row(stored: Weights, whole: int = 0) -> FormatRow:
    """`whole` is the size at 16 bits, beside which the bar is drawn; 0 draws none."""
    name = stored.format
    return FormatRow(
        name=name,
        title=FORMATS[name].title if name in FORMATS else name,
        bytes=stored.bytes,
        bits=f"{float(stored.bits_per_weight):.3f}",
        width=f"{100 * stored.bytes / whole:.2f}%" if whole else "",
        guided=name in NEED_MATRIX,
    )
