"""LoRA against counts of the real library, name by name: models, small files, class defaults."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from calculator.core.architecture import Shape, read_config
from calculator.core.lora import LoraError, Request, lora
from calculator.core.modules import modules
from tests.shapes import DATA, shape_of

MEASURED = json.loads((DATA / "peft_counts.json").read_text("utf-8"))
OTHERS = {**MEASURED["tiny"], **{f"default {k}": v for k, v in MEASURED["defaults"].items()}}


def trained(shape: Shape, request: Request) -> int | None:
    """None where the engine refuses, as the file says of peft."""
    try:
        return lora(shape, request).trainable
    except LoraError:
        return None


def counted(shape: Shape, names: dict[str, int | None]) -> dict[str, int | None]:
    return {
        name: trained(shape, Request(16) if name == "all-linear" else Request(8, (name,)))
        for name in names
    }


def options() -> Iterator[tuple[str, str]]:
    for name, row in MEASURED["options"].items():
        for model in row["trained"]:
            yield name, model


@pytest.mark.parametrize("model", MEASURED["models"])
def test_every_name_of_a_module_trains_what_peft_trains(model: str) -> None:
    names = MEASURED["models"][model]

    found = counted(shape_of(model), names)

    assert found == names


@pytest.mark.parametrize("family", OTHERS)
def test_every_family_is_adapted_as_peft_adapts_it(family: str) -> None:
    row = OTHERS[family]

    found = counted(read_config(row["config"]), row["trained"])

    assert found == row["trained"]


@pytest.mark.parametrize(("name", "model"), list(options()))
def test_every_option_trains_what_peft_trains(name: str, model: str) -> None:
    row: dict[str, Any] = MEASURED["options"][name]
    asked = row["request"]
    request = Request(
        asked["r"],
        asked["target_modules"],
        saved=tuple(asked.get("modules_to_save", ())),
        dora=asked.get("use_dora", False),
        bias=asked.get("bias", "none"),
    )

    found = trained(shape_of(model), request)

    assert found == row["trained"][model]


def test_a_rank_only_scales_a_plain_adapter() -> None:
    shape = shape_of("falcon-h1-7b")

    one, many = (lora(shape, Request(rank, ("q_proj", "in_proj"))).trainable for rank in (1, 64))

    assert many == 64 * one


def test_a_convolution_is_refused_by_its_name() -> None:
    with pytest.raises(LoraError, match="“conv1d” is a convolution"):
        lora(shape_of("qwen3-next-80b-a3b"), Request(8, ("q_proj", "conv1d")))


def test_a_mixer_that_reads_past_its_module_is_refused_with_the_reason() -> None:
    with pytest.raises(LoraError, match="no out_proj in models of type falcon_mamba"):
        lora(shape_of("falcon-mamba-7b"), Request(8))


def test_all_linear_is_unknown_where_a_model_brings_code_of_its_own() -> None:
    shape = read_config({"model_type": "arctic", "moe_layer_frequency": 1})

    by_name = lora(shape, Request(8, ("q_proj",)))

    assert by_name.modules == len(shape.layers)
    with pytest.raises(LoraError, match="all-linear adapts in arctic is unknown"):
        lora(shape, Request(8))


def test_a_block_trained_in_full_has_no_adapters_inside() -> None:
    shape = shape_of("llama-3.2-1b")

    whole = lora(shape, Request(8, ("q_proj", "up_proj"), saved=("mlp",)))

    assert {adapter.name for adapter in whole.adapters} == {"self_attn.q_proj"}
    assert whole.saved == 16 * 3 * 2048 * 8192


def test_qwens_own_code_names_its_table_otherwise() -> None:
    """The adapter of Qwen's finetune.py: c_attn, c_proj, w1 and w2 of rank 64, table and head."""
    targets, saved = ("c_attn", "c_proj", "w1", "w2"), ("wte", "lm_head")

    trained_ = lora(read_config({"model_type": "qwen"}), Request(64, targets, saved=saved))

    adapted = 64 * (16_384 + 8192 + 3 * 15_104)
    assert trained_.trainable == 32 * adapted + 2 * 151_936 * 4096


def test_a_shared_block_is_a_module_wherever_it_is_used() -> None:
    shape = read_config(MEASURED["tiny"]["zamba2"]["config"])

    places = {tensor.name: times for tensor, times in modules(shape)}

    assert places["shared_transformer.0.self_attn.q_proj"] == 2
    assert places["shared_transformer.1.self_attn.q_proj"] == 1


def test_biases_of_a_shared_block_are_there_once() -> None:
    config = MEASURED["tiny"]["zamba2"]["config"] | {"add_bias_linear": True}

    places = {tensor.name: times for tensor, times in modules(read_config(config))}

    assert places["shared_transformer.0.feed_forward.gate_up_proj.bias"] == 1
