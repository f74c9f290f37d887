"""Bytes of the keys and values that a conversation keeps, for three kinds of attention."""

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
    kv_heads: int = 0
    head_size: int = 0
    bytes_each: int = 2
    window: int = 0
    sliding: int = 0
    latent: int = 0


def layer_caches(settings: Settings) -> list[tuple[LayerCache, int]]:
    """Return the engine's caches of these layers, and how many layers have each.

    Sizes that belong to another kind are not looked at.
    """
    if settings.kind == "compressed":
        return [(LayerCache("latent", k_width=settings.latent), settings.layers)]
    # How many queries read the key and value heads does not matter to a cache.
    heads = Heads(width=0, count=0, groups=settings.kv_heads, size=settings.head_size)
    if settings.kind == "full":
        return [(grouped_cache(heads), settings.layers)]
    return [
        (grouped_cache(heads), settings.layers - settings.sliding),
        (grouped_cache(heads, window=settings.window), settings.sliding),
    ]


def cache_of(settings: Settings) -> Cache:
    """Return the cache of a model with these settings.

    full: bytes per token = 2 × layers × key-value heads × head size × bytes each
    sliding: the same, of which the sliding layers keep the last `window` tokens only
    compressed: bytes per token = layers × latent size × bytes each: no factor 2, no heads

    The latent size counts the part that carries positions: 512 + 64 in DeepSeek-V3.
    Left out: padding to whole blocks, which a program may reserve in advance; programs differ by up
    to a block around the window, and some reserve the full length; constant states.
    Source: the definition of attention with grouped heads; the layer types in the config.json of
    Mistral 7B v0.1, Gemma 3 and gpt-oss; DeepSeek-V3's config.json (kv_lora_rank,
    qk_rope_head_dim); unslothai/unsloth#4757. The tests hold it against counts of real caches.
    """
    lasting = windowed = window = 0
    for cache, layers in layer_caches(settings):
        size = layers * cache.elements * settings.bytes_each
        if cache.windowed:
            windowed, window = windowed + size, cache.window
        else:
            lasting += size
    return Cache(lasting=lasting, windowed=windowed, window=window)
