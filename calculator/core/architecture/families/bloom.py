"""BLOOM, MPT, OPT, XGLM and BioGPT: the open models of 2022 and 2023 that follow GPT-3.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.families.gpt import crossing, learned_positions, plain_heads
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, linear, norm
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

# OPT and XGLM number positions from 2 on and keep two rows more than positions.
OFFSET = 2


@family(
    "bloom",
    defaults={
        "vocab_size": 250880,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "tie_word_embeddings": True,
    },
    names={
        "hidden_size": ("n_embed",),
        "num_hidden_layers": ("n_layer",),
        "num_attention_heads": ("n_head",),
        "max_position_embeddings": ("seq_length",),
    },
)
def bloom(fields: Fields) -> Shape:
    """Its word embeddings are normalised; positions are a bias in the attention, no table."""
    width = fields.size("hidden_size")
    table_norm = norm("word_embeddings_layernorm", width, bias=True, gguf="token_embd_norm")
    style = Style(
        bias="qo",
        attention="self_attention.",
        fused_qkv=("query_key_value", "dense"),
        affine=True,
        names=("dense_h_to_4h", "dense_4h_to_h"),
        mlp_bias=True,
        final="ln_f",
        around=Around(table="word_embeddings", more=table_norm),
    )
    return dense(fields, style, heads=plain_heads(fields), inner=4 * width)


@family(
    "mpt",
    defaults={
        "vocab_size": 50368,
        "hidden_size": 2048,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": True,
    },
    names={
        "hidden_size": ("d_model",),
        "num_hidden_layers": ("n_layers",),
        "num_attention_heads": ("n_heads",),
        "max_position_embeddings": ("max_seq_len",),
    },
)
def mpt(fields: Fields) -> Shape:
    style = Style(
        attention="attn.",
        fused_qkv=("Wqkv", "out_proj"),
        norms=(("norm_1", "attn_norm"), ("norm_2", "ffn_norm")),
        mlp="ffn.",
        names=("up_proj", "down_proj"),
        final="norm_f",
        around=Around(table="wte"),
    )
    inner = 4 * fields.size("hidden_size")
    return dense(fields, style, heads=grouped_heads(fields), inner=inner)


def grouped_heads(fields: Fields) -> Heads:
    """Fewer key and value heads where `attn_config` asks for them, as Replit Code v1.5 does.

    The class of transformers has none; source: MosaicML's own code (llm-foundry, attention.py).
    """
    heads, own = plain_heads(fields), fields.below("attn_config")
    kind = own.text("attn_type")
    if kind == "multiquery_attention":
        return replace(heads, groups=1)
    if kind != "grouped_query_attention":
        return heads
    groups = own.size("kv_n_heads")
    fields.divide("num_attention_heads", heads.count, "kv_n_heads", groups)
    return replace(heads, groups=groups)


@family(
    "opt",
    defaults={
        "vocab_size": 50272,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "max_position_embeddings": 2048,
        "do_layer_norm_before": True,
        "enable_bias": True,
        "layer_norm_elementwise_affine": True,
        "tie_word_embeddings": True,
    },
    names={"intermediate_size": ("ffn_dim",)},
)
def opt(fields: Fields) -> Shape:
    """The 350M model has a narrower embedding, with a projection on either side of the layers."""
    learned = fields.flag("layer_norm_elementwise_affine")
    biased = fields.flag("enable_bias")
    last = fields.flag("do_layer_norm_before") and not fields.flag("_remove_final_layer_norm")
    names = (("self_attn_layer_norm", "attn_norm"), ("final_layer_norm", "ffn_norm"))
    positions = learned_positions(fields, offset=OFFSET, name="embed_positions")
    style = Style(
        bias="qkvo" if biased else "",
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        norms=names if learned else (),
        affine=True,
        mlp="",
        names=("fc1", "fc2"),
        mlp_bias=biased,
        final="final_layer_norm" if last and learned else "",
        around=replace(positions, table="embed_tokens"),
    )
    shape = dense(fields, style, heads=plain_heads(fields))
    narrow = fields.optional("word_embed_proj_dim")
    return shape if narrow in (None, shape.hidden_size) else narrowed(shape, narrow)


def narrowed(shape: Shape, width: int) -> Shape:
    """The same model with tables (and a head) of `width`, and projections to the hidden size."""
    tables: Tensors = tuple(
        replace(tensor, columns=width) if tensor.gguf in {"token_embd", "output"} else tensor
        for tensor in shape.outer
    )
    project_in = linear("project_in", width, shape.hidden_size, "other")
    project_out = linear("project_out", shape.hidden_size, width, "other")
    return replace(shape, outer=(*tables, *project_in, *project_out))


@family(
    "xglm",
    defaults={
        "vocab_size": 256008,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": True,
    },
    names={
        "hidden_size": ("d_model",),
        "intermediate_size": ("ffn_dim",),
        "num_hidden_layers": ("num_layers",),
        "num_attention_heads": ("attention_heads",),
    },
)
def xglm(fields: Fields) -> Shape:
    """Its positions are computed, not learned."""
    style = Style(
        bias="qkvo",
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        norms=(("self_attn_layer_norm", "attn_norm"), ("final_layer_norm", "ffn_norm")),
        affine=True,
        mlp="",
        names=("fc1", "fc2"),
        mlp_bias=True,
        final="layer_norm",
    )
    heads = plain_heads(fields)
    names, normed = style.projections, "encoder_attn_layer_norm"
    more = crossing(fields, heads, prefix="encoder_attn.", names=names, normed=normed)
    return dense(fields, style, heads=heads, more=lambda *_: more)


@family(
    "biogpt",
    defaults={
        "vocab_size": 42384,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "max_position_embeddings": 1024,
        "tie_word_embeddings": True,
    },
)
def biogpt(fields: Fields) -> Shape:
    positions = learned_positions(fields, offset=OFFSET, name="embed_positions")
    style = Style(
        bias="qkvo",
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        norms=(("self_attn_layer_norm", "attn_norm"), ("final_layer_norm", "ffn_norm")),
        affine=True,
        mlp="",
        names=("fc1", "fc2"),
        mlp_bias=True,
        final="layer_norm",
        around=replace(positions, table="embed_tokens"),
    )
    return dense(fields, style, heads=plain_heads(fields))
