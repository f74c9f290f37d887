"""Models that differ from a calculator's formula in one respect each are refused for that one."""

from dataclasses import replace

import pytest

from calculator.core.architecture import Cache, Layer, Shape, Tensor
from calculator.core.kv_cache import cache_of
from calculator.core.parameters import Decoder
from calculator.core.plainness import UnsuitedError, kept, otherwise
from calculator.core.real_models import RealModel, adapted

PLAIN = Decoder(
    layers=4,
    width=64,
    heads=8,
    kv_heads=2,
    head_size=8,
    feed_forward=128,
    vocabulary=1000,
    tied=False,
).shape


def with_last(**over: object) -> Shape:
    """The plain model with its last layer changed."""
    *same, last = PLAIN.layers
    return replace(PLAIN, layers=(*same, replace(last, **over)))  # type: ignore[arg-type]


def with_every(**over: object) -> Shape:
    layer = replace(PLAIN.layers[0], **over)  # type: ignore[arg-type]
    return replace(PLAIN, layers=(layer,) * len(PLAIN.layers))


def test_a_plain_decoder_is_read_back_as_it_was_built() -> None:
    found = RealModel("plain", "Plain", PLAIN)

    assert found.decoder.shape.total_parameters == PLAIN.total_parameters
    assert found.cache.kind == "full"
    assert (found.setting("tied"), found.setting("query_outputs")) == ("no", "64")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (with_every(cache=Cache("latent", k_width=24)), "compresses its keys and values"),
        (with_last(heads=4), "has layers with different heads"),
        (with_last(kv_heads=0), "has layers without attention"),
        (replace(PLAIN, generates=False), "writes none"),
    ],
)
def test_a_decoder_of_another_kind_is_told_apart(shape: Shape, reason: str) -> None:
    assert reason in otherwise(shape)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (with_last(cache=Cache("shared")), "use the cache of another one"),
        (with_last(cache=Cache("state", state=512)), "constant size in 1 layer,"),
        (with_last(cache=Cache("full", k_width=32, v_width=32)), "of different widths in its"),
        (with_every(cache=Cache("full", k_width=16, v_width=8)), "keys and values of different"),
        (with_every(cache=Cache("full", k_width=16, v_width=16, stride=4)), "further keys"),
        (with_every(more=(Cache("full", k_width=16, v_width=16),)), "of different widths in its"),
        (replace(PLAIN, cache_unknown="Nobody has measured it."), "is not known here"),
    ],
)
def test_a_cache_of_another_kind_is_told_apart(shape: Shape, reason: str) -> None:
    with pytest.raises(UnsuitedError, match=reason):
        kept(shape)


@pytest.mark.parametrize(("context", "kind"), [(8, "full"), (9, "sliding"), (0, "sliding")])
def test_a_window_counts_only_where_the_model_reads_further(context: int, kind: str) -> None:
    sliding = with_every(cache=Cache("sliding", k_width=16, v_width=16, window=8))

    assert kept(replace(sliding, context=context)).kind == kind


def test_experts_that_differ_among_layers_are_no_mixture_of_one_size() -> None:
    expert = Tensor("experts.up", 8, 8, "mlp", "expert", copies=4, active=1)
    layers = (Layer((expert,)), Layer((replace(expert, copies=2),)))
    found = RealModel("odd", "Odd", replace(PLAIN, layers=layers, experts=4, experts_per_token=1))

    with pytest.raises(UnsuitedError, match="the same number of experts"):
        found.setting("expert_parameters")


def test_nothing_is_said_of_an_adapter_where_no_matrix_can_have_one() -> None:
    bare = replace(PLAIN, layers=(), outer=PLAIN.outer[:1])

    assert adapted(RealModel("bare", "Bare", bare), 8) == ""


def test_the_cache_in_three_sizes_grows_as_the_engine_says() -> None:
    sliding = with_last(cache=Cache("sliding", k_width=16, v_width=16, window=8))

    for shape in (PLAIN, sliding):
        assert cache_of(kept(shape)).per_token == shape.kv_cache_bytes_per_token
