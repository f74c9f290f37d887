"""Predicts weights, and weights with cache, as programs reported them while running."""

import re

from calculator.core.accuracy.caches import number
from calculator.core.accuracy.files import file_of
from calculator.core.accuracy.measurements import Measurement
from calculator.core.accuracy.predictions import Prediction, between, point, predicts
from calculator.core.accuracy.reading import Models, NotCovered
from calculator.core.architecture import Shape
from calculator.core.cache import cache_bytes
from calculator.core.formats import weights
from calculator.core.inference import Load, inference_bytes

# How sources write formats, and which of ours that is; the first that a setting holds counts.
WRITTEN = (
    ("GPTQ-Int8", ""),
    ("Int8", ""),
    ("nf4-dq", "nf4-dq"),
    ("nf4", "nf4"),
    ("bitsandbytes 8-bit", "int8"),
    ("bitsandbytes 4-bit", "nf4"),
    ("AWQ", "awq-g128"),
    ("4-bit g128", "awq-g128"),
    ("Int4 (GPTQ)", "gptq-g128"),
    ("FP8", "fp8-block"),
    ("BF16", "bf16"),
    ("bf16", "bf16"),
    ("KV 16-bit", "bf16"),
)
TRANSFORMERS = "transformers"
QWEN3 = "speed_benchmark.md"
QWEN = "Qwen:README.md"
# The environment of the Qwen3 table (qwen.readthedocs.io, getting_started/speed_benchmark, checked
# 2026-11-22): transformers 4.51.3, with FlashAttention 2 for all rows but those of AutoAWQ.
# Without it, attention lays the keys and values of one layer out for every query head:
# transformers 4.51.3, integrations/sdpa_attention.py, repeat_kv, read 2026-11-22.
REPEATED = "AWQ"
# The FP8 repositories of tied models store the head as a second table. Their numbers on the hub are
# those of model, head and scales to the last one: 751,659,264 (0.6B), 2,031,825,920 (1.7B),
# 4,411,646,016 (4B). Source: AlexsJones/llmfit@5bdc9df9:llmfit-core/data/hf_models.json, checked
# 2026-11-22. Why loading does not tie both again is not known; the memory shows that it does not.
HEAD_STORED = "FP8"
# Where a source says that a text is short and not how short.
SHORT = 128


def stored(shape: Shape, name: str) -> int:
    return weights(shape, name).bytes


def format_of(row: Measurement) -> str:
    for written, name in WRITTEN:
        if written in row.setting:
            if not name:
                raise NotCovered("GPTQ at 8 bits is not among the formats")
            return name
    raise NotCovered("the format is not stated")


def widest(shape: Shape) -> int:
    """The width of the widest matrix of a feed-forward layer."""
    rows = (tensor.rows for tensor, _ in shape.counted() if tensor.part == "mlp")
    return max(rows, default=shape.hidden_size)


def weights_and_cache(shape: Shape, name: str, tokens: int, sequences: int) -> tuple[int, int, str]:
    held = stored(shape, name)
    cache = cache_bytes(shape, context=tokens, sequences=sequences, engine=TRANSFORMERS).total
    how = f"{held:,} bytes of weights ({name}) + {cache:,} bytes for {tokens:,} tokens"
    return held, cache, how if sequences == 1 else f"{how} in each of {sequences} sequences"


def run(row: Measurement, models: Models, tokens: int, *, sequences: int = 1) -> Prediction:
    """From weights and cache to all that the engine expects: sources seldom say what they read."""
    shape = models.named(row.model)
    held, cache, how = weights_and_cache(shape, format_of(row), tokens, sequences)
    load = Load(
        weights=held,
        cache=cache,
        hidden_size=shape.hidden_size,
        intermediate_size=widest(shape),
        vocab_size=shape.vocab_size,
        context=tokens,
        sequences=sequences,
        kind="moe" if shape.experts else "dense",
    )
    most = inference_bytes(TRANSFORMERS, load).high
    return between(held + cache, most, f"{how}, up to working memory and CUDA’s own on top")


@predicts("qwen3", "peak GPU memory", source=QWEN3)
def qwen3(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    tokens = number(r"input (\d+)", row.setting) + number(r"(\d+) generated", row.setting)
    held, cache, how = weights_and_cache(shape, format_of(row), tokens, 1)
    if HEAD_STORED in row.setting and shape.tied:
        head = 2 * shape.vocab_size * shape.hidden_size
        return point(held + cache + head, f"{how} + {head:,} bytes of the head, stored apart")
    if REPEATED in row.setting:
        laid_out = 2 * 2 * shape.heads * shape.head_dim * tokens
        why = "keys and values of one layer for every query head (no FlashAttention)"
        return point(held + cache + laid_out, f"{how} + {laid_out:,} bytes: {why}")
    return point(held + cache, how)


@predicts("running", "GPU memory", source=QWEN)
def generating(row: Measurement, models: Models) -> Prediction:
    return run(row, models, number(r"generating (\d+)", row.source))


@predicts("running", "peak GPU memory", source="KV-cache quantisation")
def batches(row: Measurement, models: Models) -> Prediction:
    if "KV int8" in row.setting:
        raise NotCovered("a cache of 8-bit integers that only this program had")
    tokens = number(r"(\d+) new tokens", row.source)
    return run(row, models, tokens, sequences=number(r"bs=(\d+)", row.setting))


@predicts("running", "VRAM")
def prompted(row: Measurement, models: Models) -> Prediction:
    tokens = number(r"prefill (\d+)", row.setting) + number(r"decode (\d+)", row.setting)
    return run(row, models, tokens)


@predicts("running", "peak GPU memory", source="llm_tutorial_optimization")
def tutorial(row: Measurement, models: Models) -> Prediction:
    return run(row, models, number(r"~(\d+) new tokens", row.setting))


@predicts("running", "max GPU memory", setting="inference")
def inference(row: Measurement, models: Models) -> Prediction:
    return run(row, models, SHORT)


@predicts("running", "actual total", "engine allocation")
def in_llama_cpp(row: Measurement, models: Models) -> Prediction:
    """One file of llama.cpp and one cache; no compute buffer."""
    shape = models.named(row.model)
    if "Q8;" in f"{row.setting};":
        kept, tokens, kind = stored(shape, "Q8_0"), 262_144, "f16"
    else:
        kept, kind = file_of(row, models).tensor_bytes, "q8_0"
        tokens = number(r"(\d+) slot", row.setting)
    cache = cache_bytes(shape, context=tokens, cache_type=kind)
    how = f"{kept:,} bytes of weights + {cache.total:,} bytes for {tokens:,} tokens ({kind})"
    return point(kept + cache.total, how)


@predicts("running", "memory used", "GPU memory used", "GPU memory")
def unstated(row: Measurement, models: Models) -> Prediction:
    models.named(row.model)
    if "cpu" in row.setting:
        raise NotCovered("a part of the model lies in the processor’s memory")
    raise NotCovered("rank, length and checkpointing of the run are not stated")


@predicts("weights", "weights total")
def on_the_hub(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    name = "mxfp4" if "gpt-oss" in row.model else "fp8-block"
    return point(stored(shape, name), f"every tensor as published ({name})")


@predicts("weights", "weights loaded")
def loaded(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    name = "mxfp4" if "gpt-oss" in row.model else "fp8" if "FP8" in row.model else "bf16"
    return point(stored(shape, name), f"every tensor in its format ({name})")


@predicts("estimates", "published estimate: KV cache")
def published_cache(row: Measurement, models: Models) -> Prediction:
    tokens = 1000 * number(r"(\d+)k tokens", row.setting)
    size = cache_bytes(models.named(row.model), context=tokens, engine="transformers")
    return point(size.kv_cache_bytes, f"{tokens:,} tokens at 16 bits")


@predicts("estimates", "published estimate: inference memory")
def published_weights(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    name = {"BF16": "bf16", "Q4_0": "Q4_0"}.get(row.setting, "")
    if not name:
        raise NotCovered(f"{row.setting} is not among the formats")
    return point(stored(shape, name), f"weights of the text model alone ({name})")


@predicts("estimates", "LM Studio UI estimate (wrong)")
def wrong(row: Measurement, models: Models) -> Prediction:
    return in_llama_cpp(row, models)


def ranked(text: str) -> int:
    """The rank that a setting writes as r=16 or, in words, rank 64."""
    found = re.search(r"r=(\d+)", text) or re.search(r"rank (\d+)", text)
    if not found:
        raise NotCovered("the rank is not stated")
    return int(found[1])
