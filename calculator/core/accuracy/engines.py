"""Predicts what engines take beside weights and cache, and how fast they write."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from calculator.core.accuracy.caches import number
from calculator.core.accuracy.files import file_of
from calculator.core.accuracy.measurements import GB, GIB, Measurement
from calculator.core.accuracy.predictions import Prediction, between, predicts, spanned
from calculator.core.accuracy.reading import Models, NotCovered
from calculator.core.accuracy.totals import stored, widest
from calculator.core.architecture import Shape
from calculator.core.catalog import read
from calculator.core.inference import (
    Load,
    cache_pool,
    llama_cpp_compute,
    overhead,
    vllm_compute,
)
from calculator.core.speed import decode_rate, decode_share

# What the H100 of the vLLM runs reported, as their source prints it.
H100 = round(Fraction("79.18") * GIB)
# GB/s, as the sources print it beside their tables.
BANDWIDTHS: Mapping[str, int] = MappingProxyType({"RX 6900 XT": 512, "RTX 3090": 936})
# Ollama's default tag of these models is a Q4_K_M file.
OLLAMA = "Q4_K_M"
UNMEASURED = "the engine’s own range was read off these rows"


def load_of(row: Measurement, shape: Shape, *, weights: int = 0, sequences: int = 1) -> Load:
    multimodal = "Mistral-Small" in row.model
    return Load(
        weights=weights,
        cache=0,
        hidden_size=shape.hidden_size,
        intermediate_size=widest(shape),
        vocab_size=shape.vocab_size,
        context=4096,
        sequences=sequences,
        kind="multimodal" if multimodal else "moe" if shape.experts else "dense",
        devices=2 if "TP=2" in row.setting else 1,
    )


@predicts("engines", "torch peak activation increase")
def activations(row: Measurement, models: Models) -> Prediction:
    line = vllm_compute(load_of(row, models.named(row.model)))
    return spanned(line.size, UNMEASURED, fitted=True)


@predicts("engines", "non-torch memory")
def outside(row: Measurement, models: Models) -> Prediction:
    line = overhead("vllm", load_of(row, models.named(row.model)))
    return spanned(line.size, UNMEASURED, fitted=True)


@predicts("engines", "compute buffer")
def buffer(row: Measurement, models: Models) -> Prediction:
    slots = number(r"--parallel (\d+)", row.setting)
    line = llama_cpp_compute(load_of(row, models.named(row.model), sequences=slots))
    return spanned(line.size, UNMEASURED, fitted=True)


@predicts("engines", "available KV cache")
def pool(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    if "Mistral-Small" in row.model:
        raise NotCovered("it holds an encoder of images, whose settings we have not read")
    name = "mxfp4" if "gpt-oss" in row.model else "bf16"
    load = load_of(row, shape, weights=stored(shape, name))
    share = Fraction(number(r"util 0\.(\d+)", row.setting.replace("0.9;", "0.90;")), 100)
    how = f"{float(share):g} × 79.18 GiB − weights − activations − runtime"
    return spanned(cache_pool(load, memory=H100, utilization=share), how, fitted=True)


@predicts("engines", "CUDA-graph memory change")
def graphs(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("CUDA graphs took −0.8 to +1 GiB in these runs; left out of every total")


@predicts("engines", "CUDA0 compute buffer", "compute buffer per device")
def others(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("a fork’s own kernel, or a model split over cards: not modelled")


@predicts("engines", "activation copies of the bf16 hidden state per layer")
def copies(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("taken over as it is: the upper end of activations in training")


@cache
def fitted_speeds() -> frozenset[float]:
    runs = read("speeds.toml")["run"]
    assert isinstance(runs, list)
    return frozenset(run["speed"] for run in runs)


@predicts("speeds", "decode speed")
def speed(row: Measurement, models: Models) -> Prediction:
    if "GPU not named" in row.setting:
        raise NotCovered("the graphics card is not named")
    if "cpu" in row.setting or "num_gpu 0" in row.setting or "spill" in row.model:
        raise NotCovered("a part of the model runs on the processor")
    shape = models.named(row.model)
    bandwidth = next((GB * each for card, each in BANDWIDTHS.items() if card in place(row)), 0)
    if not bandwidth:
        raise NotCovered("the bandwidth of the card is not stated")
    size = file_of(row if "GGUF" in row.setting else tagged(row), models)
    bits = float(size.bits_per_weight)
    read_bytes = shape.active_without_embedding * bits / 8
    share = decode_share("gddr", bits, experts=shape.experts > 1)
    rate = decode_rate(weights=read_bytes, cache=0, bandwidth=bandwidth, share=share)
    how = (
        f"{share.low:.2f} to {share.high:.2f} of {bandwidth // GB} GB/s ÷ "
        f"{read_bytes / GB:.2f} GB read for a token"
    )
    fitted = float(row.printed) in fitted_speeds()
    return between(Fraction(rate.low), Fraction(rate.high), how, fitted=fitted)


def place(row: Measurement) -> str:
    return f"{row.setting} {row.source}"


def tagged(row: Measurement) -> Measurement:
    """The same row with the file type that the tag stands for."""
    return Measurement(
        row.id, row.model, f"GGUF {OLLAMA}", row.quantity, row.printed, row.unit, row.source
    )
