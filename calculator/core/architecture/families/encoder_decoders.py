"""BART, mBART, Pegasus, NLLB and Whisper: an encoder and a decoder with biases everywhere.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026. Counted is the
model with its head, which is the shared table.
"""

from calculator.core.architecture.families.t5 import UNKNOWN
from calculator.core.architecture.fields import MOST_LAYERS, Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    embedding,
    feed_forward,
    head,
    norm,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape, Tensor

BART = {
    "vocab_size": 50265,
    "max_position_embeddings": 1024,
    "encoder_layers": 12,
    "encoder_ffn_dim": 4096,
    "encoder_attention_heads": 16,
    "decoder_layers": 12,
    "decoder_ffn_dim": 4096,
    "decoder_attention_heads": 16,
    "hidden_size": 1024,
    "tie_word_embeddings": True,
}
PLBART = BART | {
    "vocab_size": 50005,
    "encoder_layers": 6,
    "encoder_ffn_dim": 3072,
    "encoder_attention_heads": 12,
    "decoder_layers": 6,
    "decoder_ffn_dim": 3072,
    "decoder_attention_heads": 12,
    "hidden_size": 768,
}
WHISPER = {
    "vocab_size": 51865,
    "num_mel_bins": 80,
    "encoder_layers": 4,
    "encoder_ffn_dim": 1536,
    "encoder_attention_heads": 6,
    "decoder_layers": 4,
    "decoder_ffn_dim": 1536,
    "decoder_attention_heads": 6,
    "hidden_size": 384,
    "max_source_positions": 1500,
    "max_position_embeddings": 448,
    "tie_word_embeddings": True,
}
# BART and mBART number positions from 2 on and keep two rows more than positions.
OFFSET = 2
KERNEL = 3
NAMES = {"hidden_size": ("d_model",)}
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")


def side(fields: Fields, name: str, letters: str = "qkvo") -> tuple[Layer, ...]:
    """The layers of one side; those of the decoder also attend to the encoder's output."""
    width, count = fields.size("hidden_size"), fields.size(f"{name}_attention_heads")
    size = fields.divide("hidden_size", width, f"{name}_attention_heads", count)
    heads = Heads(width, count, count, size)
    blocks = ("self_attn", "encoder_attn") if name == "decoder" else ("self_attn",)
    inner = fields.size(f"{name}_ffn_dim")
    tensors: list[Tensor] = []
    for block in blocks:
        tensors += attention(heads, bias=letters, prefix=f"{block}.", names=PROJECTIONS)
        tensors += norm(f"{block}_layer_norm", width, bias=True)
    tensors += feed_forward(width, inner, bias=True, prefix="", names=("fc1", "fc2"))
    tensors += norm("final_layer_norm", width, bias=True)
    layer = Layer(tensors=tuple(tensors), kind=name, heads=count, kv_heads=count, head_dim=size)
    return (layer,) * fields.size(f"{name}_layers", most=MOST_LAYERS)


def both(fields: Fields, around: Tensors, letters: str = "qkvo", *, reads: bool = True) -> Shape:
    """The shape of an encoder with a decoder, and of the tables and norms around them.

    Where nothing is tied, each side that `reads` words has a table of its own beside the shared.
    """
    width, rows = fields.size("hidden_size"), fields.size("vocab_size")
    tied = fields.flag("tie_word_embeddings")
    table = embedding(rows, width, "shared")
    own = () if tied else (*(table * 2 if reads else ()), *head(rows, width))
    layers = (*side(fields, "encoder", letters), *side(fields, "decoder", letters))
    last = layers[-1]
    return Shape(
        model_type=fields.model_type,
        layers=layers,
        outer=(*table, *around, *own),
        hidden_size=width,
        vocab_size=rows,
        heads=last.heads,
        kv_heads=last.heads,
        head_dim=last.head_dim,
        tied=tied,
        context=fields.context(),
        cache_unknown=UNKNOWN,
    )


def twice(name: str, width: int) -> Tensors:
    """The same norm on both sides."""
    first = norm(f"encoder.{name}", width, bias=True)
    return (*first, *norm(f"decoder.{name}", width, bias=True))


def positions(fields: Fields, offset: int = 0) -> Tensors:
    rows, width = fields.size("max_position_embeddings") + offset, fields.size("hidden_size")
    return tuple(
        tensor
        for name in ("encoder", "decoder")
        for tensor in embedding(rows, width, f"{name}.embed_positions", gguf="position_embd")
    )


@family("bart", defaults=BART, names=NAMES)
@family("plbart", defaults=PLBART, names=NAMES)
def bart(fields: Fields) -> Shape:
    width = fields.size("hidden_size")
    return both(fields, (*positions(fields, OFFSET), *twice("layernorm_embedding", width)))


@family("mbart", defaults=BART, names=NAMES)
def mbart(fields: Fields) -> Shape:
    """BART with a norm behind the last layer of each side."""
    width = fields.size("hidden_size")
    norms = (*twice("layernorm_embedding", width), *twice("layer_norm", width))
    return both(fields, (*positions(fields, OFFSET), *norms))


@family("pegasus", defaults=BART, names=NAMES)
def pegasus(fields: Fields) -> Shape:
    """Its positions are computed, yet kept as tables."""
    width = fields.size("hidden_size")
    return both(fields, (*positions(fields), *twice("layer_norm", width)))


@family("m2m_100", defaults=BART | {"vocab_size": 128112}, names=NAMES)
def m2m(fields: Fields) -> Shape:
    """NLLB's type: positions are computed and no parameters."""
    return both(fields, twice("layer_norm", fields.size("hidden_size")))


@family(
    "whisper",
    defaults=WHISPER,
    names=NAMES | {"max_position_embeddings": ("max_target_positions",)},
)
def whisper(fields: Fields) -> Shape:
    """Two convolutions read the sound; keys have no bias."""
    width, bins = fields.size("hidden_size"), fields.size("num_mel_bins")
    heard = fields.size("max_source_positions")
    said = fields.size("max_position_embeddings")
    around = (
        *convolution("encoder.conv1", bins, width),
        *convolution("encoder.conv2", width, width),
        *embedding(heard, width, "encoder.embed_positions", gguf="position_embd"),
        *embedding(said, width, "decoder.embed_positions", gguf="position_embd"),
        *twice("layer_norm", width),
    )
    return both(fields, around, "qvo", reads=False)


def convolution(name: str, inputs: int, outputs: int) -> Tensors:
    weight = Tensor(name, outputs, inputs * KERNEL, "other", "conv")
    return (weight, Tensor(f"{name}.bias", 1, outputs, "other", "vector"))
