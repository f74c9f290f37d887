"""The most common model: decoder layers of attention and one feed-forward block, all alike.

A family states in a `Style` what it does differently, and `dense` puts the model together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from calculator.core.architecture.decoder import USUAL, Around, decoder, read_heads, windows
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    GATED,
    Heads,
    Tensors,
    attention,
    feed_forward,
    fused_attention,
    fused_feed_forward,
    grouped_cache,
    head_norms,
    norm,
    stack,
)
from calculator.core.architecture.vocabulary import Layer, Shape

PLAIN = ("up_proj", "down_proj")
# Names of a layer's norms in the checkpoint, and in llama.cpp.
BEFORE = (("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"))
AFTER = (
    ("post_attention_layernorm", "post_attention_norm"),
    ("post_feedforward_layernorm", "post_ffw_norm"),
)
AROUND_BOTH = (
    ("input_layernorm", "attn_norm"),
    ("post_attention_layernorm", "post_attention_norm"),
    ("pre_feedforward_layernorm", "ffn_norm"),
    ("post_feedforward_layernorm", "post_ffw_norm"),
)
QKV_NAMES = ("q_proj", "k_proj", "v_proj", "o_proj")
QK_NORMS = ("self_attn.q_norm", "self_attn.k_norm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the layers of a family differ from Llama's.

    `bias` holds the letters of the projections q, k, v, o that have one; `qk_norm` is “head” for
    one norm of a head's size, “all” for one over all heads, "" for none. `names` of the
    feed-forward block are three where it is gated; `fused` joins its gate and up projections, and
    `fused_qkv` the attention's three. `affine` norms have an offset beside their gain;
    `final` is "" where the last norm learns nothing.
    """

    bias: str = ""
    qk_norm: str = ""
    qk_names: tuple[str, str] = QK_NORMS
    qk_affine: bool = False
    norms: tuple[tuple[str, str], ...] = BEFORE
    affine: bool = False
    attention: str = "self_attn."
    projections: tuple[str, str, str, str] = QKV_NAMES
    fused_qkv: tuple[str, str] | None = None
    mlp: str = "mlp."
    names: tuple[str, ...] = GATED
    fused: bool = False
    mlp_bias: bool = False
    final: str = "norm"
    around: Around = USUAL
    windowed: str = "sliding"


LLAMA = Style()


def dense(
    fields: Fields,
    style: Style = LLAMA,
    *,
    window_of: Sequence[int] | None = None,
    heads: Heads | None = None,
    inner: int = 0,
    more: Callable[[Heads, int], Tensors] | None = None,
) -> Shape:
    """The shape of a decoder of equal layers that differ, if at all, in their windows.

    `window_of` gives the window of each layer (0 sees everything); `inner` is the width of the
    feed-forward block where the family derives it; `more` adds tensors to a layer from its heads
    and that width.
    """
    heads = heads or read_heads(fields)
    inner = inner or fields.size("intermediate_size")
    count = fields.layers()
    base = attention_tensors(heads, style) + feed_tensors(heads.width, inner, style)
    tensors = (*base, *layer_norms(heads.width, style), *(more(heads, inner) if more else ()))

    def build(window: int) -> Layer:
        return attention_layer(tensors, heads, window, style.windowed)

    layers = stack(window_of or [0] * count, build)
    final: Tensors = ()
    if style.final:
        final = norm(style.final, heads.width, bias=style.affine, gguf="output_norm")
    around = style.around if style.around.final is not None else replace(style.around, final=final)
    return decoder(fields, layers, heads, around)


def attention_layer(
    tensors: Tensors, heads: Heads, window: int = 0, windowed: str = "sliding"
) -> Layer:
    """A layer of these tensors that caches keys and values, of `window` tokens where not 0."""
    return Layer(
        tensors=tensors,
        cache=grouped_cache(heads, window=window, kind=windowed),
        kind="sliding" if window else "full",
        heads=heads.count,
        kv_heads=heads.groups,
        head_dim=heads.size,
    )


def attention_tensors(heads: Heads, style: Style) -> Tensors:
    if style.fused_qkv:
        own = fused_attention(heads, bias=style.bias, prefix=style.attention, names=style.fused_qkv)
    else:
        own = attention(heads, bias=style.bias, prefix=style.attention, names=style.projections)
    if not style.qk_norm:
        return own
    sizes = (heads.q, heads.k) if style.qk_norm == "all" else (heads.size, heads.size)
    return (*own, *head_norms(*sizes, names=style.qk_names, bias=style.qk_affine))


def feed_tensors(width: int, inner: int, style: Style) -> Tensors:
    if style.fused:
        return fused_feed_forward(width, inner, bias=style.mlp_bias, prefix=style.mlp)
    return feed_forward(width, inner, bias=style.mlp_bias, prefix=style.mlp, names=style.names)


def layer_norms(width: int, style: Style) -> Tensors:
    return tuple(
        tensor
        for name, role in style.norms
        for tensor in norm(name, width, bias=style.affine, gguf=role)
    )


def late_windows(fields: Fields, layers: int) -> tuple[int, ...]:
    """Qwen's windows: from layer `max_window_layers` on, and only with `use_sliding_window`."""
    if not fields.flag("use_sliding_window"):
        return (0,) * layers
    first = fields.number("max_window_layers", layers)
    pattern = ["sliding" if number >= first else "full" for number in range(layers)]
    return windows(fields, layers, pattern=pattern)
