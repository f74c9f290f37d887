"""Gemma 3n and Gemma 4: layers that share caches, inputs for each layer, and experts in one size.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026. The scalar of
each layer is a buffer, not a parameter.
"""

from dataclasses import dataclass, replace

from calculator.core.architecture.decoder import Around, decoder, every, read_heads, windows
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
GEMMA3N = GEMMA4 | {
    "vocab_size": 262400,
    "hidden_size": 2048,
    "intermediate_size": 16384,
    "num_hidden_layers": 35,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32768,
    "num_kv_shared_layers": 15,
    "laurel_rank": 64,
    "altup_num_inputs": 4,
}
NORMS = Style(norms=AROUND_BOTH)


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets one layer apart: its window, whether it reads another's cache, its inner width."""

    window: int
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


def split_heads(fields: Fields) -> tuple[Heads, Heads]:
    """The widths of a sliding layer and of a layer that sees everything."""
    width, count = fields.size("hidden_size"), fields.size("num_attention_heads")
    groups, size = fields.size("num_key_value_heads"), fields.size("head_dim")
    single = fields.flag("attention_k_eq_v")
    wide = (fields.optional("num_global_key_value_heads") if single else None) or groups
    for name, number in (
        ("num_key_value_heads", groups),
        ("num_global_key_value_heads", wide),
    ):
        fields.divide("num_attention_heads", count, name, number)
    large = fields.size("global_head_dim")
    return Heads(width, count, groups, size), Heads(width, count, wide, large)


@family("gemma4_text", defaults=GEMMA4)
def gemma4(fields: Fields) -> Shape:
    """Every sixth layer and the last see everything, with larger and perhaps fewer heads."""
    near, far = split_heads(fields)
    width, layers, inner = near.width, fields.layers(), fields.size("intermediate_size")
    pattern = every(layers, 6)
    window_of = list(windows(fields, layers, pattern=pattern))
    window_of[-1] = 0
    if fields.raw("use_bidirectional_attention") == "all":
        window_of = [window // 2 + 1 if window else 0 for window in window_of]
    first = shared_from(fields, layers)
    wide = 2 * inner if fields.flag("use_double_wide_mlp") else inner
    one = fields.flag("attention_k_eq_v")
    rest = (*layer_norms(width, NORMS), *per_layer(fields, width), *mixture(fields, width))

    def build(kind: Kind) -> Layer:
        heads = near if kind.window else far
        own = own_attention(fields, heads, shared=kind.shared, one=one and not kind.window)
        tensors = (*own, *feed_forward(width, kind.inner), *rest)
        return finish(attention_layer(tensors, heads, kind.window), shared=kind.shared)

    kinds = [
        Kind(window, number >= first, wide if number >= first else inner)
        for number, window in enumerate(window_of)
    ]
    around = Around(more=per_layer_tables(fields, width, layers))
    moe = fields.flag("enable_moe_block")
    sizes = (fields.size("num_experts"), fields.size("top_k_experts")) if moe else (0, 0)
    return decoder(fields, stack(kinds, build), near, around, experts=sizes)


@family("gemma3n_text", defaults=GEMMA3N)
def gemma3n(fields: Fields) -> Shape:
    """Every fifth layer sees everything; several streams run side by side (AltUp)."""
    heads = read_heads(fields)
    width, layers = heads.width, fields.layers()
    window_of = windows(fields, layers, pattern=every(layers, 5))
    inners = inner_widths(fields, layers)
    first = shared_from(fields, layers)
    rest = (
        *layer_norms(width, NORMS),
        *per_layer(fields, width),
        *streams(fields, width),
        *laurel(fields, width),
    )

    def build(kind: Kind) -> Layer:
        own = own_attention(fields, heads, shared=kind.shared, one=False)
        tensors = (*own, *feed_forward(width, kind.inner), *rest)
        return finish(attention_layer(tensors, heads, kind.window), shared=kind.shared)

    kinds = [
        Kind(window, number >= first, inner)
        for number, (window, inner) in enumerate(zip(window_of, inners, strict=True))
    ]
    more = (*per_layer_tables(fields, width, layers), *stream_projections(fields, width))
    return decoder(fields, stack(kinds, build), heads, Around(more=more))


def inner_widths(fields: Fields, layers: int) -> list[int]:
    """One inner width for all layers, or a list with one for each."""
    if not isinstance(fields.raw("intermediate_size"), list):
        return [fields.size("intermediate_size")] * layers
    found = fields.numbers("intermediate_size", least=1) or []
    if len(found) != layers:
        sentence = f"has {len(found)} items, but num_hidden_layers is {layers}"
        raise fields.refuse("intermediate_size", sentence)
    return found


def streams(fields: Fields, width: int) -> Tensors:
    """AltUp: predicts and corrects the streams that a layer does not compute."""
    count = fields.size("altup_num_inputs")
    return (
        *vector("altup.correct_output_scale", width, "other", gguf="altup_correct_scale"),
        *linear("altup.correction_coefs", count, count, "other", gguf="altup_correct_coef"),
        *linear("altup.prediction_coefs", count, count**2, "other", gguf="altup_predict_coef"),
        *linear("altup.modality_router", width, count, "other", gguf="altup_router"),
        *norm("altup.router_norm", width, gguf="altup_router_norm"),
    )


def stream_projections(fields: Fields, width: int) -> Tensors:
    """The projections into the further streams and back out of them."""
    further = fields.size("altup_num_inputs") - 1
    names = ("altup_projections", "altup_proj"), ("altup_unembed_projections", "altup_unembd_proj")
    return tuple(
        replace(tensor, copies=further, active=further)
        for name, role in names
        if further
        for tensor in linear(name, width, width, "other", gguf=role)
    )


def laurel(fields: Fields, width: int) -> Tensors:
    """A learned residual of low rank beside the attention."""
    rank = fields.size("laurel_rank")
    return (
        *linear("laurel.linear_left", width, rank, "other", gguf="laurel_l"),
        *linear("laurel.linear_right", rank, width, "other", gguf="laurel_r"),
        *norm("laurel.post_laurel_norm", width, gguf="laurel_post_norm"),
    )
