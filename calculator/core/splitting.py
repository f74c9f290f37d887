"""What the fullest of several equal cards keeps when they run one model together.

Each engine has a rule of its own. What a card gets by it is again a model, only smaller, so that
the functions that count the cache of a model count that of a card.
"""

from collections import Counter
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from calculator.core import gguf
from calculator.core.architecture import Shape
from calculator.core.architecture.vocabulary import Cache, Layer
from calculator.core.formats import FORMATS, SIXTEEN, quantizes
from calculator.core.serving import Run, program

# llama.cpp: GGML_CUDA_MAX_DEVICES in ggml/include/ggml-cuda.h, checked 22 November 2026. vLLM has
# no limit of its own: eight machines of eight cards are as far as is asked here.
MOST_CARDS = {"llama.cpp": 16, "vllm": 64}
RULES = {
    "llama.cpp": (
        "llama.cpp puts whole layers, each with its cache, on one card after the other"
        " (--split-mode layer, its default; src/llama-model.cpp)."
    ),
    "vllm": (
        "vLLM splits weights evenly over a number of cards that divides the attention heads"
        " (--tensor-parallel-size), and the cache by key-value heads; with fewer of them than"
        " cards they are repeated, as the vector of latent attention always is"
        " (vllm/config/model.py). States count whole on each."
    ),
}
SPLIT_BY_HEADS = {"full", "sliding", "chunked"}
INPUT_TABLES = {"token_embd.weight", "position_embd.weight", "token_types.weight"}


class Split:
    """One run on several equal cards; `counts` are the numbers of cards that the engine allows.

    vLLM: n divides the attention heads, and divides the key-value heads of every layer or is a
    multiple of them. A card keeps ⌈weights ÷ n⌉, caches of ⌈key-value heads ÷ n⌉ heads, latent
    vectors and constant states whole.

    llama.cpp: n cards from 2 to 16, and no more than layers. Layer l of L is on card
    ⌊n × l ÷ (L + 1)⌋, the head on the last card, the input table with the first layer although
    llama.cpp leaves it to the processor: it counts on one device too. Each card has a compute
    buffer and a runtime.

    Units: bytes on one card. Errors: none; `counts` is empty for engines without a rule here.
    Left out: links and buffers between cards, splits set by hand, experts on cards of their own;
    vLLM splits constant states too, so that they are counted at most.
    Source: vllm/config/model.py (get_num_kv_heads, verify_with_parallel_config); llama.cpp,
    src/llama-model.cpp (load_tensors). Both read on 22 November 2026.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.asked: dict[int, int] = {}

    @cached_property
    def counts(self) -> tuple[int, ...]:
        run = self.run
        most = MOST_CARDS.get(run.engine, 0)
        if run.shape.cache_unknown or not run.shape.generates:
            return ()
        if run.engine == "llama.cpp":
            return tuple(range(2, min(most, len(run.shape.layers)) + 1)) if run.format else ()
        return tuple(count for count in range(2, most + 1) if divides(run.shape, count))

    def most(self, runtime: str, count: int) -> int:
        """The most bytes that the fullest of `count` cards keeps."""
        if count not in self.asked:
            rule = self.by_layers if self.run.engine == "llama.cpp" else self.by_heads
            self.asked[count] = rule(count) + self.buffer
        return self.asked[count] + program(self.run.engine, runtime, count)

    @cached_property
    def buffer(self) -> int:
        """What each card computes in."""
        return self.run.beside(self.run.context) - self.run.kept().total

    def by_heads(self, count: int) -> int:
        run = self.run
        shares = {id(layer): share(layer, count) for layer, _ in run.shape.distinct}
        layers = tuple(shares[id(layer)] for layer in run.shape.layers)
        return -(-run.weights // count) + self.kept(layers)

    def by_layers(self, count: int) -> int:
        """Sums of weights and caches up to each layer, less those before a card's first one."""
        sums, layers = self.sums, len(self.run.shape.layers)
        starts = [-(-card * (layers + 1) // count) for card in range(count)]
        held = [
            sums[min(end, layers)] - sums[start]
            for start, end in zip(starts, [*starts[1:], layers], strict=True)
        ]
        held[0] += self.layer_bytes["first"]
        held[-1] += self.layer_bytes["last"]
        return max(held)

    @cached_property
    def sums(self) -> list[int]:
        shape = self.run.shape
        caches = {id(layer): self.kept((layer,)) for layer, _ in shape.distinct}
        each = (
            self.layer_bytes[number] + caches[id(layer)]
            for number, layer in enumerate(shape.layers)
        )
        return list(accumulate(each, initial=0))

    def kept(self, layers: tuple[Layer, ...]) -> int:
        """The cache of some layers of the model."""
        return replace(self.run, shape=replace(self.run.shape, layers=layers)).kept().total

    @cached_property
    def layer_bytes(self) -> Counter[int | str]:
        """Bytes of each layer by its number, and of what lies "first" and "last" around them."""
        in_file = self.run.format not in FORMATS
        return file_bytes(self.run) if in_file else plain_bytes(self.run)


def divides(shape: Shape, count: int) -> bool:
    """Whether so many cards can share the heads: evenly, or each key-value head on several."""
    heads = [layer.kv_heads for layer, _ in shape.distinct if layer.kv_heads]
    even = all(each % count == 0 or count % each == 0 for each in heads)
    return bool(shape.heads) and shape.heads % count == 0 and even


def share(layer: Layer, count: int) -> Layer:
    """The layer with the cache that one of `count` cards keeps."""
    cache, *more = (part_of(each, layer.kv_heads, count) for each in layer.caches)
    return replace(layer, cache=cache, more=tuple(more))


def part_of(cache: Cache, heads: int, count: int) -> Cache:
    if cache.kind not in SPLIT_BY_HEADS or not heads:
        return cache
    own = -(-heads // count)
    return replace(
        cache, k_width=cache.k_width // heads * own, v_width=cache.v_width // heads * own
    )


def file_bytes(run: Run) -> Counter[int | str]:
    lines = gguf.file_size(run.shape, run.format).tensors
    tied = all(line.role != "output.weight" for _, line in lines)
    sums: Counter[int | str] = Counter()
    for layer, line in lines:
        around = "first" if line.role in INPUT_TABLES and not tied else "last"
        sums[around if layer is None else layer] += line.bytes
    return sums


def plain_bytes(run: Run) -> Counter[int | str]:
    chosen = FORMATS[run.format]
    sums: Counter[int | str] = Counter()
    for layer, tensor in run.shape.tensors():
        around = "first" if tensor.part == "embedding" and not run.shape.tied else "last"
        place = around if layer is None else layer
        if quantizes(chosen, tensor, run.shape.model_type):
            sums[place] += tensor.copies * sum(chosen.matrix_bytes(tensor.rows, tensor.columns))
        else:
            width = chosen.bits // 8 if chosen.everything else SIXTEEN
            sums[place] += tensor.count * width
    return sums
