"""How many factors stretch the rotary positions of a model beyond its first training length."""

from collections.abc import Mapping
from typing import Any


def rope_factors(values: Mapping[str, Any], head_dim: int) -> tuple[int, ...]:
    """Return the lengths of the tables of factors that such a model's GGUF file stores.

    Llama 3.1's kind has one factor for each pair of a head's elements; LongRoPE (Phi) has two
    lists, for long and for short texts. They are no parameters. Without them: an empty tuple.
    Source: llama.cpp, conversion/llama.py and conversion/phi.py, generate_extra_tensors.
    """
    inner = values.get("text_config")
    fields = inner if isinstance(inner, Mapping) else values
    scaling = fields.get("rope_scaling") or fields.get("rope_parameters")
    if not isinstance(scaling, Mapping):
        return ()
    kind = scaling.get("rope_type") or scaling.get("type")
    if kind == "llama3":
        return (head_dim // 2,)
    lists = [scaling.get("long_factor"), scaling.get("short_factor")]
    return tuple(len(factors) for factors in lists if isinstance(factors, list))
