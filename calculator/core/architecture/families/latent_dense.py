"""MiniCPM3 and Youtu: latent attention as in DeepSeek, with one plain block in every layer.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import decoder
from calculator.core.architecture.dense import LLAMA, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Latent, feed_forward, latent_attention
from calculator.core.architecture.parts import latent_cache as cache_of
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape

MINICPM3 = {
    "vocab_size": 73448,
    "hidden_size": 2560,
    "intermediate_size": 6400,
    "num_hidden_layers": 62,
    "num_attention_heads": 40,
    "q_lora_rank": 768,
    "kv_lora_rank": 256,
    "qk_nope_head_dim": 64,
    "qk_rope_head_dim": 32,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": True,
}
YOUTU = {
    "vocab_size": 128256,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 32,
    "num_attention_heads": 16,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
}


def latent_dense(fields: Fields, *, biased: bool = False) -> Shape:
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    value = fields.optional("v_head_dim")
    latent = Latent(
        width=width,
        count=count,
        q_rank=fields.optional("q_lora_rank") or 0,
        kv_rank=fields.size("kv_lora_rank"),
        plain=fields.size("qk_nope_head_dim"),
        rotary=fields.size("qk_rope_head_dim"),
        value=value or fields.divide("hidden_size", width, "num_attention_heads", count),
    )
    size = latent.plain + latent.rotary
    layer = Layer(
        tensors=(
            *latent_attention(latent, bias=fields.flag("attention_bias")),
            *feed_forward(width, fields.size("intermediate_size"), bias=biased),
            *layer_norms(width, LLAMA),
        ),
        cache=cache_of(latent),
        kind="mla",
        heads=count,
        kv_heads=count,
        head_dim=size,
    )
    heads = Heads(width, count, count, size, latent.value)
    return decoder(fields, (layer,) * fields.layers(), heads)


@family("minicpm3", defaults=MINICPM3)
def minicpm3(fields: Fields) -> Shape:
    return latent_dense(fields, biased=fields.flag("mlp_bias"))


family("youtu", defaults=YOUTU)(latent_dense)
