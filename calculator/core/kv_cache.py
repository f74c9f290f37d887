"""Bytes of the keys and values that a conversation keeps, for three kinds of attention."""

from collections.abc import Iterable
from dataclasses import dataclass

from calculator.core.architecture import Cache as LayerCache
from calculator.core.architecture.parts import Heads, grouped_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """What each token of a conversation keeps in memory.

    `lasting` bytes stay for every token, `windowed` bytes only for the last `window` tokens.
    """

    lasting: int
    windowed: int = 0
    window: int = 0

    @property
    def per_token(self) -> int:
        """Bytes that one more token takes while every layer still grows."""
        return self.lasting + self.windowed

    def size(self, *, tokens: int, conversations: int = 1) -> int:
        """Bytes = conversations × (lasting × tokens + windowed × min(tokens, window))."""
        return conversations * (self.lasting * tokens + self.windowed * min(tokens, self.window))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides a cache: its `kind` ("full", "sliding", "compressed") and the sizes it uses."""

    kind: str
    layers: int
    kv_heads: int
    head_size: int
    bytes_each: int
    window: int
    sliding: int
    latent: int


def cache_of(settings: Settings) -> Cache:
    """Return the cache of these settings; sizes that belong to another kind are not looked at."""
    layers, each = settings.layers, settings.bytes_each
    if settings.kind == "compressed":
        return compressed_cache(layers=layers, latent=settings.latent, bytes_each=each)
    if settings.kind == "sliding":
        return sliding_cache(
            layers=layers,
            sliding=settings.sliding,
            window=settings.window,
            kv_heads=settings.kv_heads,
            head_size=settings.head_size,
            bytes_each=each,
        )
    return full_cache(
        layers=layers,
        kv_heads=settings.kv_heads,
        head_size=settings.head_size,
        bytes_each=each,
    )


def full_cache(*, layers: int, kv_heads: int, head_size: int, bytes_each: int) -> Cache:
    """Return the cache of a model whose every layer keeps the keys and values of every token.

    bytes per token = 2 × layers × key-value heads × head size × bytes each

    Left out: padding to whole blocks, which a program may reserve in advance.
    Source: the definition of attention with grouped heads; the tests hold it against
    counts that were taken from real caches.
    """
    return together([(grouped_cache(heads(kv_heads, head_size)), layers)], bytes_each)


def sliding_cache(
    *, layers: int, sliding: int, window: int, kv_heads: int, head_size: int, bytes_each: int
) -> Cache:
    """Return the cache of a model in which `sliding` of the layers keep the last `window` tokens.

    bytes per token = 2 × key-value heads × head size × bytes each, in every layer; the sliding
    layers stop growing at the window

    Left out: programs differ by up to a block around the window, and some reserve the full length.
    Source: the layer types in the config.json of Mistral 7B v0.1, Gemma 3 and gpt-oss.
    """
    groups = heads(kv_heads, head_size)
    rows = [
        (grouped_cache(groups), layers - sliding),
        (grouped_cache(groups, window=window), sliding),
    ]
    return together(rows, bytes_each)


def compressed_cache(*, layers: int, latent: int, bytes_each: int) -> Cache:
    """Return the cache of a model that keeps one compressed vector a layer for keys and values.

    bytes per token = layers × latent size × bytes each: no factor 2, no heads

    The latent size counts the part that carries positions: 512 + 64 in DeepSeek-V3.
    Source: DeepSeek-V3's config.json (kv_lora_rank, qk_rope_head_dim); unslothai/unsloth#4757.
    """
    return together([(LayerCache("latent", k_width=latent), layers)], bytes_each)


def heads(kv_heads: int, head_size: int) -> Heads:
    """The key and value heads alone: how many queries read them does not matter to a cache."""
    return Heads(width=0, count=0, groups=kv_heads, size=head_size)


def together(rows: Iterable[tuple[LayerCache, int]], bytes_each: int) -> Cache:
    """Add up what layers keep: pairs of one layer's cache and how many layers have it.

    bytes per token = sum of layers × (key width + value width) × bytes each; layers with a window
    apart, all of them with the same one

    Left out: constant states and whatever lies beside the keys. Source: as of each kind.
    """
    lasting = windowed = window = 0
    for cache, layers in rows:
        size = layers * cache.elements * bytes_each
        if cache.windowed:
            windowed, window = windowed + size, cache.window
        else:
            lasting += size
    return Cache(lasting=lasting, windowed=windowed, window=window)
