"""T5, mT5 and UMT5: an encoder and a decoder around one shared table.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026. Input and
output always share the table there, whatever `tie_word_embeddings` says.
"""

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    embedding,
    feed_forward,
    norm,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape, Tensor

T5 = {
    "vocab_size": 32128,
    "hidden_size": 512,
    "head_dim": 64,
    "intermediate_size": 2048,
    "num_hidden_layers": 6,
    "num_attention_heads": 8,
    "relative_attention_num_buckets": 32,
    "feed_forward_proj": "relu",
}
MT5 = T5 | {
    "vocab_size": 250112,
    "intermediate_size": 1024,
    "num_hidden_layers": 8,
    "num_attention_heads": 6,
    "feed_forward_proj": "gated-gelu",
}
NAMES = {
    "hidden_size": ("d_model",),
    "head_dim": ("d_kv",),
    "intermediate_size": ("d_ff",),
    "num_hidden_layers": ("num_layers",),
    "num_attention_heads": ("num_heads",),
}
UNKNOWN = (
    "An encoder with a decoder: the decoder’s cache depends on two lengths and is not counted."
)

OWN_HEAD = (
    "The file says that the head is no copy of the embedding (tie_word_embeddings): transformers 5 "
    "ties them all the same, and so does this count; a checkpoint may store the head once more."
)


def t5(fields: Fields) -> Shape:
    heads = Heads(
        fields.size("hidden_size"),
        fields.size("num_attention_heads"),
        fields.size("num_attention_heads"),
        fields.size("head_dim"),
    )
    rows, encoders = fields.size("vocab_size"), fields.layers()
    decoders = fields.optional("num_decoder_layers", most=1000) or encoders
    if not fields.flag("tie_word_embeddings", default=True):
        fields.notes.append(OWN_HEAD)
    layers = (*stack(fields, heads, encoders), *stack(fields, heads, decoders, crosses=True))
    return Shape(
        model_type=fields.model_type,
        layers=layers,
        outer=(
            *embedding(rows, heads.width, "shared"),
            *norm("encoder.final_layer_norm", heads.width, gguf="enc_output_norm"),
            *norm("decoder.final_layer_norm", heads.width, gguf="dec_output_norm"),
        ),
        hidden_size=heads.width,
        vocab_size=rows,
        heads=heads.count,
        kv_heads=heads.count,
        head_dim=heads.size,
        tied=True,
        context=fields.number("n_positions"),
        cache_unknown=UNKNOWN,
    )


def stack(fields: Fields, heads: Heads, count: int, *, crosses: bool = False) -> tuple[Layer, ...]:
    """The layers of one stack: only the first holds the table of relative positions.

    In UMT5 every layer does.
    """
    side = "dec" if crosses else "enc"
    rest = layer_tensors(fields, heads, side, crosses=crosses)
    buckets = fields.size("relative_attention_num_buckets")
    table = Tensor(
        "SelfAttention.relative_attention_bias",
        buckets,
        heads.count,
        "attention",
        "table",
        gguf=f"{side}_attn_rel_b",
    )
    kind = "decoder" if crosses else "encoder"
    first, other = (
        Layer(
            tensors=tensors, kind=kind, heads=heads.count, kv_heads=heads.count, head_dim=heads.size
        )
        for tensors in ((*rest, table), rest)
    )
    return (first, *[first if fields.model_type == "umt5" else other] * (count - 1))


def layer_tensors(fields: Fields, heads: Heads, side: str, *, crosses: bool) -> Tensors:
    standard = fields.text("feed_forward_proj").startswith("gated")
    gated = fields.flag("is_gated_act", default=standard)
    names = ("wi_0", "wi_1", "wo") if gated else ("wi", "wo")
    inner = fields.size("intermediate_size")
    blocks = ("SelfAttention", "EncDecAttention") if crosses else ("SelfAttention",)
    attentions = [
        (
            *attention(heads, prefix=f"{block}.", names=("q", "k", "v", "o")),
            *norm(f"{block}.layer_norm", heads.width, gguf=f"{side}_attn_norm"),
        )
        for block in blocks
    ]
    return (
        *(tensor for block in attentions for tensor in block),
        *feed_forward(heads.width, inner, prefix="DenseReluDense.", names=names),
        *norm("DenseReluDense.layer_norm", heads.width, gguf=f"{side}_ffn_norm"),
    )


family("t5", defaults=T5, names=NAMES)(t5)
family("mt5", "umt5", defaults=MT5, names=NAMES)(t5)
