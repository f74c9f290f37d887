"""Llama 4: chunked attention in three of four layers, one shared expert, experts in some layers.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.decoder import ATTENTION_KINDS
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts_experts import Naming, read_mixture
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

LLAMA4 = {
    "vocab_size": 202048,
    "hidden_size": 5120,
    "intermediate_size": 8192,
    "intermediate_size_mlp": 16384,
    "num_hidden_layers": 48,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "num_experts_per_tok": 1,
    "num_local_experts": 16,
    "interleave_moe_layer_step": 1,
    "no_rope_layer_interval": 4,
    "attention_chunk_size": 8192,
}
NAMES = Naming(prefix="feed_forward.", router="router", shared="shared_expert.")


@family("llama4_text", defaults=LLAMA4)
def llama4(fields: Fields) -> Shape:
    """The norm on queries and keys learns nothing; the shared expert is as wide as one expert."""
    mixture = read_mixture(
        fields, count="num_local_experts", inner="intermediate_size", names=NAMES
    )
    bias = "qkvo" if fields.flag("attention_bias") else ""
    return sparse(
        fields,
        replace(mixture, shared=mixture.inner, plain="intermediate_size_mlp"),
        _where(fields),
        Style(bias=bias, mlp="feed_forward.", windowed="chunked"),
        window_of=_chunks(fields),
    )


def _where(fields: Fields) -> Sequence[bool]:
    """Which layers hold experts: those listed, else every `interleave_moe_layer_step`-th."""
    layers = fields.layers()
    listed = fields.numbers("moe_layers")
    if listed is not None:
        return [number in listed for number in range(layers)]
    step = fields.size("interleave_moe_layer_step")
    return [(number + 1) % step == 0 for number in range(layers)]


def _chunks(fields: Fields) -> Sequence[int]:
    """Layers with rotary positions see a chunk, those without see everything."""
    layers = fields.layers()
    chunk = fields.number("attention_chunk_size")
    kinds = fields.layer_kinds(layers, ATTENTION_KINDS)
    if kinds is not None:
        return [chunk if kind == "chunked" else 0 for kind in kinds]
    interval = fields.size("no_rope_layer_interval")
    rotary = fields.numbers("no_rope_layers") or [
        int((number + 1) % interval != 0) for number in range(layers)
    ]
    rotary = fields.by_layer("no_rope_layers", rotary, layers)
    return [chunk if turns else 0 for turns in rotary]
