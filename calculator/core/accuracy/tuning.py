"""Predicts adapters, and what fine-tuning took: states, checkpointed activations, the runtime."""

from calculator.core.accuracy.caches import number
from calculator.core.accuracy.measurements import Measurement
from calculator.core.accuracy.predictions import Prediction, between, point, predicts, spanned
from calculator.core.accuracy.reading import Models, NotCovered
from calculator.core.accuracy.totals import ranked, stored, widest
from calculator.core.activations import Run, activation_bytes
from calculator.core.architecture import Shape
from calculator.core.inference import CONTEXT, gibibytes
from calculator.core.lora import Request, lora
from calculator.core.ranges import exactly
from calculator.core.sharding import sharded_lines
from calculator.core.training import PRESETS, adapter_lines, state_bytes

PROFILE = "fine-tuning profile"
# The adapters of the two programs, read in their code, checked 2026-11-22:
# QwenLM/Qwen@00dceebb:finetune.py, LoraArguments, and modules_to_save for the base model;
# Lightning-AI/litgpt@c16c72c0:litgpt/finetune/lora.py: lora_query and lora_value, nothing else.
QWEN_RANK = 64
QWEN_TARGETS = ("c_attn", "c_proj", "w1", "w2")
QWEN_SAVED = ("wte", "lm_head")
SEVEN = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
TWO = ("q_proj", "v_proj")
# What a row leaves open: whether gradients are kept in 16 bits, 32 bits or both.
LEAST, MOST = "mixed", "mixed-both-gradients"
WITH_IMAGES = "the count reaches into the encoder of images, whose settings we have not read"


def run_of(shape: Shape, sequence: int) -> Run:
    return Run(
        hidden_size=shape.hidden_size,
        layers=len(shape.layers),
        heads=shape.heads,
        intermediate_size=widest(shape),
        vocab_size=shape.vocab_size,
        sequence=sequence,
        batch=1,
    )


@predicts("tuning", "peak GPU memory", source=PROFILE)
def profile(row: Measurement, models: Models) -> Prediction:
    if "ZeRO-3" in row.setting:
        raise NotCovered("buffers that ZeRO-3 gathers into are the larger part; not modelled")
    shape = models.named(row.model)
    sequence = number(r"seq (\d+)", row.setting)
    devices = number(r"over (\d+) GPUs", row.setting) if "GPUs" in row.setting else 1
    activations = activation_bytes(
        run_of(shape, sequence), family=shape.model_type, checkpointing=True
    )
    least, most, _ = CONTEXT["cuda"]
    runtime = gibibytes((devices * least, devices * most))
    if row.setting.startswith("Full"):
        low, high = (
            state_bytes(parameters=shape.total_parameters, recipe=PRESETS[name].recipe)
            for name in (LEAST, MOST)
        )
        how = "16 to 20 bytes a parameter + activations of checkpointed layers + runtime"
        rest = activations + runtime
        return between(low + rest.low, high + rest.high, how)
    base = stored(shape, "gptq-g128" if row.setting.startswith("Q-LoRA") else "bf16")
    saved = QWEN_SAVED if "emb/head" in row.setting else ()
    trained = lora(shape, Request(rank=QWEN_RANK, targets=QWEN_TARGETS, saved=saved)).trainable
    states = sum((line.size for line in adapter_lines(base=base, adapter=trained)), exactly(0))
    how = (
        f"{base:,} bytes of base + {trained:,} trained parameters of 16 bytes (rank {QWEN_RANK}, "
        "all matrices) + activations of checkpointed layers + runtime"
    )
    return spanned(states + activations + runtime, how)


@predicts("tuning", "max GPU memory", setting="LoRA")
def alpaca(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("the lengths of the texts are not stated, and activations grow with them")


@predicts("tuning", "peak memory")
def recipe(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("rank, optimizer or checkpointing of the recipe are not stated")


@predicts("estimates", "published estimate: per GPU")
def zero(row: Measurement, models: Models) -> Prediction:
    if "no offload" not in row.setting:
        raise NotCovered("a part lies in the processor’s memory")
    devices = number(r"(\d+) GPUs", row.setting)
    lines = sharded_lines(
        parameters=number(r"\((\d+)M", row.model) * 10**6,
        recipe=PRESETS[LEAST].recipe,
        stage=2,
        devices=devices,
    )
    return spanned(sum((line.size for line in lines), exactly(0)), "2 + 14 ÷ 8 bytes a parameter")


@predicts("lora", "trainable parameters")
def trained(row: Measurement, models: Models) -> Prediction:
    if "paper" in row.setting:
        raise NotCovered("the paper adapts a part of a fused matrix; the rank is not stated")
    shape = models.named(row.model)
    if "Gemma" in row.model:
        raise NotCovered(WITH_IMAGES)
    request = request_of(row, shape)
    return point(lora(shape, request).trainable, f"rank {request.rank} × (inputs + outputs)")


@predicts("lora", "all parameters")
def everything(row: Measurement, models: Models) -> Prediction:
    shape = models.named(row.model)
    beside = {"base + that adapter": "LoRA r=16 default targets (q_proj v_proj)"}
    setting = beside.get(row.setting, row.setting)
    if "Gemma" in row.model:
        raise NotCovered(WITH_IMAGES)
    full = Request(rank=32, targets=SEVEN, saved=("embed_tokens", "lm_head"))
    request = full if "r=32" in setting else Request(rank=16, targets=TWO)
    return point(shape.total_parameters + lora(shape, request).trainable, "base + adapter")


def request_of(row: Measurement, shape: Shape) -> Request:
    """The adapter that a setting describes, in peft's words."""
    if "embed_tokens" in row.setting or "same set-up" in row.setting:
        rank = 32 if "r=32" in row.setting else 64
        return Request(rank=rank, targets=SEVEN, saved=("embed_tokens", "lm_head"))
    if "litgpt" in row.setting:
        fused = any(t.name.endswith("query_key_value") for t, _ in shape.counted())
        if fused:
            raise NotCovered("litgpt adapts q and v of a matrix that is one here")
        return Request(rank=ranked(row.setting), targets=TWO)
    if "all-linear" in row.setting:
        return Request(rank=ranked(row.setting), targets="all-linear")
    return Request(rank=ranked(row.setting), targets=TWO)


@predicts("lora", "adapter parameters", "adapter size")
def unnamed(row: Measurement, models: Models) -> Prediction:
    raise NotCovered("neither the model nor the rank is named")
