"""DeepSeek-MoE, V2, V3, V3.2 and the models put together like them: Kimi-K2, GLM-5 and others.

Latent attention from V2 on, dense blocks in the first layers, experts behind them. Layers for
predicting several tokens (MTP) are beside the model and not counted.
Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Sequence
from dataclasses import replace

from calculator.core.architecture.dense import Style
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts_experts import (
    USUAL_NAMES,
    Mixture,
    Naming,
    read_mixture,
    sparse_from,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.sparse import latent_sparse, sparse
from calculator.core.architecture.vocabulary import Shape

V1 = {
    "vocab_size": 102400,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 30,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "first_k_dense_replace": 0,
    "moe_intermediate_size": 1407,
}
V2 = {
    "vocab_size": 102400,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "first_k_dense_replace": 0,
    "kv_lora_rank": 512,
    "q_lora_rank": 1536,
    "n_routed_experts": 64,
    "n_shared_experts": 2,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "moe_intermediate_size": 1407,
}
V3 = V2 | {
    "vocab_size": 129280,
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "n_shared_experts": 1,
    "n_routed_experts": 256,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 3,
    "max_position_embeddings": 4096,
}
V32 = V3 | {"max_position_embeddings": 163840, "index_head_dim": 128, "index_n_heads": 64}
GLM_DSA = V32 | {
    "vocab_size": 154880,
    "hidden_size": 6144,
    "intermediate_size": 12288,
    "num_hidden_layers": 78,
    "num_attention_heads": 64,
    "q_lora_rank": 2048,
    "v_head_dim": 256,
    "qk_nope_head_dim": 192,
    "max_position_embeddings": 202752,
    "index_n_heads": 32,
}
GLM_LITE = V3 | {
    "vocab_size": 154880,
    "hidden_size": 2048,
    "intermediate_size": 10240,
    "moe_intermediate_size": 1536,
    "num_hidden_layers": 47,
    "num_attention_heads": 20,
    "n_routed_experts": 64,
    "q_lora_rank": 768,
    "v_head_dim": 256,
    "qk_nope_head_dim": 192,
    "num_experts_per_tok": 4,
    "first_k_dense_replace": 1,
    "max_position_embeddings": 202752,
}
AXK1 = V3 | {
    "vocab_size": 163840,
    "num_attention_heads": 64,
    "n_routed_experts": 192,
    "first_k_dense_replace": 1,
    "max_position_embeddings": 32768,
}
MISTRAL4 = V3 | {
    "vocab_size": 131072,
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "n_routed_experts": 128,
    "kv_lora_rank": 256,
    "q_lora_rank": 1024,
    "qk_nope_head_dim": 64,
    "num_experts_per_tok": 4,
    "first_k_dense_replace": 0,
    "max_position_embeddings": 1048576,
}
ROUTED = {"n_routed_experts": ("num_local_experts", "num_experts")}


# SK Telecom's A.X K1 has one more norm, behind the experts.
AXK1_NAMES = Naming(norm="post_mlp_layernorm")


def routed(fields: Fields, names: Naming = USUAL_NAMES) -> Mixture:
    return read_mixture(fields, count="n_routed_experts", shared="n_shared_experts", names=names)


# DeepSeek's own code (deepseek-moe-16b-base), read on 22 November 2026.
@family("deepseek", defaults=V1, names=ROUTED)
def deepseek(fields: Fields) -> Shape:
    """DeepSeekMoE, before latent attention: Llama's attention and fine experts."""
    layers = fields.layers()
    style = Style(bias="qkvo" if fields.flag("attention_bias") else "")
    return sparse(fields, routed(fields), sparse_from(fields, layers), style)


@family("deepseek_v2", defaults=V2, names=ROUTED)
def deepseek_v2(fields: Fields) -> Shape:
    """`mlp_bias` adds biases to the dense blocks and the shared experts."""
    bias = fields.flag("mlp_bias")
    mixture = replace(routed(fields), shared_bias=bias)
    where = sparse_from(fields, fields.layers())
    return latent_sparse(fields, mixture, where, style=Style(mlp_bias=bias))


def deepseek_v3(fields: Fields) -> Shape:
    return latent_sparse(fields, routed(fields), sparse_from(fields, fields.layers()))


family("deepseek_v3", "kimi_k2", defaults=V3, names=ROUTED)(deepseek_v3)
family("glm4_moe_lite", defaults=GLM_LITE, names=ROUTED)(deepseek_v3)
family("mistral4", defaults=MISTRAL4, names=ROUTED)(deepseek_v3)


@family("axk1", defaults=AXK1, names=ROUTED)
def axk1(fields: Fields) -> Shape:
    return latent_sparse(fields, routed(fields, AXK1_NAMES), sparse_from(fields, fields.layers()))


@family("deepseek_v32", defaults=V32, names=ROUTED)
def deepseek_v32(fields: Fields) -> Shape:
    return picking(fields, [True] * fields.layers())


@family("glm_moe_dsa", defaults=GLM_DSA, names=ROUTED)
def glm_moe_dsa(fields: Fields) -> Shape:
    """GLM-5: some layers may use the choice of an earlier layer's indexer."""
    return picking(fields, _indexed(fields, fields.layers()))


def picking(fields: Fields, indexed: Sequence[bool]) -> Shape:
    # The indexer reads the compressed queries: without a rank there is nothing to read.
    fields.size("q_lora_rank")
    where = sparse_from(fields, len(indexed))
    return latent_sparse(fields, routed(fields), where, indexed=indexed)


def _indexed(fields: Fields, layers: int) -> Sequence[bool]:
    """Which layers have an indexer: by list or pattern, else every `index_topk_freq`-th."""
    listed = fields.items("indexer_types")
    if listed is None and fields.has("index_topk_pattern"):
        pattern = fields.raw("index_topk_pattern")
        listed = [{"F": "full", "S": "shared"}.get(str(mark), mark) for mark in pattern]
    if listed is None:
        period = max(fields.number("index_topk_freq", 1), 1)
        offset = fields.number("index_skip_topk_offset", 2)
        return [max(number - offset + 1, 0) % period == 0 for number in range(layers)]
    if len(listed) != layers or not set(map(str, listed)) <= {"full", "shared"}:
        sentence = "must say “full” or “shared” of each layer"
        raise fields.refuse("indexer_types", sentence)
    return [kind == "full" for kind in listed]
