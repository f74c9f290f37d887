"""MiniCPM, and MiniCPM-MoE with experts in every layer.

Read on 22 November 2026 from OpenBMB's own modeling code. The dense file differs from Llama's in
scales only, which are no parameters; the other one says `num_experts` beside the same fields.
"""

from calculator.core.architecture.dense import dense
from calculator.core.architecture.families.llama import LLAMA, switched
from calculator.core.architecture.families.mixtral import everywhere
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

NAMES = Naming(projections=("w1", "w3", "w2"))


@family(
    "minicpm",
    defaults=LLAMA | {"tie_word_embeddings": True, "num_experts": 0, "num_experts_per_tok": 2},
)
def minicpm(fields: Fields) -> Shape:
    if not fields.number("num_experts"):
        return dense(fields, switched(fields))
    mixture = read_mixture(fields, inner="intermediate_size", names=NAMES)
    return everywhere(fields, mixture, switched(fields))
