"""gpt-oss: biases everywhere, a learned sink for each head, every second layer slides.

Defaults: the configuration class of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import every, read_heads, windows
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import vector
from calculator.core.architecture.parts_experts import Mixture, Naming
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

GPT_OSS = {
    "vocab_size": 201088,
    "hidden_size": 2880,
    "intermediate_size": 2880,
    "num_hidden_layers": 36,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "sliding_window": 128,
    "num_local_experts": 128,
    "num_experts_per_tok": 4,
    "attention_bias": True,
}


@family(
    "gpt_oss",
    defaults=GPT_OSS,
    names={
        "num_local_experts": ("num_experts",),
        "num_experts_per_tok": ("experts_per_token",),
    },
)
def gpt_oss(fields: Fields) -> Shape:
    heads, layers = read_heads(fields), fields.layers()
    count = fields.experts("num_local_experts")
    mixture = Mixture(
        count=count,
        chosen=fields.chosen("num_experts_per_tok", count),
        inner=fields.size("intermediate_size"),
        bias=True,
        router_bias=True,
        names=Naming(router="router"),
    )
    sinks = vector("self_attn.sinks", heads.count, "attention", gguf="attn_sinks")
    return sparse(
        fields,
        mixture,
        [True] * layers,
        Style(bias="qkvo" if fields.flag("attention_bias") else ""),
        window_of=windows(fields, layers, pattern=_alternating(layers)),
        heads=heads,
        own=sinks,
    )


def _alternating(layers: int) -> list[str]:
    return every(layers, 2)
