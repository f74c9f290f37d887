"""Predicts what conversations occupy: caches and states that engines logged."""

import re
from fractions import Fraction
from math import floor

from calculator.core.accuracy.measurements import GIB, Measurement
from calculator.core.accuracy.predictions import Prediction, between, point, predicts
from calculator.core.accuracy.reading import Models, NotCovered
from calculator.core.cache import CacheSize, cache_bytes

# The pools that the two runs printed, in GiB to two decimals; the tokens they hold follow.
POOLS = {"M124": Fraction("5.38"), "M178": Fraction("28.20")}
HALF_PRINTED = Fraction("0.005")
# What one token of a pool costs is measured over many: at this context blocks no longer matter.
PROBE = 16 * 1024


def explained(size: CacheSize) -> str:
    return " + ".join(line.formula for line in size.lines)


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    if not found:
        raise NotCovered("the length is not stated")
    return int(found[1])


@predicts("caches", "KV self size", "KV cache total", source="ik_llama")
def latent(row: Measurement, models: Models) -> Prediction:
    context = number(r"n_ctx=(\d+)", row.setting)
    size = cache_bytes(models.named(row.model), context=context, cache_type="q8_0")
    return point(size.kv_cache_bytes, explained(size))


@predicts("caches", "KV self size")
def grouped(row: Measurement, models: Models) -> Prediction:
    context = number(r"n_ctx=(\d+)", row.setting)
    size = cache_bytes(models.named(row.model), context=context)
    return point(size.kv_cache_bytes, explained(size))


@predicts("caches", "KV cache total")
def slots(row: Measurement, models: Models) -> Prediction:
    """llama-server divides its context between its slots."""
    context = number(r"ctx (\d+)", row.setting)
    count = number(r"--parallel (\d+)", row.setting)
    size = cache_bytes(models.named(row.model), context=context // count, sequences=count)
    return point(size.kv_cache_bytes, explained(size))


@predicts("caches", "recurrent state")
def state(row: Measurement, models: Models) -> Prediction:
    sequences = number(r"(\d+) sequences", row.setting)
    size = cache_bytes(models.named(row.model), context=1, sequences=sequences)
    return point(size.state_bytes, explained(size))


@predicts("caches", "KV pool capacity", "GPU KV cache size")
def capacity(row: Measurement, models: Models) -> Prediction:
    """Tokens in a pool of stated size, which was itself printed to two decimals."""
    shape = models.named(row.model)
    if shape.constant_state_elements:
        raise NotCovered("vLLM cuts its pool into pages that states and keys share: not modelled")
    if row.id not in POOLS:
        raise NotCovered("the size of the pool is not stated")
    # vLLM's log counts every layer at the full length, also those that slide.
    each = shape.kv_cache_bytes_per_token
    low, high = (POOLS[row.id] - HALF_PRINTED, POOLS[row.id] + HALF_PRINTED)
    how = f"{float(POOLS[row.id]):g} GiB, as printed, ÷ {each:,} bytes a token"
    return between(floor(low * GIB / each), floor(high * GIB / each), how)


@predicts("caches", "Available KV cache memory", "KV pool")
def given(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("an input of the row beside it, not a result")
