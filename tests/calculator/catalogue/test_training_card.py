"""The card that says what training a model takes: its numbers, its switches, its answers."""

from typing import Any

import pytest
from django.test import Client

from calculator.catalogue.training.card import Picture, training_widget
from calculator.catalogue.training.form import form_for, recipe_of
from calculator.catalogue.training.plan import MOST_DEVICES, Plan, factored_bytes
from calculator.core.activations import FEWEST_LOGIT_BYTES, MOST_LOGIT_BYTES
from calculator.core.architecture import Shape, read_text
from calculator.core.devices import device
from calculator.core.lora import Request, lora
from calculator.core.result import Result
from calculator.core.searching import fewest_cards
from calculator.core.training import PRESETS
from calculator.models import LanguageModel

pytestmark = pytest.mark.django_db

LLAMA = 8_030_261_248


def shape_of(slug: str) -> Shape:
    return read_text(LanguageModel.objects.get(slug=slug).config)


def plan_of(slug: str, **asked: str) -> Plan:
    result = result_of(slug, **asked)
    plan = getattr(result.picture, "plan", None)
    assert isinstance(plan, Plan)
    return plan


def result_of(slug: str, **asked: str) -> Result:
    response = Client().get(f"/models/{slug}/", asked)
    card = response.context["training"]
    assert card.valid, card.form.errors
    result = card.result
    assert isinstance(result, Result)
    return result


def sizes(plan: Plan, part: str) -> tuple[int, int]:
    found = [each.line.size for each in plan.held() if each.part == part]
    return sum(size.low for size in found), sum(size.high for size in found)


def cleaned(shape: Shape, **asked: str) -> dict[str, Any]:
    form = form_for(shape).read(asked, {})
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_mixed_precision_keeps_sixteen_bytes_for_each_parameter_of_llama() -> None:
    plan = plan_of("llama-3-8b", t_devices="1")

    assert plan.state_bytes == 16 * LLAMA == 128_484_179_968
    assert sizes(plan, "weights") == sizes(plan, "gradients") == (2 * LLAMA, 2 * LLAMA)
    assert sizes(plan, "optimizer") == (12 * LLAMA, 12 * LLAMA)
    assert sizes(plan, "gathered") == (0, 0)


def test_zero_3_on_eight_devices_keeps_an_eighth_and_the_largest_layer() -> None:
    plan = plan_of("llama-3-8b", t_devices="8", t_zero="3")
    split = sum(sizes(plan, part)[0] for part in ("weights", "gradients", "optimizer"))

    assert split == 2 * LLAMA == 16_060_522_496
    # The embedding table is larger than a layer: 128,256 × 4,096 in weights and gradients.
    assert sizes(plan, "gathered") == (128_256 * 4_096 * 4, 128_256 * 4_096 * 4)


@pytest.mark.parametrize(
    ("stage", "each"), [("0", 16), ("1", 2 + 2 + 12 / 8), ("2", 2 + 14 / 8), ("3", 2)]
)
def test_each_stage_of_zero_splits_one_thing_more(stage: str, each: float) -> None:
    plan = plan_of("llama-3-8b", t_devices="8", t_zero=stage)
    held = sum(sizes(plan, part)[0] for part in ("weights", "gradients", "optimizer"))

    assert held == pytest.approx(each * LLAMA, abs=3)


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_costs_the_number_it_is_quoted_by(name: str) -> None:
    plan = plan_of("llama-3-8b", t_recipe=name, t_devices="1")

    number = int(PRESETS[name].name.partition(":")[0])
    assert plan.state_bytes // LLAMA == number


def test_a_switch_changes_the_recipe_that_was_chosen() -> None:
    shape = shape_of("llama-3-8b")

    recipe = recipe_of(shape, cleaned(shape, t_recipe="mixed", t_gradients="fp32", t_copy="no"))

    assert [(part.name, int(part.size)) for part in recipe.parts] == [
        ("weights, bf16", 2),
        ("gradients, fp32", 4),
        ("states of AdamW", 8),
    ]


def test_muon_keeps_two_numbers_only_for_what_adam_gets() -> None:
    shape = shape_of("llama-3-8b")
    handed = 2 * 128_256 * 4_096 + (2 * 32 + 1) * 4_096

    recipe = recipe_of(shape, cleaned(shape, t_optimizer="muon"))

    assert recipe.state_size * LLAMA == 4 * LLAMA + 4 * handed


def test_adafactor_keeps_the_rows_and_columns_of_the_true_matrices() -> None:
    shape = shape_of("gpt2")
    layer = (2304 + 768) + (768 + 768) + (3072 + 768) + (768 + 3072)
    vectors = 2304 + 768 + 3072 + 768 + 4 * 768
    around = (50_257 + 768) + (1_024 + 768) + 2 * 768

    assert factored_bytes(shape, None) == 4 * (12 * (layer + vectors) + around)
    assert plan_of("gpt2", t_optimizer="adafactor").factored == factored_bytes(shape, None)


def test_an_adapter_is_counted_matrix_by_matrix_and_its_base_is_frozen() -> None:
    plan = plan_of("llama-3-8b", t_what="lora", t_rank="16", t_devices="1")

    assert plan.trained == 41_943_040 == lora(plan.shape, Request(16)).trainable
    assert sizes(plan, "base") == (2 * LLAMA, 2 * LLAMA)
    assert plan.state_bytes == 2 * LLAMA + 16 * 41_943_040


def test_qlora_stands_on_the_nf4_weights_that_the_page_lists() -> None:
    plan = plan_of("llama-3-8b", t_what="qlora", t_targets="q_proj,v_proj", t_devices="1")

    assert plan.trained == 32 * 16 * (4_096 + 4_096 + 4_096 + 1_024)
    assert plan.base is not None
    assert sizes(plan, "base")[0] == plan.base.bytes
    assert f"{plan.base.bytes:,}" in Client().get("/models/llama-3-8b/").text


def test_frozen_weights_are_split_by_stage_3_alone() -> None:
    split = plan_of("llama-3-8b", t_what="lora", t_devices="8", t_zero="3")
    whole = plan_of("llama-3-8b", t_what="lora", t_devices="8", t_zero="2")

    assert sizes(split, "base")[0] == 2 * LLAMA // 8
    assert sizes(split, "gathered")[0] == 2 * 128_256 * 4_096
    assert sizes(whole, "base")[0] == 2 * LLAMA


def test_activations_are_a_range_between_the_formula_and_the_measured_copies() -> None:
    plan = plan_of("llama-3-8b", t_sequence="2048", t_batch="2")
    tokens, copies = 2 * 2048, 28
    logits = tokens * 128_256

    low, high = sizes(plan, "activations")

    assert low == 32 * tokens * (18 * 4_096 + 4 * 14_336) + FEWEST_LOGIT_BYTES * logits
    assert high == 32 * tokens * copies * 2 * 4_096 + MOST_LOGIT_BYTES * logits


def test_recomputing_leaves_the_inputs_of_layers_and_one_layer() -> None:
    kept = plan_of("llama-3-8b", t_keep="all")
    recomputed = plan_of("llama-3-8b", t_keep="inputs")

    names = [each.line.name for each in recomputed.held() if each.part == "activations"]

    assert names == ["inputs of the layers", "one layer", "logits"]
    assert sizes(recomputed, "activations")[1] < sizes(kept, "activations")[0]


@pytest.mark.parametrize(
    ("slug", "kinds"),
    [
        ("mamba-130m", "a Mamba mixer"),
        ("deepseek-v3", "latent attention"),
        ("t5-base", "attention to an encoder"),
        ("jamba-v0.1", "a Mamba mixer"),
    ],
)
def test_layers_that_nobody_measured_have_unknown_activations(slug: str, kinds: str) -> None:
    result = result_of(slug)

    assert f"What layers with {kinds} keep for the backward pass is unknown here" in " ".join(
        result.notes
    )
    assert "at least" in result.announcement
    assert plan_of(slug).step.lines == ()


def test_an_encoder_without_a_head_has_no_scores_over_a_vocabulary() -> None:
    plan = plan_of("bert-large-uncased", t_sequence="512")

    assert [line.name for line in plan.step.lines] == ["24 layers"]
    assert plan.step.size.low == 24 * 512 * 34 * 1024


def test_the_fewest_devices_are_the_first_that_hold_their_share() -> None:
    plan = plan_of("llama-3-8b", t_device="rtx-4090", t_zero="3", t_keep="inputs")
    usable = plan.device.usable.low
    slowly = fewest_cards(lambda n: plan.needed(3, n).high, usable, range(1, MOST_DEVICES + 1))

    fewest = plan.fewest(3)

    assert fewest == slowly
    assert fewest is not None
    assert plan.needed(3, fewest).high <= usable < plan.needed(3, fewest - 1).high
    assert plan.fewest(0) is None


def test_a_verdict_is_against_the_bytes_that_programs_get() -> None:
    plan = plan_of("llama-3-8b", t_devices="1")

    assert plan.verdict().answer == "does not fit"
    assert plan_of("llama-3-8b").verdict().answer == "fits"
    assert plan.device.usable == device("h100-sxm-80gb").usable


def test_one_device_splits_nothing() -> None:
    split = plan_of("llama-3-8b", t_devices="1", t_zero="3")
    whole = plan_of("llama-3-8b", t_devices="1", t_zero="0")

    assert split.needed() == whole.needed()


def test_what_full_fine_tuning_was_published_to_take_lies_beside_ours() -> None:
    """QLoRA, arXiv:2305.14314: 65B takes more than 780 GB in full and less than 48 GB with QLoRA.

    Read in quotations of the paper on 22 November 2026.
    """
    shape = shape_of("llama-2-70b")

    recipe = recipe_of(shape, cleaned(shape, t_recipe="bf16-fp32-states"))
    adapted = plan_of(
        "llama-2-70b", t_what="qlora", t_devices="1", t_sequence="512", t_keep="inputs"
    )

    assert 780e9 < recipe.bytes_per_parameter * 65_285_660_672 < 790e9
    assert adapted.needed().high < 48e9


@pytest.mark.parametrize("slug", ["gpt2", "mixtral-8x7b", "falcon-h1-7b", "mamba-130m", "t5-base"])
@pytest.mark.parametrize("way", ["full", "lora", "qlora"])
def test_every_kind_of_model_is_answered(slug: str, way: str) -> None:
    result = result_of(slug, t_what=way, t_tokens="1", t_optimizer="adafactor-momentum")

    assert result.outputs["gb"].value
    assert result.sentence


def test_every_model_of_the_catalogue_is_answered_and_its_parts_add_up() -> None:
    for model in LanguageModel.objects.public():
        shape = read_text(model.config)
        widget = training_widget(shape, model.name)

        for way in ("full", "lora", "qlora"):
            result = widget.run(cleaned(shape, t_what=way, t_devices="1"))
            picture = result.picture
            assert isinstance(picture, Picture)
            held = picture.needed.low - picture.plan.step.size.low
            assert held == picture.plan.state_bytes, (model.slug, way)
            assert way != "full" or held == 16 * shape.total_parameters, model.slug
