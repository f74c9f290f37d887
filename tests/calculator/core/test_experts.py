"""Total and active parameters against Mixtral's, and what a catalogue model is made of."""

from decimal import Decimal

import pytest

from calculator.core.catalog import MODELS
from calculator.core.experts import mixture_parameters, read_ratio


def test_mixtral_has_46_7_billion_parameters_and_uses_12_9_billion() -> None:
    # Exact counts of the real model class (transformers 5.23).
    model = MODELS["mixtral-8x7b"]
    shared, expert = Decimal(model.shared_parameters), Decimal(model.expert_parameters)

    total = mixture_parameters(shared=shared, expert=expert, experts=model.experts)
    active = mixture_parameters(shared=shared, expert=expert, experts=model.experts_per_token)

    assert total == model.parameters == 46_702_792_704
    assert active == model.active_parameters == 12_879_925_248


@pytest.mark.parametrize("slug", sorted(MODELS))
def test_a_model_is_its_shared_part_and_its_experts(slug: str) -> None:
    model = MODELS[slug]

    together = model.shared_parameters + model.experts * model.expert_parameters

    assert together == model.parameters
    assert model.shared_parameters > 0


def test_deepseek_v3_reads_eighteen_times_less_than_it_holds() -> None:
    ratio = read_ratio(total=Decimal(671), active=Decimal(37))

    assert round(ratio, 1) == Decimal("18.1")


@pytest.mark.parametrize(
    ("slug", "expected"), [("llama-2-7b", 524_288), ("llama-3.1-405b", 516_096)]
)
def test_the_catalogue_knows_the_cache_of_one_token(slug: str, expected: int) -> None:
    assert MODELS[slug].cache_bytes_per_token == expected
