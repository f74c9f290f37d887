"""The words a model is described in: tensors, what a layer caches, layers, and the whole shape.

Parts that make these (projections, attention, feed-forward, experts, norms) are in `parts.py`;
state-space and linear-attention mixers are in `parts_mixers.py`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

# The six parts that every total is split into; they sum to it.
PARTS = ("embedding", "attention", "mlp", "norm", "lm_head", "other")
# Finer lines and the part each belongs to; a tensor without a line is shown under its part.
LINES = {
    "moe_experts": "mlp",
    "moe_shared": "mlp",
    "moe_router": "mlp",
    "ssm_or_linear_attention": "other",
    "vision": "other",
}
# "linear" is a layer that an adapter can target; "table" is looked up; "matrix" is a bare parameter
# of two dimensions; "expert" belongs to a routed expert.
TENSOR_KINDS = ("linear", "table", "vector", "matrix", "conv", "expert")
# "latent" keeps one compressed vector (MLA), "shared" reads another layer's cache, "state" has a
# constant size.
CACHE_KINDS = ("full", "sliding", "chunked", "latent", "state", "shared", "none")

ONLY_TEXT = "Only the language model is counted: towers for images or sound are left out."


class ConfigError(ValueError):
    """A config.json that cannot be read as a model; `str()` is one sentence naming the field."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One weight, or `copies` equal ones, of a layer or of the model around the layers.

    `name` is the path in the checkpoint without the layer's number; a bias is a tensor of its own.
    `columns` is the length of a row, along which quantization blocks run. `active` of the copies
    are used for one token. `line` is the finer name in a breakdown; `gguf` is llama.cpp's role,
    empty where its file leaves the tensor out.
    """

    name: str
    rows: int
    columns: int
    part: str
    kind: str
    copies: int = 1
    active: int = 1
    gguf: str = ""
    line: str = ""

    @property
    def count(self) -> int:
        return self.rows * self.columns * self.copies

    @property
    def active_count(self) -> int:
        return self.rows * self.columns * self.active

    @property
    def breakdown(self) -> str:
        return self.line or self.part


@dataclass(frozen=True, slots=True)
class Cache:
    """What one layer keeps of a conversation.

    `k_width` and `v_width` are elements for each token (latent: rank + rotary part, and 0), kept
    once every `stride` tokens; `window` is the number of tokens a sliding or chunked layer keeps.
    `state` elements are constant and 32-bit; `conv_channels` × `conv_kernel` and `matched` ones
    (lightning attention) are constant and follow the model's type. `extra` elements for each token
    lie beside the keys (indexer keys) and `expanded`, where not 0, is what transformers keeps for
    each token instead of k and v.
    """

    kind: str = "none"
    k_width: int = 0
    v_width: int = 0
    window: int = 0
    stride: int = 1
    state: int = 0
    conv_channels: int = 0
    conv_kernel: int = 0
    extra: int = 0
    expanded: int = 0
    matched: int = 0

    @property
    def elements(self) -> int:
        """Elements for each token: keys and values together."""
        return self.k_width + self.v_width

    @property
    def conv(self) -> int:
        return self.conv_channels * self.conv_kernel

    @property
    def constant(self) -> int:
        """Elements for each sequence, however long it is."""
        return self.state + self.conv + self.matched

    @property
    def windowed(self) -> bool:
        return self.kind in {"sliding", "chunked"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer; equal layers of a model are the same object, so sums go over distinct ones.

    `kind` names it for people: full, sliding, mla, linear, mamba, mamba2, conv, full+mamba2,
    encoder. `more` holds further caches of a layer that keeps two kinds for each token.
    """

    tensors: tuple[Tensor, ...]
    cache: Cache = Cache()
    kind: str = "full"
    heads: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    more: tuple[Cache, ...] = ()

    @property
    def count(self) -> int:
        return sum(tensor.count for tensor in self.tensors)

    @property
    def caches(self) -> tuple[Cache, ...]:
        return (self.cache, *self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A whole model: its layers in order and the tensors around them.

    `text_type` is the model_type of the language model inside a model that sees or hears.
    `tied` says that the head reads the embedding (counted once); `generates` is false for models
    without a cache that grows with the text (encoders); `cache_unknown` is a sentence where the
    cache is not derived; `rope_factors` are the lengths of the tables of rotary factors that a GGUF
    file stores and that are no parameters; `notes` are sentences for the reader.
    """

    model_type: str
    text_type: str = ""
    layers: tuple[Layer, ...]
    outer: tuple[Tensor, ...]
    hidden_size: int
    vocab_size: int
    heads: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    tied: bool = False
    context: int = 0
    experts: int = 0
    experts_per_token: int = 0
    generates: bool = True
    cache_unknown: str = ""
    rope_factors: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def distinct(self) -> tuple[tuple[Layer, int], ...]:
        """Each different layer and how many times it stands in the model, in order."""
        times = Counter(id(layer) for layer in self.layers)
        first = {id(layer): layer for layer in self.layers}
        return tuple((first[key], times[key]) for key in times)

    def counted(self) -> Iterator[tuple[Tensor, int]]:
        """Every different tensor and in how many layers it stands (1 outside the layers)."""
        for tensor in self.outer:
            yield tensor, 1
        for layer, times in self.distinct:
            for tensor in layer.tensors:
                yield tensor, times

    def tensors(self) -> Iterator[tuple[int | None, Tensor]]:
        """Every tensor with the number of its layer, None outside the layers."""
        for tensor in self.outer:
            yield None, tensor
        for number, layer in enumerate(self.layers):
            for tensor in layer.tensors:
                yield number, tensor

    @property
    def total_parameters(self) -> int:
        return sum(tensor.count * times for tensor, times in self.counted())

    @property
    def parts(self) -> dict[str, int]:
        """Parameters by part; the six numbers sum to the total."""
        sums = dict.fromkeys(PARTS, 0)
        for tensor, times in self.counted():
            sums[tensor.part] += tensor.count * times
        return sums

    @property
    def breakdown(self) -> dict[str, int]:
        """Parameters by finer line (experts, router, shared experts, …), without empty ones."""
        sums: Counter[str] = Counter()
        for tensor, times in self.counted():
            sums[tensor.breakdown] += tensor.count * times
        return {line: count for line, count in sums.items() if count}

    @property
    def active_parameters(self) -> int:
        """Parameters used for one token, embedding and head included.

        All parameters that are not in routed experts + those of the chosen experts; equal to the
        total for a dense model. Makers count it three ways: see the two properties below.
        """
        return sum(tensor.active_count * times for tensor, times in self.counted())

    @property
    def active_without_embedding(self) -> int:
        """Active parameters less the input tables; a tied table stays, because the head reads it.

        Position tables are input tables and are left out even where the token table is tied.
        """
        kept = "token_embd" if self.tied else None
        return self.active_parameters - sum(
            tensor.count * times
            for tensor, times in self.counted()
            if tensor.part == "embedding" and tensor.gguf != kept
        )

    @property
    def active_without_embedding_and_head(self) -> int:
        parts = self.parts
        return self.active_parameters - parts["embedding"] - parts["lm_head"]

    @property
    def distinct_caches(self) -> tuple[tuple[Cache, int], ...]:
        return tuple((cache, times) for layer, times in self.distinct for cache in layer.caches)

    @property
    def kv_cache_bytes_per_token(self) -> int:
        """Bytes of one more token at 16 bits while every layer still grows.

        2 bytes × sum over layers of (key width + value width); constant states count 0 here.
        """
        return 2 * sum(cache.elements * times for cache, times in self.distinct_caches)

    @property
    def kv_cache_bytes_per_token_beyond_window(self) -> int:
        """Bytes of one more token at 16 bits once the sliding layers are full."""
        return 2 * sum(
            cache.elements * times for cache, times in self.distinct_caches if not cache.windowed
        )

    @property
    def sliding_layers_cap_bytes(self) -> int:
        """The most that the sliding layers hold at 16 bits: window × width, in each of them."""
        return 2 * sum(
            cache.elements * cache.window * times
            for cache, times in self.distinct_caches
            if cache.windowed
        )

    @property
    def constant_state_elements(self) -> int:
        """Elements that each sequence keeps whatever its length (state and conv, transformers)."""
        return sum(cache.constant * times for cache, times in self.distinct_caches)

    @property
    def layer_kinds(self) -> dict[str, int]:
        return reduce(
            add, (Counter({layer.kind: times}) for layer, times in self.distinct), Counter()
        )
