"""Bytes of training: switches that add up to what PyTorch allocates and what people report."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.ranges import Line, Span, exactly, total
from calculator.core.sharding import sharded_lines
from calculator.core.training import (
    OPTIMIZERS,
    PRESETS,
    WIDTHS,
    Recipe,
    TrainingError,
    adafactor_state_bytes,
    adapter_lines,
    state_bytes,
)

DATA = Path(__file__).parents[2] / "data"
MEASURED = json.loads((DATA / "measured_training.json").read_text(encoding="utf-8"))["training"]
ROWS = {row["case"]: row for row in MEASURED}
FP32 = {"weights": "fp32", "gradients": "fp32", "master_copy": False}
QWEN_7B = 7_721_324_544
T0_3B = 2_849_757_184


@pytest.mark.parametrize(
    ("case", "recipe"),
    [
        ("AdamW fp32", PRESETS["fp32"].recipe),
        ("AdamW fp32, tied embeddings", PRESETS["fp32"].recipe),
        ("AdamW pure bf16 (weights, grads and both moments bf16)", PRESETS["bf16"].recipe),
        ("AdamW fp32 weights under torch.autocast(bf16)", PRESETS["fp32"].recipe),
        ("AdamW fp32 amsgrad", PRESETS["amsgrad-fp32"].recipe),
        ("SGD fp32 no momentum", PRESETS["sgd-fp32"].recipe),
        ("SGD fp32 momentum", PRESETS["momentum-fp32"].recipe),
    ],
)
def test_a_recipe_costs_the_bytes_that_pytorch_allocated(case: str, recipe: Recipe) -> None:
    row = ROWS[case]

    size = state_bytes(parameters=row["params"], recipe=recipe)

    assert size == row["weight_bytes"] + row["grad_bytes"] + row["optimizer_state_bytes"]


def test_master_weights_cost_16_bytes_and_20_with_copies_of_the_gradients() -> None:
    row = ROWS["mixed precision with fp32 master weights, by hand"]

    plain = state_bytes(parameters=row["params"], recipe=PRESETS["mixed"].recipe)
    both = state_bytes(parameters=row["params"], recipe=PRESETS["mixed-both-gradients"].recipe)

    kept = row["weight_bytes"] + row["master_bytes"] + row["optimizer_state_bytes"]
    assert plain == kept + row["grad_bytes_bf16"]
    assert both == plain + row["grad_bytes_fp32_copy"]


def test_adafactor_keeps_rows_and_columns_to_the_byte() -> None:
    layer = [(256, 256), (64, 256), (64, 256), (256, 256), (688, 256), (688, 256), (256, 688)]
    shapes = [*layer, (256,), (256,)] * 8 + [(8192, 256), (8192, 256), (256,)]

    size = adafactor_state_bytes(shapes)

    assert size == ROWS["Adafactor (torch) fp32"]["optimizer_state_bytes"]


def test_an_adapter_costs_16_bytes_a_parameter_and_its_base_none() -> None:
    row = ROWS["LoRA r=8 q,v on a bf16 base (peft default)"]

    base, trained = adapter_lines(base=19_472_896, adapter=row["trainable"])

    assert base.size == exactly(19_472_896)
    assert trained.size == exactly(
        row["adapter_bytes"] + row["grad_bytes"] + row["optimizer_bytes"]
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_called_by_its_bytes_per_parameter(name: str) -> None:
    preset = PRESETS[name]

    quoted = int(preset.name.split(":")[0])

    assert int(preset.recipe.bytes_per_parameter) == quoted
    assert preset.why
    assert preset.source


def test_the_presets_reconcile_8_12_16_18_and_20() -> None:
    sizes = {int(preset.recipe.bytes_per_parameter) for preset in PRESETS.values()}

    assert {8, 12, 16, 18, 20} <= sizes


@pytest.mark.parametrize(
    ("parameters", "preset", "measured"),
    [(QWEN_7B, "mixed-fp32-gradients", 139.2e9), (T0_3B, "fp32", 47.14e9)],
)
def test_full_fine_tuning_lies_within_5_percent_of_what_was_measured(
    parameters: int, preset: str, measured: float
) -> None:
    size = state_bytes(parameters=parameters, recipe=PRESETS[preset].recipe)

    assert size == pytest.approx(measured, rel=0.05)


@pytest.mark.parametrize(
    ("optimizer", "states"),
    [
        ("adamw", 8),
        ("adamw-8bit", 2 + 2 * 4 / 256),
        ("adafactor", 0),
        ("adafactor-momentum", 4),
        ("sgd", 0),
        ("sgd-momentum", 4),
        ("lion", 4),
        ("muon", 4),
    ],
)
def test_an_optimizer_keeps_its_states(optimizer: str, states: float) -> None:
    assert float(Recipe(optimizer=optimizer).state_size) == states


def test_muon_hands_embeddings_to_adam() -> None:
    recipe = Recipe(optimizer="muon", embedding_share=Fraction(1, 4))

    assert recipe.state_size == 4 + Fraction(4, 4)


@pytest.mark.parametrize("field", ["weights", "gradients", "states"])
def test_an_unknown_format_is_refused_by_name(field: str) -> None:
    with pytest.raises(TrainingError, match="fp7"):
        Recipe(**{field: "fp7"})  # type: ignore[arg-type]


def test_an_unknown_optimizer_is_refused_by_name() -> None:
    with pytest.raises(TrainingError, match=r"“adamx” is not an optimizer known here: use adamw"):
        Recipe(optimizer="adamx")


@pytest.mark.parametrize("share", [Fraction(-1, 2), Fraction(3, 2)])
def test_a_share_outside_0_to_1_is_refused(share: Fraction) -> None:
    with pytest.raises(TrainingError, match="from 0 to 1"):
        Recipe(embedding_share=share)


def test_negative_sizes_are_refused() -> None:
    with pytest.raises(TrainingError, match="negative"):
        state_bytes(parameters=-1, recipe=Recipe())
    with pytest.raises(TrainingError, match="negative"):
        adapter_lines(base=-1, adapter=1)


def test_parts_of_no_bytes_are_not_listed() -> None:
    names = [part.name for part in PRESETS["sgd-fp32"].recipe.parts]

    assert names == ["weights, fp32", "gradients, fp32"]


@given(
    st.sampled_from(sorted(WIDTHS)),
    st.sampled_from(sorted(WIDTHS)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(sorted(OPTIMIZERS)),
)
def test_the_total_is_the_sum_of_its_parts(
    weights: str,
    gradients: str,
    master: bool,  # noqa: FBT001 - Hypothesis passes by position
    copy: bool,  # noqa: FBT001 - Hypothesis passes by position
    optimizer: str,
) -> None:
    recipe = Recipe(
        weights=weights,
        gradients=gradients,
        master_copy=master,
        gradient_copy=copy,
        optimizer=optimizer,
    )

    groups = sum(recipe.group(kept) for kept in ("weights", "gradients", "optimizer"))

    assert groups == recipe.bytes_per_parameter == sum(part.size for part in recipe.parts)


@pytest.mark.parametrize("devices", [1, 2, 8, 64])
def test_the_distributed_optimizer_costs_6_and_12_shared(devices: int) -> None:
    lines = sharded_lines(
        parameters=64_000, recipe=PRESETS["mixed-fp32-gradients"].recipe, stage=1, devices=devices
    )

    assert total(lines) == exactly(64_000 * 6 + 64_000 * 12 // devices)


@pytest.mark.parametrize(
    ("stage", "each"),
    [(0, 20.0), (1, 4 + 16 / 8), (2, 2 + 18 / 8), (3, 20 / 8)],
)
def test_a_stage_of_zero_splits_what_it_says(stage: int, each: float) -> None:
    recipe = PRESETS["mixed-both-gradients"].recipe

    lines = sharded_lines(parameters=80_000, recipe=recipe, stage=stage, devices=8)

    assert total(lines) == exactly(int(80_000 * each))


def test_stage_3_gathers_the_largest_layer() -> None:
    recipe = Recipe(master_copy=False, optimizer="sgd", states="bf16")

    lines = sharded_lines(
        parameters=2_851_000_000, recipe=recipe, stage=3, devices=8, largest_layer=32_000_000
    )

    gathered = {line.name: line.size.high for line in lines}["largest layer, gathered"]
    weights = {line.name: line.size.high for line in lines}["weights"]
    # DeepSpeed's own estimate for this model with its optimizer on the CPU: 0.79 GiB, rounded up.
    assert (gathered + weights) / 2**30 == pytest.approx(0.79, abs=0.01)


@pytest.mark.parametrize("change", [{"stage": 4}, {"devices": 0}, {"parameters": -1}])
def test_impossible_sharing_is_refused(change: dict[str, int]) -> None:
    sizes = {"parameters": 10, "stage": 1, "devices": 2} | change

    with pytest.raises(TrainingError):
        sharded_lines(recipe=Recipe(), **sizes)


@given(st.integers(0, 10**12), st.integers(1, 1024), st.sampled_from(sorted(PRESETS)))
def test_more_sharing_never_costs_a_device_more(parameters: int, devices: int, name: str) -> None:
    recipe = PRESETS[name].recipe

    sizes = [
        total(sharded_lines(parameters=parameters, recipe=recipe, stage=stage, devices=devices))
        for stage in range(4)
    ]

    assert sizes[0].high >= sizes[1].high >= sizes[2].high >= sizes[3].high


def test_a_range_with_swapped_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="starts at its smaller end"):
        Span(2, 1)


def test_lines_add_up_end_by_end() -> None:
    lines = (Line("a", Span(1, 2), "", ""), Line("b", Span(10, 20), "", ""))

    assert total(lines) == Span(11, 22)
    assert not total(lines).exact
    assert total(()).exact
