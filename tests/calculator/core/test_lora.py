"""LoRA on real shapes, to the last parameter, against peft's own counts."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.architecture import read_config
from calculator.core.lora import LoraError, Request, lora
from tests.shapes import CONFIGS, DATA, shape_of

CASES = json.loads((DATA / "lora.json").read_text("utf-8"))["cases"]
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
SEVEN = (*ATTENTION, "gate_proj", "up_proj", "down_proj")


def request_of(case: Mapping[str, Any]) -> Request:
    options = case["options"]
    return Request(
        case["r"],
        case["target_modules"],
        saved=options.get("modules_to_save", ()),
        dora=options.get("use_dora", False),
        bias=options.get("bias", "none"),
    )


@pytest.mark.parametrize("case", CASES)
def test_every_request_trains_what_peft_trains(case: Mapping[str, Any]) -> None:
    trained = lora(shape_of(case["model"]), request_of(case))

    assert trained.trainable == case["trainable_params"]


@pytest.mark.parametrize("case", [each for each in CASES if "30b" not in each["model"]])
def test_every_request_adapts_as_many_modules_as_peft(case: Mapping[str, Any]) -> None:
    trained = lora(shape_of(case["model"]), request_of(case))

    assert trained.modules == case["n_target_modules"]


@pytest.mark.parametrize(
    ("config", "request_", "published"),
    [
        ({**CONFIGS["llama-2-7b"]}, Request(8, ("q_proj", "v_proj")), 4_194_304),
        (
            {
                **CONFIGS["llama-2-7b"],
                "hidden_size": 5120,
                "num_hidden_layers": 40,
                "num_attention_heads": 40,
                "num_key_value_heads": 40,
            },
            Request(8, ("q_proj", "v_proj")),
            6_553_600,
        ),
        # Phi-1.5.
        ({"model_type": "phi"}, Request(8, ("q_proj", "v_proj")), 1_572_864),
        # Falcon 40B with q and v apart: right only if v has 512 outputs.
        (
            {
                "model_type": "llama",
                "hidden_size": 8192,
                "num_hidden_layers": 60,
                "num_attention_heads": 128,
                "num_key_value_heads": 8,
            },
            Request(8, ("q_proj", "v_proj")),
            12_042_240,
        ),
        ({**CONFIGS["qwen2.5-3b"]}, Request(16, ("q_proj", "v_proj")), 3_686_400),
        ({**CONFIGS["llama-3-8b"]}, Request(16, SEVEN), 41_943_040),
        (
            {**CONFIGS["llama-3-8b"]},
            Request(32, SEVEN, saved=("embed_tokens", "lm_head")),
            1_134_559_232,
        ),
        (
            {**CONFIGS["llama-3-8b"]},
            Request(64, SEVEN, saved=("embed_tokens", "lm_head")),
            1_218_445_312,
        ),
        ({**CONFIGS["mixtral-8x7b"]}, Request(16), 359_665_664),
        ({**CONFIGS["qwen3-30b-a3b"]}, Request(16, SEVEN, separate=True), 843_841_536),
    ],
)
def test_published_counts_are_met(
    config: dict[str, Any], request_: Request, published: int
) -> None:
    assert lora(read_config(config), request_).trainable == published


def test_every_projection_leaves_the_head_and_routers_alone() -> None:
    llama = lora(shape_of("llama-3-8b"), Request(8))
    pythia = lora(shape_of("pythia-1b"), Request(8))
    oss = lora(shape_of("gpt-oss-20b"), Request(8))

    assert all(adapter.outputs != 128_256 for adapter in llama.adapters)
    assert {adapter.name for adapter in pythia.adapters} == {
        *("attention.query_key_value", "attention.dense"),
        *("mlp.dense_h_to_4h", "mlp.dense_4h_to_h"),
    }
    assert {adapter.name for adapter in oss.adapters} == {f"self_attn.{part}" for part in ATTENTION}


def test_a_router_that_is_a_linear_layer_is_adapted() -> None:
    trained = lora(shape_of("phi-3.5-moe"), Request(8, ("router",)))

    assert trained.trainable == 32 * 8 * (4096 + 16)


def test_the_head_is_adapted_when_it_is_named_also_if_tied() -> None:
    tied = lora(shape_of("llama-3.2-1b"), Request(8, "lm_head"))
    own = lora(shape_of("llama-3-8b"), Request(8, ("lm_head",)))

    assert tied.trainable == 8 * (2048 + 128_256)
    assert own.trainable == 8 * (4096 + 128_256)


def test_an_embedding_is_adapted_when_it_is_named() -> None:
    trained = lora(shape_of("llama-3-8b"), Request(8, ("embed_tokens",)))

    assert trained.trainable == 8 * (4096 + 128_256)


def test_names_of_experts_no_longer_mean_dense_blocks() -> None:
    """deepseek_v3 has dense blocks and shared experts with the same names: peft leaves them out."""
    trained = lora(shape_of("moonlight-16b-a3b"), Request(8, ("gate_proj", "up_proj", "down_proj")))

    assert {adapter.name for adapter in trained.adapters} == {
        *("mlp.experts.gate_proj, up_proj", "mlp.experts.down_proj"),
    }


def test_a_router_beside_fused_experts_is_adapted_when_named() -> None:
    trained = lora(shape_of("mixtral-8x7b"), Request(4, ("q_proj", "gate")))

    assert trained.trainable == 32 * 4 * ((4096 + 4096) + (4096 + 8))


def test_biases_of_adapted_modules_can_be_trained_alone() -> None:
    some = lora(shape_of("qwen2-7b"), Request(8, ("q_proj",), bias="lora_only"))
    every = lora(shape_of("qwen2-7b"), Request(8, ("q_proj",), bias="all"))

    assert (some.biases, every.biases) == (28 * 3584, 28 * (3584 + 512 + 512))


def test_a_module_trained_in_full_keeps_its_bias() -> None:
    trained = lora(shape_of("phi-2"), Request(8, ("q_proj",), saved=("lm_head",)))

    assert trained.saved == 51_200 * 2560 + 51_200


@pytest.mark.parametrize(
    ("name", "request_", "sentence"),
    [
        ("llama-3-8b", Request(0, ("q_proj",)), "rank must be 1 or more, not 0"),
        ("llama-3-8b", Request(8, ("query",)), "No module of this model is named “query”"),
        ("llama-3-8b", Request(8, "wq"), "is named “wq”"),
        ("llama-3-8b", Request(8, ("q_proj",), saved=("score",)), "is named “score”"),
        ("llama-3-8b", Request(8, ("q_proj",), bias="some"), "bias must be one of"),
        ("llama-3-8b", Request(8, ("embed_tokens",), dora=True), "DoRA on an embedding"),
        ("qwen3-30b-a3b", Request(8, SEVEN, dora=True), "DoRA does not work on experts"),
        ("qwen3-30b-a3b", Request(8, ("q_proj", "up_proj")), "are one tensor: name both"),
        ("gpt-oss-20b", Request(8, ("gate_proj",)), "is named “gate_proj”"),
    ],
)
def test_what_peft_refuses_is_refused(name: str, request_: Request, sentence: str) -> None:
    with pytest.raises(LoraError, match=sentence):
        lora(shape_of(name), request_)


@given(rank=st.integers(1, 512), more=st.integers(1, 512))
def test_parameters_grow_with_the_rank_alone(rank: int, more: int) -> None:
    shape = shape_of("llama-3.2-1b")

    def trained(value: int) -> int:
        return lora(shape, Request(value, ATTENTION)).trainable

    assert trained(rank) + trained(more) == trained(rank + more)


@given(targets=st.sets(st.sampled_from(SEVEN), min_size=1))
def test_targets_add_up(targets: set[str]) -> None:
    shape = shape_of("qwen3-8b")

    whole = lora(shape, Request(16, tuple(targets))).trainable

    assert whole == sum(lora(shape, Request(16, target)).trainable for target in targets)
