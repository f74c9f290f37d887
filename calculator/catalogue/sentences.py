"""Says what a model is in a few sentences, every one of them from counted facts."""

from calculator.core import formatting
from calculator.core.architecture import Shape

BUILT = {
    "dense": "A dense language model",
    "moe": "A mixture of experts",
    "hybrid": "A hybrid of attention and layers with a constant state",
    "hybrid-moe": "A hybrid mixture of experts",
    "state": "A state-space model",
    "encoder": "An encoder",
}


def sentence(shape: Shape, maker: str, kind: str) -> str:
    return " ".join(part for part in (size(shape, maker, kind), memory(shape, kind)) if part)


def size(shape: Shape, maker: str, kind: str) -> str:
    by = f" by {maker}" if maker else ""
    count = formatting.count_words(shape.total_parameters)
    layers = formatting.plural(len(shape.layers), "layer", "layers")
    text = f"{BUILT[kind]}{by} with {count} parameters in {layers}"
    if shape.active_parameters == shape.total_parameters:
        return f"{text}."
    active = formatting.count_words(shape.active_parameters)
    chosen, all_of_them = shape.experts_per_token, formatting.exact(shape.experts)
    verb = "expert" if chosen == 1 else "experts"
    return f"{text}; each token uses {active} of them, {chosen} {verb} of {all_of_them} in a layer."


def memory(shape: Shape, kind: str) -> str:
    """What a conversation costs, and where it stops growing."""
    if shape.cache_unknown:
        return "What a conversation takes in memory is not derived here yet."
    if kind == "encoder":
        return "It reads its whole text at once and keeps no cache."
    each = shape.kv_cache_bytes_per_token
    if not each:
        return "A conversation takes the same memory however long it grows."
    text = f"Each token of a conversation takes {formatting.gigabytes(each)} of cache at 16 bits"
    later = shape.kv_cache_bytes_per_token_beyond_window
    if later == each:
        return f"{text}."
    window = max(cache.window for cache, _ in shape.distinct_caches if cache.windowed)
    rest = formatting.gigabytes(later) if later else "nothing"
    full = f"its window of {formatting.exact(window)} tokens is full"
    held = formatting.gigabytes(shape.sliding_layers_cap_bytes)
    return f"{text}, and {rest} once {full} and the layers with one hold {held}."
