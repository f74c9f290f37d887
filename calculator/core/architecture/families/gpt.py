"""GPT, GPT-2 and their relatives: layer norms with offsets, biases, a plain feed-forward block.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from dataclasses import replace

from calculator.core.architecture.decoder import Around, windows
from calculator.core.architecture.dense import Style, dense
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    attention,
    embedding,
    linear,
    norm,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

NAMES = {
    "hidden_size": ("n_embd",),
    "num_hidden_layers": ("n_layer",),
    "num_attention_heads": ("n_head",),
    "intermediate_size": ("n_inner",),
    "max_position_embeddings": ("n_positions",),
}
GPT2 = {
    "vocab_size": 50257,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "max_position_embeddings": 1024,
    "tie_word_embeddings": True,
}
GPTJ = GPT2 | {
    "vocab_size": 50400,
    "hidden_size": 4096,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}
CROSSING = (
    "Each layer also reads an encoder’s output (add_cross_attention): what it keeps of that "
    "depends on the encoder and is not in the cache counted here."
)
TWO_NORMS = (("ln_1", "attn_norm"), ("ln_2", "ffn_norm"))
GPT2_STYLE = Style(
    bias="qo",
    attention="attn.",
    fused_qkv=("c_attn", "c_proj"),
    norms=TWO_NORMS,
    affine=True,
    names=("c_fc", "c_proj"),
    mlp_bias=True,
    final="ln_f",
)


def plain_heads(fields: Fields) -> Heads:
    """Every head has keys and values of its own, and all heads together are the hidden size."""
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    size = fields.divide("hidden_size", width, "num_attention_heads", count)
    return Heads(width, count, count, size)


def four_times(fields: Fields) -> int:
    """The inner width: four times the hidden size where the file gives none."""
    return fields.optional("intermediate_size") or 4 * fields.size("hidden_size")


def learned_positions(fields: Fields, *, offset: int = 0, name: str = "wpe") -> Around:
    rows = fields.size("max_position_embeddings") + offset
    table = embedding(rows, fields.size("hidden_size"), name, gguf="position_embd")
    return Around(table="wte", more=table)


def crossing(
    fields: Fields,
    heads: Heads,
    *,
    prefix: str = "crossattention.",
    names: tuple[str, str, str, str] = ("q_proj", "k_proj", "v_proj", "out_proj"),
    normed: str,
) -> Tensors:
    """A second attention in each layer, over an encoder’s output, with `add_cross_attention`."""
    second = attention(heads, bias="qkvo", prefix=prefix, names=names)
    return crossed(fields, heads, second, normed)


def crossed(fields: Fields, heads: Heads, second: Tensors, normed: str) -> Tensors:
    """These tensors and their norm, which llama.cpp does not know, where the file has them."""
    if not fields.flag("add_cross_attention"):
        return ()
    fields.notes.append(CROSSING)
    tensors = (*second, *norm(normed, heads.width, bias=True))
    return tuple(replace(tensor, gguf="") for tensor in tensors)


@family("gpt2", defaults=GPT2, names=NAMES)
def gpt2(fields: Fields) -> Shape:
    """The second attention of GPT-2, where there is one, fuses keys and values."""
    style = replace(GPT2_STYLE, around=learned_positions(fields))
    heads = plain_heads(fields)
    width, prefix = heads.width, "crossattention."
    second = (
        *linear(f"{prefix}c_attn", width, 2 * width, "attention", bias=True),
        *linear(f"{prefix}q_attn", width, width, "attention", bias=True),
        *linear(f"{prefix}c_proj", width, width, "attention", bias=True),
    )
    more = crossed(fields, heads, second, "ln_cross_attn")
    return dense(fields, style, heads=heads, inner=four_times(fields), more=lambda *_: more)


@family(
    "openai-gpt",
    defaults=GPT2 | {"vocab_size": 40478, "max_position_embeddings": 512},
    names=NAMES,
)
def gpt(fields: Fields) -> Shape:
    """The first GPT: its norms stand behind the blocks, and none behind the last layer."""
    around = replace(learned_positions(fields, name="positions_embed"), table="tokens_embed")
    style = replace(GPT2_STYLE, around=around, final="")
    inner = 4 * fields.size("hidden_size")
    return dense(fields, style, heads=plain_heads(fields), inner=inner)


@family("gpt_bigcode", defaults=GPT2 | {"multi_query": True}, names=NAMES)
def gpt_bigcode(fields: Fields) -> Shape:
    """StarCoder: all heads share one key and one value head."""
    heads = plain_heads(fields)
    if fields.flag("multi_query"):
        heads = replace(heads, groups=1)
    style = replace(GPT2_STYLE, around=learned_positions(fields))
    return dense(fields, style, heads=heads, inner=four_times(fields))


@family(
    "gpt_neo",
    defaults=GPT2
    | {
        "hidden_size": 2048,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "max_position_embeddings": 2048,
        "window_size": 256,
    },
    names={
        "num_hidden_layers": ("num_layers",),
        "num_attention_heads": ("num_heads",),
    },
)
def gpt_neo(fields: Fields) -> Shape:
    """Every second layer attends to the last `window_size` tokens, but keeps all of them."""
    check_attention_types(fields)
    style = replace(
        GPT2_STYLE,
        bias="o",
        attention="attn.attention.",
        fused_qkv=None,
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        around=learned_positions(fields),
    )
    return dense(fields, style, heads=plain_heads(fields), inner=four_times(fields))


def check_attention_types(fields: Fields) -> None:
    """`attention_types` holds pairs of a pattern and how often it repeats; they must fill it."""
    pairs = fields.items("attention_types")
    if pairs is None:
        return
    try:
        count = sum(len(pattern) * times for pattern, times in pairs)
    except (TypeError, ValueError) as error:
        raise fields.refuse("attention_types", "must be a list of [pattern, times]") from error
    if count != fields.layers():
        sentence = f"names {count} layers, but num_layers is {fields.layers()}"
        raise fields.refuse("attention_types", sentence)


@family("gptj", defaults=GPTJ, names=NAMES)
def gptj(fields: Fields) -> Shape:
    style = Style(
        attention="attn.",
        projections=("q_proj", "k_proj", "v_proj", "out_proj"),
        norms=(("ln_1", "attn_norm"),),
        affine=True,
        names=("fc_in", "fc_out"),
        mlp_bias=True,
        final="ln_f",
        around=Around(table="wte", head_bias=True),
    )
    return dense(fields, style, heads=plain_heads(fields), inner=four_times(fields))


@family("codegen", defaults=GPTJ, names=NAMES)
def codegen(fields: Fields) -> Shape:
    style = Style(
        attention="attn.",
        fused_qkv=("qkv_proj", "out_proj"),
        norms=(("ln_1", "attn_norm"),),
        affine=True,
        names=("fc_in", "fc_out"),
        mlp_bias=True,
        final="ln_f",
        around=Around(table="wte", head_bias=True),
    )
    return dense(fields, style, heads=plain_heads(fields), inner=four_times(fields))


@family(
    "gpt_neox",
    defaults={
        "vocab_size": 50432,
        "hidden_size": 6144,
        "intermediate_size": 24576,
        "num_hidden_layers": 44,
        "num_attention_heads": 64,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": False,
        "attention_bias": True,
    },
)
def gpt_neox(fields: Fields) -> Shape:
    style = Style(
        bias="qo" if fields.flag("attention_bias") else "",
        attention="attention.",
        fused_qkv=("query_key_value", "dense"),
        affine=True,
        names=("dense_h_to_4h", "dense_4h_to_h"),
        mlp_bias=True,
        final="final_layer_norm",
        around=Around(table="embed_in", head="embed_out"),
    )
    return dense(fields, style, heads=plain_heads(fields))


@family(
    "starcoder2",
    defaults={
        "vocab_size": 49152,
        "hidden_size": 3072,
        "intermediate_size": 12288,
        "num_hidden_layers": 30,
        "num_attention_heads": 24,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "tie_word_embeddings": True,
        "use_bias": True,
    },
)
def starcoder2(fields: Fields) -> Shape:
    biased = fields.flag("use_bias")
    style = Style(
        bias="qkvo" if biased else "", affine=True, names=("c_fc", "c_proj"), mlp_bias=biased
    )
    return dense(fields, style, window_of=windows(fields, fields.layers()))
