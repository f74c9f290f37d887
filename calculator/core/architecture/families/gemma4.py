"""Gemma 4: layers that share caches, inputs for each layer, and experts in one size.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026. The scalar of
each layer is a buffer, not a parameter.
"""

from dataclasses import dataclass, replace

from calculator.core.architecture.decoder import ATTENTION_KINDS, Around, decoder, every
from calculator.core.architecture.dense import AROUND_BOTH, Style, attention_layer, layer_norms
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Tensors,
    embedding,
    experts,
    feed_forward,
    linear,
    norm,
    router,
    stack,
    vector,
)
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

GEMMA4 = {
    "vocab_size": 262144,
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "num_hidden_layers": 30,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "global_head_dim": 512,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
    "sliding_window": 512,
    "vocab_size_per_layer_input": 262144,
    "hidden_size_per_layer_input": 256,
}
NORMS = Style(norms=AROUND_BOTH)


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets one layer apart: its heads, whether it sees everything, whether it reads another's
    cache, its inner width.
    """

    heads: Heads
    full: bool
    shared: bool
    inner: int


def own_attention(fields: Fields, heads: Heads, *, shared: bool, one: bool) -> Tensors:
    """Attention with norms on the heads; a sharing layer has no keys and values of its own.

    With `one`, a single projection serves as keys and values.
    """
    biased = fields.flag("attention_bias")
    widths = {"q": heads.q, "k": heads.k, "v": heads.v}
    own = ("q",) if shared else ("q", "k") if one else ("q", "k", "v")
    normed = ("q",) if shared else ("q", "k")
    return (
        *(
            tensor
            for letter in own
            for tensor in linear(
                f"self_attn.{letter}_proj",
                heads.width,
                widths[letter],
                "attention",
                bias=biased,
                gguf=f"attn_{letter}",
            )
        ),
        *linear(
            "self_attn.o_proj", heads.q, heads.width, "attention", bias=biased, gguf="attn_output"
        ),
        *(
            tensor
            for letter in normed
            for tensor in norm(f"self_attn.{letter}_norm", heads.size, gguf=f"attn_{letter}_norm")
        ),
    )


def finish(layer: Layer, *, shared: bool) -> Layer:
    """A layer that reads an earlier layer's keys and values caches nothing."""
    return replace(layer, cache=Cache("shared")) if shared else layer


def per_layer(fields: Fields, width: int) -> Tensors:
    """The gate and projection by which a layer takes its own input vector in."""
    narrow = fields.number("hidden_size_per_layer_input")
    if not narrow:
        return ()
    return (
        *linear("per_layer_input_gate", width, narrow, "other", gguf="inp_gate"),
        *linear("per_layer_projection", narrow, width, "other", gguf="proj"),
        *norm("post_per_layer_input_norm", width, gguf="post_norm"),
    )


def per_layer_tables(fields: Fields, width: int, layers: int) -> Tensors:
    """One table that holds a small vector for every token and layer, and its projection."""
    narrow = fields.number("hidden_size_per_layer_input")
    if not narrow:
        return ()
    rows = fields.size("vocab_size_per_layer_input")
    table, role = "embed_tokens_per_layer", "per_layer_token_embd"
    return (
        *embedding(rows, layers * narrow, table, gguf=role),
        *linear(
            "per_layer_model_projection",
            width,
            layers * narrow,
            "other",
            gguf="per_layer_model_proj",
        ),
        *norm("per_layer_projection_norm", narrow, gguf="per_layer_proj_norm"),
    )


def mixture(fields: Fields, width: int) -> Tensors:
    """Experts beside the dense block, with a router that has scales of its own."""
    if not fields.flag("enable_moe_block"):
        return ()
    count = fields.experts("num_experts")
    chosen = fields.chosen("top_k_experts", count)
    inner = fields.size("moe_intermediate_size")
    line = "moe_router"
    return (
        *router(width, count, name="router.proj"),
        *vector("router.scale", width, "mlp", gguf="ffn_gate_inp.scale", line=line),
        *vector("router.per_expert_scale", count, "mlp", gguf="ffn_down_exps.scale", line=line),
        *experts(width, inner, count=count, chosen=chosen, prefix="experts."),
        *norm("post_feedforward_layernorm_1", width, gguf="post_ffw_norm_1"),
        *norm("post_feedforward_layernorm_2", width, gguf="post_ffw_norm_2"),
        *norm("pre_feedforward_layernorm_2", width, gguf="pre_ffw_norm_2"),
    )


def shared_from(fields: Fields, layers: int) -> int:
    """The first layer that reads an earlier layer's cache."""
    count = fields.number("num_kv_shared_layers")
    if count >= layers:
        sentence = f"is {count}: at least one of the {layers} layers must have a cache"
        raise fields.refuse("num_kv_shared_layers", sentence)
    return layers - count


def split_heads(fields: Fields, kinds: list[str]) -> list[Heads]:
    """The widths of each layer: one that sees everything has larger and perhaps fewer heads.

    transformers 5 writes them as `per_layer_config`, other files as `global_head_dim` and
    `num_global_key_value_heads`.
    """
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    near = Heads(width, count, fields.size("num_key_value_heads"), fields.size("head_dim"))
    single = fields.flag("attention_k_eq_v")
    groups = (fields.optional("num_global_key_value_heads") if single else None) or near.groups
    for name, number in (
        ("num_key_value_heads", near.groups),
        ("num_global_key_value_heads", groups),
    ):
        fields.divide("num_attention_heads", count, name, number)
    if fields.has("per_layer_config"):
        return named_heads(fields, near, len(kinds))
    far = Heads(width, count, groups, fields.size("global_head_dim"))
    return [far if kind == "full" else near for kind in kinds]


def named_heads(fields: Fields, near: Heads, layers: int) -> list[Heads]:
    """The widths of each layer where the file names those layers that differ, by their number."""
    heads = [near] * layers
    for key, own in fields.inside("per_layer_config").items():
        number = int(key) if key.isascii() and key.isdigit() else layers
        if number >= layers or not isinstance(own, dict):
            raise fields.refuse("per_layer_config", f"“{key:.40}” is no layer with its own sizes")
        unknown = set(own) - {"head_dim", "num_key_value_heads"}
        if unknown:
            sentence = f"changes {min(unknown):.40} from layer to layer, which is not known here"
            raise fields.refuse("per_layer_config", sentence)
        inner = Fields(own, model_type=fields.model_type, path=f"per_layer_config.{key:.40}.")
        groups = inner.optional("num_key_value_heads") or near.groups
        inner.divide("num_attention_heads", near.count, "num_key_value_heads", groups)
        heads[number] = replace(near, groups=groups, size=inner.optional("head_dim") or near.size)
    return heads


@family("gemma4_text", defaults=GEMMA4)
def gemma4(fields: Fields) -> Shape:
    """Every sixth layer and the last see everything, with larger and perhaps fewer heads."""
    layers, inner = fields.layers(), fields.size("intermediate_size")
    pattern = [*(fields.layer_kinds(layers, ATTENTION_KINDS) or every(layers, 6))[:-1], "full"]
    heads = split_heads(fields, pattern)
    width, window = heads[0].width, fields.number("sliding_window")
    if window and fields.raw("use_bidirectional_attention") == "all":
        window = window // 2 + 1
    first = shared_from(fields, layers)
    wide = 2 * inner if fields.flag("use_double_wide_mlp") else inner
    one = fields.flag("attention_k_eq_v")
    rest = (*layer_norms(width, NORMS), *per_layer(fields, width), *mixture(fields, width))

    def build(kind: Kind) -> Layer:
        own = own_attention(fields, kind.heads, shared=kind.shared, one=one and kind.full)
        tensors = (*own, *feed_forward(width, kind.inner), *rest)
        layer = attention_layer(tensors, kind.heads, 0 if kind.full else window)
        return finish(layer, shared=kind.shared)

    kinds = [
        Kind(heads[number], name == "full", number >= first, wide if number >= first else inner)
        for number, name in enumerate(pattern)
    ]
    near = next((own for own, name in zip(heads, pattern, strict=True) if name != "full"), heads[0])
    around = Around(more=per_layer_tables(fields, width, layers))
    moe = fields.flag("enable_moe_block")
    sizes = (fields.size("num_experts"), fields.size("top_k_experts")) if moe else (0, 0)
    return decoder(fields, stack(kinds, build), near, around, experts=sizes)
