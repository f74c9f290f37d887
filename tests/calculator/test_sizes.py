"""Calculators of size: surprising answers are results, impossible inputs are refused in words."""

from decimal import Decimal

import pytest
from django.test import Client

from calculator import registry
from calculator.cards import Card, make_card
from calculator.widgets.bpw import Format, Picture


def card(slug: str, **query: str) -> Card:
    widget = registry.get(slug)
    assert widget is not None
    return make_card(widget, query)


@pytest.mark.parametrize(
    ("slug", "query", "name", "message"),
    [
        (
            "moe",
            {"E": "8", "k": "9"},
            "k",
            "Experts used must be no more than experts there are (8)",
        ),
        ("active", {"T": "8", "A": "9"}, "A", "Active must be no more than total"),
        ("qlora", {"n": "1", "A": "1"}, "A", "LoRA parameters must be fewer than the model’s"),
        ("checkpoint", {"mbps": "0"}, "mbps", "Connection must be between 1 and 10,000 Mbit/s"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    slug: str, query: dict[str, str], name: str, message: str
) -> None:
    assert card(slug, **query).form.errors[name] == [message]


def test_a_machine_that_is_too_small_is_a_result() -> None:
    found = card("fit", model="llama-3.1-405b", cap="8")

    assert found.valid
    assert found.result.outputs["verdict"].value == "too big"
    assert found.result.outputs["maxctx"].value == 0
    assert "No conversation fits into 8 GB" in found.result.sentence


@pytest.mark.django_db
def test_what_stands_over_the_edge_of_the_machine_is_hatched(client: Client) -> None:
    html = client.get("/calculators/fit/", {"model": "llama-3.1-70b"}).content.decode()

    assert html.count('id="hatch"') == 1
    # 46.3 GB stand over the edge of all machines but the 48, 80 and 141 GB ones.
    assert html.count('class="vat__over"') == 5


def test_a_model_by_name_brings_its_cache() -> None:
    found = card("fit", model="llama-2-7b")

    assert found.answered.cleaned_data["kvt"] == 524_288
    assert found.query == "model=llama-2-7b"


def test_training_state_may_be_asked_for_with_a_one() -> None:
    found = card("checkpoint", opt="1")

    assert found.result.outputs["gb"].value == 112
    assert len(found.result.picture.contents) == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("rank", "note"),
    [
        ("31", ()),
        ("32", ("At this rank LoRA has as many parameters as the matrix itself.",)),
        ("64", ("At this rank LoRA has more parameters than the matrix itself.",)),
    ],
)
def test_lora_says_when_it_is_no_smaller_than_its_matrix(rank: str, note: tuple[str, ...]) -> None:
    assert card("lora", r=rank, a="64", b="64").result.notes == note


def test_lora_keeps_every_digit_of_what_it_trains() -> None:
    assert card("lora").result.outputs["trained"].exact == "4,194,304"


def test_more_adapters_than_a_model_has_parameters_are_pointed_out() -> None:
    found = card("lora", n="0.01", m="2000", r="256")

    assert "outnumber the model" in found.result.notes[0]


def test_qlora_at_sixteen_bits_is_plain_lora() -> None:
    found = card("qlora", bpw="16").result

    assert found.outputs["qlora"].value == found.outputs["lora"].value
    assert "nothing is saved" in found.notes[0]


def test_heavy_adapters_are_not_said_to_save_anything() -> None:
    found = card("qlora", n="1", A="0.9", o="64").result

    assert "training every weight takes no more" in found.sentence


def test_three_ways_to_fine_tune_share_one_scale() -> None:
    full, lora, _ = card("qlora", n="1", A="0.9", o="64").result.picture.bars  # type: ignore[attr-defined]

    ends = [sum(Decimal(piece.width.rstrip("%")) for piece in bar.pieces) for bar in (full, lora)]
    assert ends[0] < ends[1] == 100


def test_one_expert_that_is_always_used_is_a_dense_model() -> None:
    found = card("moe", S="2", e="5", E="1", k="1").result

    assert found.outputs["share"].value == 100
    assert "dense" in found.sentence


def test_mixtral_by_name_is_the_default_mixture() -> None:
    assert card("moe", model="mixtral-8x7b").query == ""


def test_a_dense_model_reads_all_it_holds() -> None:
    found = card("active", T="8", A="8").result

    assert found.outputs["ratio"].text == "1×"
    assert len(found.picture.pieces) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("billions", "terms"),
    [("0.5", "Tiny 0.5 billion"), ("8", "Laptop 4 billion"), ("405", "Multi-GPU 110 billion")],
)
def test_a_tier_is_an_inequality_with_its_edges(billions: str, terms: str) -> None:
    equation = card("tiers", n=billions).result.equation

    shown = f"{equation.answer.text} {equation.terms[0].text}"
    assert shown.replace("500 million", "0.5 billion") == terms


@pytest.mark.django_db
def test_all_six_tiers_are_in_the_table_and_one_is_marked(client: Client) -> None:
    html = client.get("/calculators/tiers/", {"n": "15"}).content.decode()

    assert html.count('aria-current="true"><th scope="row">') == 1
    assert 'aria-current="true"><th scope="row">Workstation' in html
    assert html.count('data-h="parameters"') == 6


def test_the_largest_model_needs_several_servers() -> None:
    assert card("tiers", n="10000").result.outputs["device"].value == "several servers"


@pytest.mark.parametrize("query", [{}, {"model": "llama-3.1-70b"}, {"n": "70", "kvt": "327680"}])
def test_the_cache_of_a_known_model_needs_no_note(query: dict[str, str]) -> None:
    assert card("fit", **query).result.notes == ()


@pytest.mark.parametrize("query", [{"n": "70"}, {"kvt": "98304"}])
def test_a_cache_that_no_known_model_of_the_size_has_is_pointed_out(query: dict[str, str]) -> None:
    (note,) = card("fit", **query).result.notes

    assert "does not follow from the number of parameters" in note


@pytest.mark.django_db
def test_a_choice_stays_while_another_field_is_wrong(client: Client) -> None:
    html = client.get("/calculators/kv/", {"kind": "sliding", "slide": "99"}).content.decode()

    assert 'value="sliding" checked' in html


def files(billions: str) -> dict[str, Format]:
    picture = card("bpw", n=billions).result.picture
    assert isinstance(picture, Picture)
    return {row.name: row for row in picture.files}


def test_a_mere_count_gets_a_band_that_holds_the_published_file() -> None:
    """llama.cpp, tools/quantize/README.md: Llama 3.1 8B as Q4_K_M has 4.8944 bits a weight."""
    rows = files("8.030261248")

    least, _, most = rows["Q4_K_M"].bits.partition(" to ")

    assert Decimal(least) <= Decimal("4.8944") <= Decimal(most)
    assert rows["Q4_K_M"].size == "4.81 to 4.92 GB"


def test_a_smaller_count_gets_a_wider_band() -> None:
    rows = files("1")

    assert rows["Q4_K_M"].bits == "4.84 to 5.24"
    assert rows["Q4_K_M"].size == "605 to 655 MB"
