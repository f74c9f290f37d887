"""The exact bytes of a model's weights in every format, and an honest band for a mere “7B”.

Formats differ in what they quantize: most leave embeddings, head, norms and routers at 16 bits.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from calculator.core import gguf
from calculator.core.architecture import Shape, Tensor
from calculator.core.catalog import read
from calculator.core.formatting import MINUS

# Bytes of the scales of one matrix, from its rows and columns.
type Scales = Callable[[int, int], int]

SIXTEEN = 2
FULL = 4
ROUTERS = {"ffn_gate_inp", "ffn_gate_inp_shexp"}
# gpt-oss is published with its experts alone in MXFP4.
ONLY_EXPERTS = {"gpt_oss"}
# What is sold as “7B” starts here: Llama 2 7B has 6.74 billion parameters.
LARGE = 6_500_000_000


def share(count: int, size: int) -> int:
    """How many groups of `size` hold `count` things."""
    return -(-count // size)


def without(rows: int, columns: int) -> int:
    return 0


def one(rows: int, columns: int) -> int:
    """One 32-bit scale for the matrix."""
    return FULL


def tiles(rows: int, columns: int) -> int:
    """One 32-bit scale for every tile of 128 × 128."""
    return FULL * share(rows, 128) * share(columns, 128)


def each_row(rows: int, columns: int) -> int:
    """One 32-bit scale for every output."""
    return FULL * rows


def groups(size: int, bits: int) -> Scales:
    """For every group of `size` inputs a 16-bit scale and a zero point of `bits` bits."""
    return lambda rows, columns: share(rows * share(columns, size) * (16 + bits), 8)


def pairs(size: int) -> Scales:
    """For every group of `size` inputs a 16-bit scale and a 16-bit offset (MLX)."""
    return lambda rows, columns: 4 * rows * share(columns, size)


def flat(rows: int, columns: int) -> int:
    """One 32-bit scale for every 64 weights, across the rows (NF4)."""
    return FULL * share(rows * columns, 64)


def nested(rows: int, columns: int) -> int:
    """NF4's scales in 8 bits, with a 32-bit scale for 256 of them and one offset."""
    scales = share(rows * columns, 64)
    return scales + FULL * share(scales, 256) + FULL


def micro(size: int, more: int = 0) -> Scales:
    """An 8-bit scale for every `size` inputs, and `more` bytes for the matrix."""
    return lambda rows, columns: rows * share(columns, size) + more


@dataclass(frozen=True, slots=True)
class Format:
    """A way to store weights: `bits` for a quantized one, its scales, and what is quantized.

    `everything` has no 16-bit rest; `tables` also quantizes embeddings, head and routers.
    """

    name: str
    title: str
    bits: int
    scales: Scales
    source: str
    everything: bool = False
    tables: bool = False

    def matrix_bytes(self, rows: int, columns: int) -> tuple[int, int]:
        """The bytes of one matrix: its weights, and its scales."""
        return share(rows * columns * self.bits, 8), self.scales(rows, columns)

    @property
    def bits_per_weight(self) -> Fraction:
        """Bits of a quantized weight with its share of the scales, in a matrix of 4096 × 4096."""
        return Fraction(8 * sum(self.matrix_bytes(4096, 4096)), 4096 * 4096)


OCP = "OCP Microscaling Formats (MX) 1.0; llama.cpp, ggml-common.h"
BNB = "bitsandbytes, functional.py; QLoRA, arXiv:2305.14314, section 3"
MLX = "mlx.nn.quantize (scales and biases of 16 bits); mlx-lm quantizes embeddings and head too"
PACKED = "AutoAWQ and GPTQModel: qweight, scales and qzeros of a layer"
DEEPSEEK = "DeepSeek-V3, README_WEIGHTS.md: weight_scale_inv of 128 × 128 tiles"


def packed(method: str, size: int) -> Format:
    title = f"{method.upper()}, 4 bits in groups of {size}"
    return Format(f"{method}-g{size}", title, 4, groups(size, 4), PACKED)


def formats() -> Mapping[str, Format]:
    plain = [
        Format("fp32", "FP32", 32, without, "IEEE 754-2019", everything=True),
        Format("bf16", "BF16", 16, without, "IEEE 754-2019, shortened", everything=True),
        Format("fp16", "FP16", 16, without, "IEEE 754-2019", everything=True),
        Format("fp8", "FP8, one scale a matrix", 8, one, "vLLM, FP8 W8A8, static weights"),
        Format("fp8-block", "FP8 in tiles of 128 × 128", 8, tiles, DEEPSEEK),
        Format("int8", "INT8 (LLM.int8)", 8, each_row, BNB),
        Format("nf4", "NF4", 4, flat, BNB),
        Format("nf4-dq", "NF4, double quantization", 4, nested, BNB),
        *(packed(method, size) for method in ("gptq", "awq") for size in (32, 64, 128)),
        Format("mxfp4", "MXFP4", 4, micro(32), OCP),
        Format("nvfp4", "NVFP4", 4, micro(16, FULL), "NVIDIA, ModelOpt: NVFP4 weight scales"),
        Format("mlx-4bit", "MLX, 4 bits", 4, pairs(64), MLX, tables=True),
        Format("mlx-8bit", "MLX, 8 bits", 8, pairs(64), MLX, tables=True),
    ]
    return MappingProxyType({each.name: each for each in plain})


FORMATS = formats()
NAMES = (*FORMATS, *gguf.FILE_TYPES)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a model in one format, in parts that sum to `bytes`.

    `quantized`, `scales` and `kept` are bytes: of quantized weights, of what they need beside
    them, and of everything left at 16 bits. A GGUF file keeps its scales inside the blocks.
    """

    format: str
    parameters: int
    quantized: int
    scales: int
    kept: int

    @property
    def bytes(self) -> int:
        return self.quantized + self.scales + self.kept

    @property
    def bits_per_weight(self) -> Fraction:
        return Fraction(8 * self.bytes, self.parameters)


def canonical(name: str) -> str:
    """The name of a format however it is written; raises ValueError for one not known."""
    wanted = name.strip().casefold().replace(MINUS, "-").replace("_", "-")
    found = next((known for known in NAMES if known.casefold().replace("_", "-") == wanted), None)
    if found is None:
        raise ValueError(f"“{name[:40]}” is not a format known here; try bf16, nf4 or Q4_K_M")
    return found


def weights(shape: Shape, name: str) -> Weights:
    """Return the bytes of this model's weights in a plain format or a GGUF file type.

    bytes = Σ over quantized matrices of (weights × bits ÷ 8 + scales) + 2 × everything else

    Left out: file headers, padding; GPTQ's order of columns (32 bits for each input); the 8-bit
    tables of bitsandbytes (1 KB a matrix); routers of MLX files that a recipe keeps at 8 bits.
    Raises ValueError for an unknown format and GgufError for a model without a GGUF converter.
    Source: that of each format; gpt-oss-120b equals its published 65,248,815,744 bytes.
    """
    chosen = FORMATS.get(name)
    if chosen is None:
        return in_gguf(shape, name)
    sums: Counter[str] = Counter()
    for tensor, times in shape.counted():
        if not quantizes(chosen, tensor, shape.model_type):
            width = chosen.bits // 8 if chosen.everything else SIXTEEN
            sums["kept"] += tensor.count * times * width
            continue
        own, scales = chosen.matrix_bytes(tensor.rows, tensor.columns)
        sums["quantized"] += own * tensor.copies * times
        sums["scales"] += scales * tensor.copies * times
    return Weights(name, shape.total_parameters, sums["quantized"], sums["scales"], sums["kept"])


def in_gguf(shape: Shape, name: str) -> Weights:
    by_type = gguf.file_size(shape, name).bytes_by_type()
    kept = sum(by_type.get(plain, 0) for plain in ("F32", "F16", "BF16", "I32"))
    return Weights(name, shape.total_parameters, sum(by_type.values()) - kept, 0, kept)


def quantizes(chosen: Format, tensor: Tensor, model_type: str) -> bool:
    """Whether the format quantizes this tensor, or leaves it at 16 bits."""
    if chosen.everything or tensor.line == "vision" or tensor.name.endswith(".bias"):
        return False
    if chosen.tables:
        return tensor.kind in {"linear", "expert", "table"} and tensor.columns % 64 == 0
    if chosen.name == "mxfp4" and model_type in ONLY_EXPERTS:
        return tensor.kind == "expert"
    if tensor.kind not in {"linear", "expert"} or tensor.part == "lm_head":
        return False
    return tensor.gguf not in ROUTERS


@dataclass(frozen=True, slots=True)
class Band:
    """The size of a model of which only the number of parameters is known: a band, no number."""

    format: str
    parameters: int
    least_bits: Fraction
    most_bits: Fraction

    @property
    def least_bytes(self) -> int:
        return int(self.parameters * self.least_bits / 8)

    @property
    def most_bytes(self) -> int:
        return -int(-self.parameters * self.most_bits // 8)


def band(parameters: int, name: str) -> Band | None:
    """Return the least and the most bytes that so many weights take in a format; None if unknown.

    bytes = parameters × bits a weight ÷ 8, with the bits of the models that take least and most

    A label such as “7B” hides more than the band does: it is 6.74 to 7.72 billion in published
    models. Left out: mixtures of experts. Source: data/file_bands.toml.
    """
    size = "large" if parameters >= LARGE else "small"
    chosen = FORMATS.get(name)
    if chosen is None:
        return in_gguf_band(parameters, name, size)
    bits = chosen.bits_per_weight
    if chosen.everything or chosen.tables:
        return Band(name, parameters, bits, bits)
    least, most = (Fraction(str(each)) for each in BANDS["sixteen_bit_share"][size])
    return Band(name, parameters, mean(bits, least), mean(bits, most))


def mean(bits: Fraction, kept: Fraction) -> Fraction:
    """Bits a weight where the share `kept` stays at 16."""
    return bits * (1 - kept) + 16 * kept


def in_gguf_band(parameters: int, name: str, size: str) -> Band | None:
    row = BANDS["bits"].get(name)
    if row is None:
        return None
    least, most = (Fraction(str(each)) for each in row[size])
    return Band(name, parameters, least, most)


BANDS: Mapping[str, Any] = read("file_bands.toml")
