"""ModernBERT: an encoder with rotary positions, gated blocks, and windows that need no cache.

Counted is the model without a task's head, as `AutoModel` builds it. Defaults: the configuration
class of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.families.gpt import plain_heads
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    embedding,
    fused_attention,
    linear,
    norm,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape


@family(
    "modernbert",
    defaults={
        "vocab_size": 50368,
        "hidden_size": 768,
        "intermediate_size": 1152,
        "num_hidden_layers": 22,
        "num_attention_heads": 12,
        "max_position_embeddings": 8192,
    },
)
def modernbert(fields: Fields) -> Shape:
    """The first layer has no norm before its attention: that of the embedding stands there."""
    heads, inner = plain_heads(fields), fields.size("intermediate_size")
    width, affine, blocks = heads.width, fields.flag("norm_bias"), fields.flag("mlp_bias")
    bias = "qo" if fields.flag("attention_bias") else ""
    tensors = (
        *fused_attention(heads, bias=bias, prefix="attn.", names=("Wqkv", "Wo")),
        *norm("mlp_norm", width, bias=affine, gguf="ffn_norm"),
        *linear("mlp.Wi", width, 2 * inner, "mlp", bias=blocks, gguf="ffn_up"),
        *linear("mlp.Wo", inner, width, "mlp", bias=blocks, gguf="ffn_down"),
    )
    before = norm("attn_norm", width, bias=affine, gguf="attn_norm")
    first, other = (
        Layer(
            tensors=own,
            kind="encoder",
            heads=heads.count,
            kv_heads=heads.groups,
            head_dim=heads.size,
        )
        for own in (tensors, (*before, *tensors))
    )
    rows = fields.size("vocab_size")
    return Shape(
        model_type=fields.model_type,
        layers=(first, *[other] * (fields.layers() - 1)),
        outer=(
            *embedding(rows, width, "embeddings.tok_embeddings"),
            *norm("embeddings.norm", width, bias=affine, gguf="token_embd_norm"),
            *norm("final_norm", width, bias=affine, gguf="output_norm"),
        ),
        hidden_size=width,
        vocab_size=rows,
        heads=heads.count,
        kv_heads=heads.groups,
        head_dim=heads.size,
        context=fields.context(),
        generates=False,
    )
