"""GGUF files: llama.cpp's block types, its mixtures of them, and exact sizes from a shape."""

from calculator.core.gguf.blocks import BLOCKS, Block
from calculator.core.gguf.recipes import BASES, NEED_MATRIX
from calculator.core.gguf.roles import ARCHITECTURES, GgufError
from calculator.core.gguf.sizes import HEADER_BYTES, FileSize, Line, file_size

FILE_TYPES = tuple(BASES)

__all__ = [
    "ARCHITECTURES",
    "BLOCKS",
    "FILE_TYPES",
    "HEADER_BYTES",
    "NEED_MATRIX",
    "Block",
    "FileSize",
    "GgufError",
    "Line",
    "file_size",
]
