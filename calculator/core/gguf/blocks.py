"""The block types of GGUF files, and the exact bytes of a row of weights in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from calculator.core.catalog import read

# Every tensor's data starts at a multiple of this many bytes (general.alignment).
ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class Block:
    """One block type: `weights` of them take `bytes`."""

    name: str
    id: int
    weights: int
    bytes: int

    @property
    def bits_per_weight(self) -> Fraction:
        return Fraction(8 * self.bytes, self.weights)

    def fits(self, columns: int) -> bool:
        """Whether a row of so many weights is a whole number of blocks."""
        return columns % self.weights == 0

    def row_bytes(self, columns: int) -> int:
        """Return the bytes of one row.

        bytes = columns ÷ weights of a block × bytes of a block

        Raises ValueError for a row that is no whole number of blocks: no such row can be stored.
        Source: ggml-common.h and gguf.constants (llama.cpp), checked 2026-11-22.
        """
        if not self.fits(columns):
            message = (
                f"a row of {columns} is not a multiple of {self.weights}, which {self.name} needs"
            )
            raise ValueError(message)
        return columns // self.weights * self.bytes


def blocks() -> Mapping[str, Block]:
    rows = read("ggml_blocks.toml")
    return MappingProxyType(
        {name: Block(name=name, **row) for name, row in rows.items() if isinstance(row, dict)}
    )


BLOCKS = blocks()


def padded(size: int) -> int:
    """The bytes a tensor of `size` takes in the file, up to the start of the next."""
    return -(-size // ALIGNMENT) * ALIGNMENT
