"""Mixtures behind grouped attention: GLM-4.5, Solar Open, dots.llm1, Hunyuan, EXAONE, AFMoE, Ling.

The first layers are dense, and shared experts stand beside the routed ones. Layers for predicting
several tokens (MTP) are beside the model and not counted.
Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import every, read_heads, windows
from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import linear
from calculator.core.architecture.parts_experts import Naming, read_mixture, sparse_from
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import sparse
from calculator.core.architecture.vocabulary import Shape

GLM = {
    "vocab_size": 151552,
    "hidden_size": 4096,
    "intermediate_size": 10944,
    "num_hidden_layers": 46,
    "num_attention_heads": 96,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "moe_intermediate_size": 1408,
    "num_experts_per_tok": 8,
    "n_shared_experts": 1,
    "n_routed_experts": 128,
    "first_k_dense_replace": 1,
}
GLM_V = GLM | {"vocab_size": 151424, "max_position_embeddings": 65536, "attention_bias": True}
SOLAR = GLM | {
    "vocab_size": 196608,
    "num_hidden_layers": 48,
    "num_attention_heads": 64,
    "head_dim": 128,
    "moe_intermediate_size": 1280,
}
DOTS = {
    "vocab_size": 152064,
    "hidden_size": 4608,
    "intermediate_size": 10944,
    "moe_intermediate_size": 1408,
    "num_hidden_layers": 62,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "first_k_dense_replace": 0,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "sliding_window": 4096,
    "max_window_layers": 62,
}
HUNYUAN3 = {
    "vocab_size": 120832,
    "hidden_size": 4096,
    "intermediate_size": 13312,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "num_experts": 192,
    "num_experts_per_tok": 8,
    "num_shared_experts": 1,
    "moe_intermediate_size": 1536,
}
EXAONE = {
    "vocab_size": 102400,
    "hidden_size": 4096,
    "intermediate_size": 16384,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "sliding_window": 4096,
    "sliding_window_pattern": 4,
    "first_k_dense_replace": 1,
    "moe_intermediate_size": 1024,
    "num_experts": 64,
    "num_experts_per_tok": 8,
    "num_shared_experts": 1,
}
AFMOE = {
    "vocab_size": 200192,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "moe_intermediate_size": 1408,
    "num_hidden_layers": 32,
    "num_dense_layers": 1,
    "num_attention_heads": 16,
    "head_dim": 128,
    "max_position_embeddings": 16384,
    "tie_word_embeddings": False,
    "num_experts": 64,
    "num_experts_per_tok": 6,
    "num_shared_experts": 2,
    "global_attn_every_n_layers": 4,
    "sliding_window": 1024,
}
AFMOE_NAMES = Naming(router="router.gate", balance="expert_bias")
AFMOE_NORMS = (
    ("input_layernorm", "attn_norm"),
    ("post_attention_layernorm", "post_attention_norm"),
    ("pre_mlp_layernorm", "ffn_norm"),
    ("post_mlp_layernorm", "post_ffw_norm"),
)
ROUTED = {"n_routed_experts": ("num_local_experts", "num_experts")}
NUMBERED = {"num_experts": ("num_local_experts",)}


def letters(fields: Fields, those: str = "qkvo") -> str:
    return those if fields.flag("attention_bias") else ""


def glm4_moe(fields: Fields) -> Shape:
    """The output projection never has a bias."""
    mixture = read_mixture(fields, count="n_routed_experts", shared="n_shared_experts")
    qk_norm = "head" if fields.flag("use_qk_norm") else ""
    style = Style(bias=letters(fields, "qkv"), qk_norm=qk_norm)
    return sparse(fields, mixture, sparse_from(fields, fields.layers()), style)


family("glm4_moe", defaults=GLM, names=ROUTED)(glm4_moe)
family("glm4v_moe_text", defaults=GLM_V, names=ROUTED)(glm4_moe)


@family("solar_open", defaults=SOLAR, names=ROUTED)
def solar_open(fields: Fields) -> Shape:
    """Experts in every layer, whatever `first_k_dense_replace` says."""
    mixture = read_mixture(fields, count="n_routed_experts", shared="n_shared_experts")
    where = [True] * fields.layers()
    return sparse(fields, mixture, where, Style(bias=letters(fields, "qkv")))


@family("dots1", defaults=DOTS, names=ROUTED)
def dots1(fields: Fields) -> Shape:
    layers = fields.layers()
    first = fields.number("max_window_layers", layers)
    pattern = ["sliding" if number >= first else "full" for number in range(layers)]
    return sparse(
        fields,
        read_mixture(fields, count="n_routed_experts", shared="n_shared_experts"),
        sparse_from(fields, layers),
        Style(bias=letters(fields), qk_norm="head"),
        window_of=windows(fields, layers, pattern=pattern),
    )


@family("hy_v3", defaults=HUNYUAN3, names=NUMBERED)
def hy_v3(fields: Fields) -> Shape:
    """Only the first layer is dense; `mlp_bias` is for dense blocks and shared experts."""
    bias = fields.flag("mlp_bias")
    mixture = read_mixture(fields, shared="num_shared_experts", bias=bias)
    where = sparse_from(fields, fields.layers(), fields.number("first_k_dense_replace", 1))
    style = Style(bias=letters(fields), qk_norm="head", mlp_bias=bias)
    return sparse(fields, mixture, where, style)


@family("exaone_moe", defaults=EXAONE, names=NUMBERED)
def exaone_moe(fields: Fields) -> Shape:
    layers = fields.layers()
    pattern = fields.raw("sliding_window_pattern")
    if isinstance(pattern, str):
        # LG's own files spell a period out: L slides (local), G sees everything.
        kinds = [
            "full" if pattern[number % len(pattern)] == "G" else "sliding"
            for number in range(layers)
        ]
    else:
        kinds = every(layers, fields.size("sliding_window_pattern"))
    return sparse(
        fields,
        read_mixture(fields, shared="num_shared_experts"),
        sparse_from(fields, layers),
        Style(qk_norm="head"),
        window_of=windows(fields, layers, pattern=kinds),
    )


@family("afmoe", defaults=AFMOE, names=NUMBERED)
def afmoe(fields: Fields) -> Shape:
    """Arcee's models: a gate on the attention's output; the balancing bias is a parameter."""
    heads, layers = read_heads(fields), fields.layers()
    mixture = read_mixture(fields, shared="num_shared_experts", names=AFMOE_NAMES)
    gate = linear("self_attn.gate_proj", heads.width, heads.q, "attention", gguf="attn_gate")
    pattern = every(layers, fields.size("global_attn_every_n_layers"))
    return sparse(
        fields,
        mixture,
        sparse_from(fields, layers, fields.number("num_dense_layers")),
        Style(bias=letters(fields), qk_norm="head", norms=AFMOE_NORMS),
        window_of=windows(fields, layers, pattern=pattern),
        heads=heads,
        own=gate,
    )
