"""Counts of parameters equal the counts that makers publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.core.catalog import MODELS, Model
from calculator.core.parameters import (
    Decoder,
    decoder_parts,
    dense_weights,
    rule_of_thumb,
)

SIDES = st.integers(min_value=1, max_value=65_536)
# Left out: GPT-2 (plain feed-forward, biases, positions), Qwen2.5 (biases), Mixtral (experts).
LLAMA_STYLE = [
    "llama-2-7b",
    "llama-2-70b",
    "llama-3.1-8b",
    "llama-3.1-70b",
    "llama-3.1-405b",
    "llama-3.2-1b",
    "llama-3.2-3b",
    "mistral-7b",
]


def decoder(model: Model) -> Decoder:
    return Decoder(
        layers=model.layers,
        width=model.hidden_size,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_size=model.head_dim,
        feed_forward=model.intermediate_size,
        vocabulary=model.vocab_size,
        tied=model.tied,
    )


@pytest.mark.parametrize("slug", LLAMA_STYLE)
def test_the_parts_of_a_model_add_up_to_its_published_count(slug: str) -> None:
    parts = decoder_parts(decoder(MODELS[slug]))

    assert parts.total == MODELS[slug].parameters


def test_the_shares_of_the_parts_add_up_to_one() -> None:
    parts = decoder_parts(decoder(MODELS["llama-3.1-8b"]))

    counts = (parts.embeddings, parts.attention, parts.feed_forward, parts.norms)
    assert sum(parts.share(count) for count in counts) == 1


def test_the_biases_of_qwen_are_what_the_sum_leaves_out() -> None:
    model = MODELS["qwen2.5-72b"]

    parts = decoder_parts(decoder(model))

    biases = model.layers * (model.heads + 2 * model.kv_heads) * model.head_dim
    assert parts.total + biases == model.parameters


def test_the_rule_of_thumb_lands_on_gpt_3() -> None:
    in_layers, in_tables = rule_of_thumb(layers=96, width=12_288, vocabulary=50_257, tied=True)

    # arXiv:2005.14165, table 2.1 says 175 billion.
    assert round((in_layers + in_tables) / 10**9) == 175


@given(SIDES, SIDES)
def test_two_tables_are_twice_one_table(width: int, vocabulary: int) -> None:
    _, one = rule_of_thumb(layers=1, width=width, vocabulary=vocabulary, tied=True)
    _, two = rule_of_thumb(layers=1, width=width, vocabulary=vocabulary, tied=False)

    assert two == 2 * one


@given(SIDES, SIDES)
def test_weights_do_not_depend_on_which_side_is_which(one: int, other: int) -> None:
    assert dense_weights(inputs=one, outputs=other) == dense_weights(inputs=other, outputs=one)
