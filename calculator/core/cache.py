"""What a conversation occupies: keys and values of every layer, and constant states, by engine.

The engines differ where layers slide, where a cache is padded to blocks, and in what a state-space
layer keeps; every line of the result says why.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from calculator.core.architecture.vocabulary import Cache, Shape

ENGINES = ("llama.cpp", "vllm", "transformers")
# Values in a block and bytes of the block: github ggml-org/ggml, src/ggml-common.h at commit
# d99724f2; fp8 is one byte a value, its scale one number a layer. Checked 22 November 2026.
CACHE_TYPES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "f32": (1, 4),
        "f16": (1, 2),
        "bf16": (1, 2),
        "q8_0": (32, 34),
        "q5_1": (32, 24),
        "q5_0": (32, 22),
        "q4_1": (32, 20),
        "q4_0": (32, 18),
        "iq4_nl": (32, 18),
        "fp8": (1, 1),
    }
)
_PLAIN = ("f32", "f16", "bf16")
_OFFERED = {
    "llama.cpp": tuple(name for name in CACHE_TYPES if name != "fp8"),
    "vllm": (*_PLAIN, "fp8"),
    "transformers": _PLAIN,
}
# llama.cpp pads a cache to whole blocks of 256 cells and keeps room for one batch of 512 tokens
# beside a window (src/llama-kv-cache-iswa.cpp, n_ubatch); vLLM hands out blocks of 16 tokens and
# fills at most so many tokens at once (max_num_batched_tokens of its server).
LLAMA_CELLS = 256
LLAMA_BATCH = 512
VLLM_BLOCK = 16
VLLM_BATCH = 2048
# The indexer of DeepSeek-V3.2 in vLLM: one byte a value and a scale of four for each 128.
VLLM_INDEXER = 128
MOST_TOKENS = 10**9
MOST_SEQUENCES = 10**6

_NAMES = {
    "full": "full attention",
    "sliding": "sliding window",
    "chunked": "attention in chunks",
    "latent": "latent attention (MLA)",
    "state": "constant state",
}


class CacheError(ValueError):
    """Settings for which there is no cache; `str()` is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class CacheLine:
    """One kind of layer: how many tokens it keeps for each sequence, its bytes, and why so."""

    name: str
    layers: int
    tokens: int
    size: int
    formula: str
    reason: str


@dataclass(frozen=True, slots=True)
class CacheSize:
    """The bytes of all sequences. `unknown` is a sentence where a model's cache is not derived."""

    kv_cache_bytes: int
    state_bytes: int
    lines: tuple[CacheLine, ...]
    unknown: str = ""

    @property
    def total(self) -> int:
        return self.kv_cache_bytes + self.state_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is asked: tokens in each sequence, how many sequences, the type, the engine.

    `unified` is llama.cpp's one cache for all sequences (--kv-unified), not one for each.
    """

    context: int
    sequences: int
    cache_type: str
    engine: str
    unified: bool = False

    @property
    def streams(self) -> int:
        """How many caches there are side by side."""
        return 1 if self.unified else self.sequences


def cache_bytes(
    shape: Shape,
    *,
    context: int,
    sequences: int = 1,
    cache_type: str = "f16",
    engine: str = "llama.cpp",
    unified: bool = False,
) -> CacheSize:
    """Return what `sequences` conversations of `context` tokens each keep in memory.

    bytes = sequences × sum over layers of (tokens kept × bytes of one token) + constant states

    A token of a layer takes blocks(key width) + blocks(value width); MLA keeps one vector, once.
    How many tokens a layer keeps depends on the engine: see `kept`.

    Raises CacheError for an engine or type that does not exist together, and for tokens or
    sequences that are not from 1 to the limits. Left out: vLLM's larger blocks for hybrid models,
    caches of draft models, and transformers' quantized caches.
    Sources: the logs and measurements that the tests of this module hold it against.
    """
    setting = Setting(
        context=context,
        sequences=sequences,
        cache_type=cache_type,
        engine=engine,
        unified=unified,
    )
    _check(setting)
    if shape.cache_unknown:
        return CacheSize(0, 0, (), shape.cache_unknown)
    counts: Counter[Cache] = Counter()
    for cache, times in shape.distinct_caches:
        counts[cache] += times
    growing = [_line(cache, times, setting) for cache, times in counts.items() if cache.elements]
    indexers = [_indexer(cache, times, setting) for cache, times in counts.items() if cache.extra]
    states = [_state(cache, times, setting) for cache, times in counts.items() if cache.constant]
    lines = (*growing, *(line for line in indexers if line.size), *states)
    state = sum(line.size for line in states)
    return CacheSize(sum(line.size for line in lines) - state, state, lines)


def cache_types(engine: str) -> tuple[str, ...]:
    """The types in which an engine keeps keys and values. Raises CacheError for an unknown one."""
    if engine not in ENGINES:
        raise CacheError(f"The engine must be one of {', '.join(ENGINES)}")
    return _OFFERED[engine]


def _check(setting: Setting) -> None:
    offered = cache_types(setting.engine)
    if setting.cache_type not in CACHE_TYPES:
        raise CacheError(f"The cache type must be one of {', '.join(CACHE_TYPES)}")
    if setting.cache_type not in offered:
        kinds = ", ".join(offered)
        raise CacheError(
            f"{setting.engine} has no cache type {setting.cache_type}: it offers {kinds}"
        )
    if not 1 <= setting.context <= MOST_TOKENS:
        raise CacheError(f"The context must be from 1 to {MOST_TOKENS:,} tokens")
    if not 1 <= setting.sequences <= MOST_SEQUENCES:
        raise CacheError(f"The sequences must be from 1 to {MOST_SEQUENCES:,}")
    if setting.unified and setting.engine != "llama.cpp":
        raise CacheError("Only llama.cpp has one cache for all sequences as an option")


def kept(cache: Cache, setting: Setting) -> tuple[int, str]:
    """Tokens that one layer keeps in each of the caches side by side, and the reason.

    - llama.cpp: the context, padded to 256; a sliding layer keeps window + 512, padded, and with
      one cache for all sequences a window for each of them.
    - vLLM: whole blocks of 16; a sliding layer holds up to window − 1 + one batch, and one block.
    - transformers: exactly the tokens; a sliding layer keeps window − 1.
    """
    return _KEPT[setting.engine](cache, setting)


def _llama(cache: Cache, setting: Setting) -> tuple[int, str]:
    whole = setting.context * (setting.sequences if setting.unified else 1)
    if not cache.windowed:
        return _padded(_strided(cache, whole), LLAMA_CELLS), "cells are padded to whole 256"
    windows = setting.sequences if setting.unified else 1
    room = cache.window * windows + LLAMA_BATCH
    reason = f"a window of {cache.window:,} and room for a batch of {LLAMA_BATCH}, padded to 256"
    return _padded(min(whole, room), LLAMA_CELLS), reason


def _vllm(cache: Cache, setting: Setting) -> tuple[int, str]:
    whole = setting.context
    if not cache.windowed:
        return _padded(_strided(cache, whole), VLLM_BLOCK), "tokens come in blocks of 16"
    most = min(cache.window - 1 + VLLM_BATCH, whole)
    tokens = min(_padded(most, VLLM_BLOCK) + VLLM_BLOCK, _padded(whole, VLLM_BLOCK))
    reason = f"a window of {cache.window:,} and a batch of {VLLM_BATCH:,}, in blocks of 16"
    return tokens, reason


def _transformers(cache: Cache, setting: Setting) -> tuple[int, str]:
    if not cache.windowed:
        return _strided(cache, setting.context), "one entry for every token"
    reason = f"a window of {cache.window:,} keeps one token less between steps"
    return min(setting.context, cache.window - 1), reason


_KEPT: Mapping[str, Callable[[Cache, Setting], tuple[int, str]]] = {
    "llama.cpp": _llama,
    "vllm": _vllm,
    "transformers": _transformers,
}


def _strided(cache: Cache, tokens: int) -> int:
    """Entries of a layer that keeps one for every `stride` tokens."""
    return tokens // cache.stride


def _padded(tokens: int, block: int) -> int:
    return -(-tokens // block) * block


def _row(width: int, cache_type: str) -> int:
    """Bytes of `width` values of one token."""
    values, size = CACHE_TYPES[cache_type]
    if width % values:
        raise CacheError(
            f"{cache_type} packs {values} values a block, and {width} values do not fill blocks"
        )
    return width // values * size


def _line(cache: Cache, layers: int, setting: Setting) -> CacheLine:
    tokens, reason = kept(cache, setting)
    kind = setting.cache_type
    if cache.windowed and setting.engine == "llama.cpp" and kind not in _PLAIN:
        kind, reason = "f16", f"{reason}; it stays f16 when the rest is quantized"
    if cache.expanded and setting.engine == "transformers":
        each = _row(cache.expanded, kind)
        reason = f"{reason}; keys and values are copied to all heads before they are kept"
    else:
        each = _row(cache.k_width, kind) + _row(cache.v_width, kind)
    size = layers * setting.streams * tokens * each
    name = _NAMES[cache.kind]
    formula = f"{layers} layers × {setting.streams} × {tokens:,} tokens × {each:,} bytes ({kind})"
    return CacheLine(name, layers, tokens, size, formula, reason)


def _indexer(cache: Cache, layers: int, setting: Setting) -> CacheLine:
    """The keys by which sparse attention chooses tokens (DeepSeek-V3.2)."""
    tokens = kept(cache, setting)[0]
    if setting.engine == "llama.cpp":
        each, reason = 0, "llama.cpp attends to all tokens and keeps no indexer keys"
    elif setting.engine == "vllm":
        each = cache.extra + 4 * -(-cache.extra // VLLM_INDEXER)
        reason = "one byte a value and a scale of four bytes for each 128"
    else:
        each, reason = _row(cache.extra, setting.cache_type), "one key for all heads of the indexer"
    size = layers * setting.sequences * tokens * each
    formula = f"{layers} layers × {setting.sequences} × {tokens:,} tokens × {each:,} bytes"
    return CacheLine("indexer keys", layers, tokens, size, formula, reason)


def _state(cache: Cache, layers: int, setting: Setting) -> CacheLine:
    """Constant states: recurrent ones in 32 bits; transformers keeps one more column of a conv."""
    if setting.engine == "transformers":
        conv, each = cache.conv, 4 if setting.cache_type == "f32" else 2
        reason = "recurrent states in 32 bits, convolutions in the model’s own type"
    else:
        conv = cache.conv - cache.conv_channels
        each = 4 if setting.engine == "llama.cpp" else 2
        reason = "recurrent states in 32 bits; a convolution keeps one column less than its width"
    conv += cache.matched
    single = 4 * cache.state + each * conv
    size = layers * setting.sequences * single
    formula = (
        f"{layers} layers × {setting.sequences} × "
        f"({cache.state:,} × 4 bytes + {conv:,} × {each} bytes)"
    )
    return CacheLine(_NAMES["state"], layers, 0, size, formula, reason)
