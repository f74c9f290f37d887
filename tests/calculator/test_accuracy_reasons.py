"""What the comparison says of rows and models that the engine cannot predict."""

import pytest

from calculator.core.accuracy import caches, engines, files, totals, tuning
from calculator.core.accuracy.exact import compared
from calculator.core.accuracy.measurements import Measurement
from calculator.core.accuracy.predictions import Predict
from calculator.core.accuracy.reading import Models, NotCovered


@pytest.fixture(scope="module")
def models() -> Models:
    return Models({"odd": {"model_type": "abacus"}})


def row(setting: str, model: str = "Qwen3-0.6B") -> Measurement:
    return Measurement("X", model, setting, "a quantity", "1", "GiB", "a source")


@pytest.mark.parametrize(
    ("predict", "setting", "reason"),
    [
        (caches.grouped, "f16 K and V", "the length is not stated"),
        (files.bits, "GGUF Q9_Z", "the file type is not named"),
        (files.sizes, "GGUF UD-Q2_K_XL", "a mixture made by hand"),
        (totals.qwen3, "input 1 + 2048 generated", "the format is not stated"),
        (totals.qwen3, "GPTQ-Int8; input 1 + 2048 generated", "GPTQ at 8 bits"),
        (tuning.trained, "LoRA all-linear", "the rank is not stated"),
        (engines.speed, "GGUF Q4_K_M; a new card", "the bandwidth of the card is not stated"),
    ],
)
def test_a_row_that_leaves_something_open_has_that_as_its_reason(
    models: Models, predict: Predict, setting: str, reason: str
) -> None:
    with pytest.raises(NotCovered, match=reason):
        predict(row(setting), models)


def test_a_model_without_settings_has_its_own_reason(models: Models) -> None:
    with pytest.raises(NotCovered, match="we have not read its settings"):
        models.named("Qwen3.5-9B")
    with pytest.raises(NotCovered, match="not in the catalogue"):
        models.shape("missing")


def test_what_the_engine_refuses_is_a_difference_with_its_sentence(models: Models) -> None:
    found = compared(models, "odd", 7, lambda shape: shape.total_parameters)

    assert found.found is None
    assert not found.equal
    assert "abacus" in found.reason


def test_a_rank_is_read_in_figures_and_in_words() -> None:
    assert totals.ranked("LoRA r=16 default targets") == 16
    assert totals.ranked("text says rank 64") == 64
