"""Whether a whole model is as plain as a calculator's formula, and what is in the way."""

from collections import Counter

from calculator.core.architecture import Cache, Shape
from calculator.core.formatting import exact, plural
from calculator.core.kv_cache import Settings


class UnsuitedError(ValueError):
    """A model that a formula does not fit; `str()` is the reason, a clause about the model."""


def otherwise(shape: Shape) -> str:
    """Say why a model is no Llama-style decoder of equal layers; "" where it may be one."""
    if shape.experts:
        return (
            f"has {exact(shape.experts)} feed-forward blocks in a layer, and this sum counts one."
            " The mixture of experts calculator counts them all"
        )
    if not shape.generates:
        return "reads a text at once and writes none: it is not built like a Llama"
    return other_attention(shape) or (
        "" if gate_width(shape) else "is built otherwise: its feed-forward blocks have no gate"
    )


def other_attention(shape: Shape) -> str:
    if any(cache.kind == "latent" for cache, _ in shape.distinct_caches):
        return "compresses its keys and values (MLA), so that heads alone do not give its attention"
    first = shape.layers[0]
    if any(not layer.kv_heads or layer.cache.constant for layer in shape.layers):
        return "has layers without attention, and this sum has attention in every layer"
    widths = {(layer.heads, layer.kv_heads, layer.head_dim) for layer in shape.layers}
    if len(widths) > 1 or first.heads % first.kv_heads:
        return "has layers with different heads, and this sum has the same in all of them"
    return ""


def gate_width(shape: Shape) -> int:
    """The width of a gated feed-forward block of three equal matrices; 0 where it has no gate."""
    layer = shape.layers[0]
    count = sum(
        tensor.count for tensor in layer.tensors if tensor.part == "mlp" and tensor.kind == "linear"
    )
    down = sum(tensor.count for tensor in layer.tensors if tensor.gguf == "ffn_down")
    return down // shape.hidden_size if down and count == 3 * down else 0


def kept(shape: Shape) -> Settings:
    """Return the cache of a model as one of three kinds; sizes of other kinds are 0.

    Raises UnsuitedError where it is not derived, is a constant state, or differs among layers in
    more than a window.
    """
    if shape.cache_unknown:
        raise UnsuitedError(f"has a cache that is not known here: {shape.cache_unknown}")
    if not shape.generates:
        raise UnsuitedError("writes no text and keeps no cache between tokens")
    constant = sum(times for cache, times in shape.distinct_caches if cache.constant)
    if constant:
        raise UnsuitedError(
            f"keeps a state of constant size in {plural(constant, 'layer', 'layers')}, and this sum"
            " counts a cache that grows"
        )
    rows: Counter[Cache] = Counter()
    for cache, times in shape.distinct_caches:
        rows[cache] += times
    if any(not cache.elements for cache in rows):
        raise UnsuitedError(
            "has layers that use the cache of another one, and this sum counts each"
        )
    if any(cache.extra or cache.stride > 1 for cache in rows):
        raise UnsuitedError("keeps further keys to choose tokens by, which this sum leaves out")
    return alike(shape, rows)


def alike(shape: Shape, rows: Counter[Cache]) -> Settings:
    widths = {(cache.kind == "latent", cache.k_width, cache.v_width) for cache in rows}
    windows = {cache.window for cache in rows if slides(shape, cache)}
    if len(widths) > 1 or len(windows) > 1 or sum(rows.values()) != len(shape.layers):
        raise UnsuitedError(
            "keeps caches of different widths in its layers, and this sum has one width"
        )
    latent, keys, values = next(iter(widths))
    if latent:
        return Settings(kind="compressed", layers=len(shape.layers), latent=keys)
    first = shape.layers[0]
    if keys != values or first.kv_heads * first.head_dim != keys:
        raise UnsuitedError(
            "keeps keys and values of different widths, and this sum has one for both"
        )
    sliding = sum(times for cache, times in rows.items() if slides(shape, cache))
    return Settings(
        kind="sliding" if sliding else "full",
        layers=len(shape.layers),
        kv_heads=first.kv_heads,
        head_size=first.head_dim,
        window=max(windows, default=0),
        sliding=sliding,
    )


def slides(shape: Shape, cache: Cache) -> bool:
    """Whether a layer forgets within the model's own context: a window as long as that does not."""
    return cache.windowed and not 0 < shape.context <= cache.window
