"""Which block type llama.cpp gives a tensor in a file of a given type: its mixtures, as tables.

A file called Q4_K_M is no file of Q4_K: some tensors get more bits. The tables below say which, by
what the tensor is for; `typed` reads them for one tensor and falls back where rows do not divide.

Source: llama.cpp, src/llama-quant.cpp (llama_tensor_get_type_impl, tensor_type_fallback), read at
commit 007dbbf3 and checked against `llama-quantize --dry-run` of November 2026 in the tests.
"""

from collections.abc import Mapping

from calculator.core.gguf.blocks import BLOCKS
from calculator.core.gguf.choices import (
    GROUPED,
    Case,
    Choice,
    Model,
    always,
    earliest,
    early,
    early_or_eight,
    grouped,
    guided,
    middle,
    more_bits,
    unchanged,
    unguided,
)
from calculator.core.gguf.roles import Purpose, Stored

# The block type that most tensors of a file type get.
BASES = {
    "F32": "F32",
    "F16": "F16",
    "BF16": "BF16",
    "Q8_0": "Q8_0",
    "Q6_K": "Q6_K",
    "Q5_K_M": "Q5_K",
    "Q5_K_S": "Q5_K",
    "Q5_1": "Q5_1",
    "Q5_0": "Q5_0",
    "Q4_K_M": "Q4_K",
    "Q4_K_S": "Q4_K",
    "Q4_1": "Q4_1",
    "Q4_0": "Q4_0",
    "IQ4_NL": "IQ4_NL",
    "IQ4_XS": "IQ4_XS",
    "MXFP4_MOE": "MXFP4",
    "Q3_K_L": "Q3_K",
    "Q3_K_M": "Q3_K",
    "Q3_K_S": "Q3_K",
    "IQ3_M": "IQ3_S",
    "IQ3_S": "IQ3_S",
    "IQ3_XS": "IQ3_S",
    "IQ3_XXS": "IQ3_XXS",
    "Q2_K": "Q2_K",
    "Q2_K_S": "Q2_K",
    "IQ2_M": "IQ2_S",
    "IQ2_S": "IQ2_XS",
    "IQ2_XS": "IQ2_XS",
    "IQ2_XXS": "IQ2_XXS",
    "TQ2_0": "TQ2_0",
    "TQ1_0": "TQ1_0",
    "IQ1_M": "IQ1_M",
    "IQ1_S": "IQ1_S",
}
# These are not mixed: every weight of two or more dimensions is converted, nothing is quantized.
PLAIN = frozenset({"F32", "F16", "BF16"})
# About two bits and less: these follow tables of their own.
TINY = frozenset({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"})
RICHER_TINY = frozenset({"IQ2_S", "IQ2_M"})
# llama.cpp will not write these without an importance matrix (calibration data).
NEED_MATRIX = TINY | {"IQ3_XXS", "Q2_K_S"}
HEAD_IN_Q5 = TINY | {"IQ3_XXS"}
TABLE_TYPES = {
    "IQ2_XXS": "Q2_K",
    "IQ2_XS": "Q2_K",
    "IQ1_S": "Q2_K",
    "IQ1_M": "Q2_K",
    "IQ2_S": "IQ3_S",
    "IQ2_M": "IQ3_S",
    "IQ3_XXS": "IQ3_S",
    "TQ1_0": "Q4_K",
    "TQ2_0": "Q4_K",
}
# Where a row is no multiple of a block of 256, the type takes one of blocks of 32 instead.
FALLBACKS = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}
FALLBACKS |= dict.fromkeys(("Q2_K", "Q3_K", "TQ1_0", "TQ2_0"), "Q4_0")
FALLBACKS |= dict.fromkeys(
    ("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"), "IQ4_NL"
)
# And where 32 does not divide it either, it stays at 16 bits.
LAST_FALLBACK = "F16"
type Table = Mapping[str, Choice]

VALUES: Table = {
    "Q2_K": grouped("Q4_K", always("Q3_K")),
    "Q2_K_S": grouped("Q4_K"),
    "IQ3_XXS": grouped("Q4_K", unguided(always("IQ3_S"))),
    "IQ3_XS": grouped("Q4_K"),
    "IQ3_S": grouped("Q4_K"),
    "IQ3_M": always("Q4_K"),
    "Q3_K_M": earliest(2, "Q5_K", always("Q4_K")),
    "Q3_K_L": always("Q5_K"),
    "IQ4_NL": grouped("Q5_K"),
    "IQ4_XS": grouped("Q5_K"),
    "Q4_K_S": earliest(4, "Q5_K"),
    "Q4_K_M": more_bits("Q6_K"),
    "Q5_K_M": more_bits("Q6_K"),
}
QUERIES: Table = {"IQ3_XS": always("IQ3_XXS"), "IQ3_XXS": always("IQ2_S")}
DOWN: Table = {
    "Q2_K": always("Q3_K"),
    "Q2_K_S": early(8, "Q4_K"),
    "IQ3_XXS": unguided(early(8, "Q4_K", always("Q3_K"))),
    "Q3_K_M": early(16, "Q5_K", always("Q4_K")),
    "IQ3_M": early_or_eight,
    "Q3_K_L": always("Q5_K"),
    "Q4_K_M": more_bits("Q6_K"),
    "IQ4_NL": unguided(early(8, "Q5_K")),
    "IQ4_XS": unguided(early(8, "Q5_K")),
    "Q5_K_M": more_bits("Q6_K"),
    "Q4_K_S": early(8, "Q5_K"),
    "Q4_0": guided(early(8, "Q4_1")),
    "Q5_0": guided(early(8, "Q5_1")),
}
FALCON_DOWN: Table = {
    **DOWN,
    "Q3_K_M": early(16, "Q5_K", more_bits("Q4_K")),
    "Q3_K_L": always("Q4_K"),
    "Q4_K_M": early(16, "Q6_K", more_bits("Q5_K")),
    "Q4_K_S": always("Q4_K"),
}
OUTPUT: Table = {
    "Q2_K": always("Q3_K"),
    "IQ3_XXS": always("IQ3_S"),
    "Q3_K_M": always("Q4_K"),
    "Q3_K_L": always("Q5_K"),
    "IQ3_M": always("Q4_K"),
}
EIGHT_OUTPUT: Table = dict.fromkeys(
    (
        *("Q2_K", "IQ3_XS", "IQ3_XXS", "Q3_K_S", "Q3_K_M", "IQ4_NL", "Q4_K_S"),
        *("Q4_K_M", "IQ3_S", "IQ3_M", "IQ4_XS"),
    ),
    always("Q5_K"),
)
FALCON_OUTPUT: Table = {"Q3_K_L": always("Q4_K")}
WIDE: Table = {"IQ3_XS": middle("IQ3_XXS")}
TINY_OUTPUT = {"IQ1_S": "IQ2_XXS", "IQ1_M": "IQ2_XXS", "IQ2_S": "IQ3_S", "IQ2_M": "IQ3_S"}


def typed(file_type: str, stored: Stored, case: Case) -> str:
    """Return the block type that llama-quantize gives a tensor that it may quantize.

    The type chosen for the file type and the tensor's purpose; where its blocks do not divide a
    row, the type of smaller blocks that stands in for it. Left out: types set by hand, and the
    mixtures of other programs ("dynamic" files). Source: see the module.
    """
    return fallen(chosen(file_type, stored, case), stored.columns)


def chosen(file_type: str, stored: Stored, case: Case) -> str:
    purpose = stored.purpose
    if purpose == Purpose.HEAD or (purpose == Purpose.TABLE and case.model.tied):
        return head(file_type, case, stored.columns)
    if file_type == "MXFP4_MOE":
        return "MXFP4" if stored.depth > 1 else "Q8_0"
    if purpose == Purpose.TABLE:
        return TABLE_TYPES.get(file_type, case.base)
    if file_type in TINY:
        return tiny(file_type, purpose, case)
    return mixed(file_type, purpose, case)


def head(file_type: str, case: Case, columns: int) -> str:
    """The projection to the vocabulary, or the embedding where it does that too."""
    if file_type == "MXFP4_MOE" or case.model.falcon or not BLOCKS[case.base].fits(columns):
        return "Q8_0"
    if file_type in HEAD_IN_Q5:
        return "Q5_K"
    return case.base if case.base == "Q8_0" else "Q6_K"


def tiny(file_type: str, purpose: Purpose, case: Case) -> str:
    """The rules of files of about two bits and less."""
    model = case.model
    richer = "IQ3_S" if file_type in RICHER_TINY else "Q2_K"
    if purpose == Purpose.VALUES:
        return "Q4_K" if model.grouped or model.experts >= GROUPED else richer
    if purpose == Purpose.KEYS and model.eight:
        return "Q4_K"
    if purpose == Purpose.DOWN and case.first(8):
        return richer
    if purpose == Purpose.OUTPUT:
        return "Q5_K" if model.eight else TINY_OUTPUT.get(file_type, case.base)
    return case.base


def mixed(file_type: str, purpose: Purpose, case: Case) -> str:
    """The rules of all larger files."""
    if case.model.eight and purpose in {Purpose.KEYS, Purpose.VALUES}:
        return "Q8_0"
    found = table(purpose, case.model).get(file_type, unchanged)(case)
    raised = purpose == Purpose.VALUES and case.model.seventy and found in {"Q3_K", "Q4_K"}
    return "Q5_K" if raised else found


def table(purpose: Purpose, model: Model) -> Table:
    if purpose == Purpose.DOWN and model.falcon:
        return FALCON_DOWN
    if purpose == Purpose.OUTPUT and model.falcon:
        return FALCON_OUTPUT
    if purpose == Purpose.OUTPUT and model.eight:
        return EIGHT_OUTPUT
    return TABLES.get(purpose, {})


TABLES: Mapping[Purpose, Table] = {
    Purpose.VALUES: VALUES,
    Purpose.QUERIES: QUERIES,
    Purpose.KEYS: QUERIES,
    Purpose.OUTPUT: OUTPUT,
    Purpose.DOWN: DOWN,
    Purpose.GATE: WIDE,
    Purpose.UP: WIDE,
}


def fallen(name: str, columns: int) -> str:
    """`name`, or the type that takes its place because its blocks do not divide a row."""
    if BLOCKS[name].fits(columns):
        return name
    other = FALLBACKS.get(name, LAST_FALLBACK)
    return other if BLOCKS[other].fits(columns) else LAST_FALLBACK
