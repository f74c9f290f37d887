"""Encoders that differ from BERT in a norm, a table, or in sharing one layer's weights.

Counted is the model without a task's head, as `AutoModel` builds it. Defaults: the configuration
classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.families.encoders import BERT, NAMES, bert_layer, encoder, tables
from calculator.core.architecture.families.gpt import plain_heads
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, embedding, linear, norm
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Layer, Shape, Tensor

XL = {
    "vocab_size": 250880,
    "hidden_size": 2560,
    "intermediate_size": 10240,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
}
MEGATRON = {
    "vocab_size": 29056,
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
}
DEBERTA = BERT | {
    "vocab_size": 128100,
    "hidden_size": 1536,
    "intermediate_size": 6144,
    "num_hidden_layers": 24,
    "num_attention_heads": 24,
    "type_vocab_size": 0,
    "position_biased_input": True,
}
SHARED = "All layers of a group share one set of weights, which is counted once."


def pooler(width: int) -> Tensors:
    return linear("pooler.dense", width, width, "other", bias=True)


@family("ernie", defaults=BERT | {"task_type_vocab_size": 3})
def ernie(fields: Fields) -> Shape:
    """BERT, with a further table where `use_task_id` says so."""
    heads = plain_heads(fields)
    tasks: Tensors = ()
    if fields.flag("use_task_id"):
        rows, name = fields.size("task_type_vocab_size"), "embeddings.task_type_embeddings"
        tasks = embedding(rows, heads.width, name, gguf="")
    around = (*tables(fields, heads.width, NAMES), *tasks, *pooler(heads.width))
    return encoder(fields, heads, bert_layer(fields, heads), around)


@family("megatron-bert", defaults=BERT | MEGATRON)
@family("xlm-roberta-xl", defaults=XL)
def last_normed(fields: Fields) -> Shape:
    """The norm behind the tables stands behind the last layer instead."""
    heads = plain_heads(fields)
    around = (
        *tables(fields, heads.width, NAMES)[:-2],
        *norm("encoder.LayerNorm", heads.width, bias=True, gguf="output_norm"),
        *pooler(heads.width),
    )
    return encoder(fields, heads, bert_layer(fields, heads), around)


@family("roberta-prelayernorm", defaults=BERT | {"vocab_size": 50265})
def twice_normed(fields: Fields) -> Shape:
    """One norm behind the tables and one behind the last layer."""
    heads = plain_heads(fields)
    last = norm("LayerNorm", heads.width, bias=True, gguf="output_norm")
    around = (*tables(fields, heads.width, NAMES), *last, *pooler(heads.width))
    return encoder(fields, heads, bert_layer(fields, heads), around)


@family(
    "mpnet",
    defaults=BERT
    | {"vocab_size": 30527, "type_vocab_size": 0, "relative_attention_num_buckets": 32},
)
def mpnet(fields: Fields) -> Shape:
    """All layers read one table of relative positions."""
    heads = plain_heads(fields)
    buckets = fields.size("relative_attention_num_buckets")
    name = "encoder.relative_attention_bias"
    table = Tensor(name, buckets, heads.count, "attention", "table")
    around = (*tables(fields, heads.width, NAMES), table, *pooler(heads.width))
    return encoder(fields, heads, bert_layer(fields, heads), around)


@family(
    "albert",
    defaults=BERT
    | {
        "vocab_size": 30000,
        "hidden_size": 4096,
        "intermediate_size": 16384,
        "num_attention_heads": 64,
        "embedding_size": 128,
        "num_hidden_groups": 1,
        "inner_group_num": 1,
    },
)
def albert(fields: Fields) -> Shape:
    """Layers of a group share their weights; the tables are narrower than the layers."""
    heads, narrow = plain_heads(fields), fields.size("embedding_size")
    around = (
        *tables(fields, narrow, NAMES),
        *linear("encoder.embedding_hidden_mapping_in", narrow, heads.width, "other", bias=True),
        *pooler(heads.width),
    )
    shape = encoder(fields, heads, bert_layer(fields, heads), around)
    own = fields.size("num_hidden_groups") * fields.size("inner_group_num")
    count = fields.layers() * fields.size("inner_group_num")
    again: Layer = replace(shape.layers[0], tensors=())
    layers = (*shape.layers[:1] * own, *(again,) * (count - own))
    return replace(shape, layers=layers, notes=(SHARED,))


@family("deberta-v2", defaults=DEBERTA)
def deberta(fields: Fields) -> Shape:
    """Positions may be a table of distances that all layers read; there is no pooler."""
    heads = plain_heads(fields)
    width, narrow = heads.width, fields.optional("embedding_size") or heads.width
    found = tables(fields, narrow, NAMES)[:-2]
    if not fields.flag("position_biased_input"):
        found = tuple(tensor for tensor in found if tensor.gguf != "position_embd")
    around = (
        *found,
        *(linear("embeddings.embed_proj", narrow, width, "other") if narrow != width else ()),
        *norm("embeddings.LayerNorm", width, bias=True, gguf="token_embd_norm"),
        *distances(fields, width),
        *convolved(fields, width),
    )
    tensors = (*bert_layer(fields, heads), *distance_projections(fields, width))
    return encoder(fields, heads, tensors, around)


def distances(fields: Fields, width: int) -> Tensors:
    if not fields.flag("relative_attention"):
        return ()
    longest = fields.raw("max_relative_positions")
    reach = longest if isinstance(longest, int) and longest > 0 else fields.context()
    buckets = fields.raw("position_buckets")
    rows = buckets if isinstance(buckets, int) and buckets > 0 else reach
    normed = "layer_norm" in fields.text("norm_rel_ebd").lower()
    return (
        *embedding(2 * rows, width, "encoder.rel_embeddings", gguf=""),
        *(norm("encoder.LayerNorm", width, bias=True) if normed else ()),
    )


def distance_projections(fields: Fields, width: int) -> Tensors:
    """Each layer's own projections of the distances, unless it uses those of keys and queries."""
    if not fields.flag("relative_attention") or fields.flag("share_att_key"):
        return ()
    kinds = fields.raw("pos_att_type") or ""
    if not isinstance(kinds, (str, list)):
        raise fields.refuse("pos_att_type", "must be a list such as “c2p” and “p2c”")
    names = {"c2p": "pos_key_proj", "p2c": "pos_query_proj"}
    return tuple(
        tensor
        for kind, name in names.items()
        if kind in kinds
        for tensor in linear(f"attention.self.{name}", width, width, "attention", bias=True)
    )


def convolved(fields: Fields, width: int) -> Tensors:
    kernel = fields.number("conv_kernel_size")
    if not kernel:
        return ()
    groups = fields.number("conv_groups", 1)
    inputs = fields.divide("hidden_size", width, "conv_groups", groups)
    return (
        Tensor("encoder.conv.conv", width, inputs * kernel, "other", "conv"),
        Tensor("encoder.conv.conv.bias", 1, width, "other", "vector"),
        *norm("encoder.conv.LayerNorm", width, bias=True),
    )
