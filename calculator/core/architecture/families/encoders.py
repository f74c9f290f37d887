"""BERT and its relatives: encoders that read a whole text at once and keep no cache.

Counted is the model without a task's head, as `AutoModel` builds it. Defaults: the configuration
classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.families.gpt import crossing, plain_heads
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    embedding,
    feed_forward,
    linear,
    norm,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape

BERT = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}
BERT_PROJECTIONS = (
    "self.query",
    "self.key",
    "self.value",
    "output.dense",
)
BERT_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


def encoder(fields: Fields, heads: Heads, tensors: Tensors, around: Tensors) -> Shape:
    """The shape of an encoder of equal layers."""
    layer = Layer(
        tensors=tensors,
        kind="encoder",
        heads=heads.count,
        kv_heads=heads.groups,
        head_dim=heads.size,
    )
    return Shape(
        model_type=fields.model_type,
        layers=(layer,) * fields.layers(),
        outer=around,
        hidden_size=heads.width,
        vocab_size=fields.size("vocab_size"),
        heads=heads.count,
        kv_heads=heads.groups,
        head_dim=heads.size,
        context=fields.context(),
        generates=False,
    )


def tables(fields: Fields, width: int, names: tuple[str, str, str]) -> Tensors:
    """Word, position and token-type tables with the norm behind them."""
    words, positions, types = names
    rows = fields.size("vocab_size")
    kinds = fields.number("type_vocab_size")
    places = fields.size("max_position_embeddings")
    return (
        *embedding(rows, width, words),
        *embedding(places, width, positions, gguf="position_embd"),
        *(embedding(kinds, width, types, gguf="token_types") if kinds else ()),
        *norm("embeddings.LayerNorm", width, bias=True, gguf="token_embd_norm"),
    )


NAMES = (
    "embeddings.word_embeddings",
    "embeddings.position_embeddings",
    "embeddings.token_type_embeddings",
)


def bert_layer(fields: Fields, heads: Heads) -> Tensors:
    names, inner = BERT_PROJECTIONS, fields.size("intermediate_size")
    first, second = BERT_NORMS
    return (
        *attention(heads, bias="qkvo", prefix="attention.", names=names),
        *norm(first, heads.width, bias=True, gguf="attn_output_norm"),
        *crossing(fields, heads, names=names, normed="crossattention.output.LayerNorm"),
        *feed_forward(
            heads.width,
            inner,
            bias=True,
            prefix="",
            names=("intermediate.dense", "output.dense"),
        ),
        *norm(second, heads.width, bias=True, gguf="layer_output_norm"),
    )


def bert(fields: Fields) -> Shape:
    """The pooler on top is counted as “other”."""
    heads = plain_heads(fields)
    pooler = linear("pooler.dense", heads.width, heads.width, "other", bias=True)
    around = (*tables(fields, heads.width, NAMES), *pooler)
    return encoder(fields, heads, bert_layer(fields, heads), around)


family("bert", defaults=BERT)(bert)
family("roberta", defaults=BERT | {"vocab_size": 50265})(bert)
family("xlm-roberta", "camembert", defaults=BERT)(bert)


@family(
    "distilbert",
    defaults=BERT | {"num_hidden_layers": 6, "type_vocab_size": 0},
    names={
        "hidden_size": ("dim",),
        "intermediate_size": ("hidden_dim",),
        "num_hidden_layers": ("n_layers",),
        "num_attention_heads": ("n_heads",),
    },
)
def distilbert(fields: Fields) -> Shape:
    heads = plain_heads(fields)
    inner = fields.size("intermediate_size")
    names = ("q_lin", "k_lin", "v_lin", "out_lin")
    tensors = (
        *attention(heads, bias="qkvo", prefix="attention.", names=names),
        *norm("sa_layer_norm", heads.width, bias=True, gguf="attn_output_norm"),
        *feed_forward(heads.width, inner, bias=True, prefix="ffn.", names=("lin1", "lin2")),
        *norm("output_layer_norm", heads.width, bias=True, gguf="layer_output_norm"),
    )
    return encoder(fields, heads, tensors, tables(fields, heads.width, NAMES))


@family(
    "electra",
    defaults=BERT
    | {
        "hidden_size": 256,
        "intermediate_size": 1024,
        "num_attention_heads": 4,
        "embedding_size": 128,
    },
)
def electra(fields: Fields) -> Shape:
    """Tables narrower than the layers are projected to their width."""
    heads = plain_heads(fields)
    narrow = fields.size("embedding_size")
    project: Tensors = ()
    if narrow != heads.width:
        project = linear("embeddings_project", narrow, heads.width, "other", bias=True)
    around = (*tables(fields, narrow, NAMES), *project)
    return encoder(fields, heads, bert_layer(fields, heads), around)
