"""Search finds the term that is meant, at once after every change, and survives any question."""

import pytest

from glossary.models import State
from glossary.search import search, suggest
from tests.factories import make_category, make_entry


def titles(asked: str) -> list[str]:
    return [hit.term.title for hit in search(asked).hits]


@pytest.mark.usefixtures("empty_glossary")
def test_names_come_before_texts_and_whole_names_before_their_beginnings() -> None:
    make_entry(title="Apple", definition="A fruit.", plain="Some say token for a coin.")
    make_entry(title="Byte", definition="A token is rarely one byte.")
    make_entry(title="Chunk", aliases=["tokens in a row"])
    make_entry(title="Tokenizer")
    make_entry(title="Special token")
    make_entry(title="Piece", aliases=["token"])
    make_entry(title="Token")

    found = titles("token")

    assert found == ["Token", "Piece", "Tokenizer", "Chunk", "Special token", "Byte", "Apple"]


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("KV cache", "kv-cache"),
        ("KV cache", "KVCACHE"),
        ("KV-cache", "kv cache"),
        ("Naïve Bayes", "naive bayes"),
        ("Naive Bayes", "NAÏVE  BAYES"),
        ("Fine-tuning", "finetuning"),
        ("Straße", "strasse"),
        ("GPT-4", "gpt 4"),
    ],
)
def test_case_accents_hyphens_and_spaces_make_no_difference(title: str, asked: str) -> None:
    make_entry(title=title, slug="wanted", definition="First.")
    make_entry(title="Something else", definition=f"It has to do with {title}.")

    found = titles(asked)

    assert found[0] == title


@pytest.mark.usefixtures("empty_glossary")
def test_a_plural_finds_its_term_first() -> None:
    make_entry(title="List index", plural="List indices", definition="A place in it.")
    make_entry(title="Array", definition="A list with indices, and more indices.")

    found = titles("list indices")

    assert found == ["List index", "Array"]


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize(
    "asked", ["quantize", "quantized", "quantizing", "quantization", "quantiz"]
)
def test_another_form_of_a_word_finds_the_text(asked: str) -> None:
    make_entry(title="QLoRA", definition="Adapters on top of a quantized model.")
    make_entry(title="LoRA", definition="Adapters beside a model.")

    found = titles(asked)

    assert found == ["QLoRA"]


@pytest.mark.usefixtures("empty_glossary")
def test_a_word_counts_most_in_the_title_then_in_the_definition_then_below() -> None:
    make_entry(title="Aardvark", definition="An animal.", plain="It has no gradient. " * 5)
    make_entry(title="Bear", definition="An animal with a gradient.")
    make_entry(title="Policy of gradients", definition="A method.")

    found = titles("gradient")

    assert found == ["Policy of gradients", "Bear", "Aardvark"]


@pytest.mark.usefixtures("empty_glossary")
def test_every_word_is_needed_while_some_term_has_them_all() -> None:
    make_entry(title="Both", definition="Memory for a cache.")
    make_entry(title="One", definition="Memory for something.")

    together, apart = search("what is the cache memory"), search("memory zebra")

    assert [hit.term.title for hit in together.hits] == ["Both"]
    assert together.all_words
    assert {hit.term.title for hit in apart.hits} == {"Both", "One"}
    assert not apart.all_words


@pytest.mark.usefixtures("empty_glossary")
def test_questions_answers_and_key_numbers_are_searched() -> None:
    rendered = {
        "questions": [{"question": "Is it a walrus?", "answer": "<p>No, a narwhal.</p>"}],
        "prompts": [{"question": "Name an otter.", "answer": "<p>Any badger.</p>"}],
        "key_numbers": [{"label": "Ferrets", "value": "<b>ocelot</b>", "status": "computed"}],
    }
    make_entry(title="Zoo", rendered=rendered)

    for word in ("walrus", "narwhal", "otter", "badger", "ferret", "ocelot"):
        assert titles(word) == ["Zoo"]


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize("state", [State.DRAFT, State.DEPRECATED])
def test_only_published_terms_are_found(state: State) -> None:
    make_entry(title="Hidden thing", aliases=["secret"], plain="A walrus.", state=state)

    for asked in ("Hidden thing", "hid", "secret", "walrus", "hiden thing"):
        assert titles(asked) == []
        assert search(asked).guesses == []
        assert not suggest(asked).hits


@pytest.mark.usefixtures("empty_glossary")
def test_an_alias_that_matched_is_named_and_a_hidden_one_is_not() -> None:
    make_entry(title="Parameter", aliases=["model parameter", "learned value"], hidden=["paramter"])

    shown = {
        asked: [str(hit.also) for hit in search(asked).hits]
        for asked in ("learned value", "learn", "value", "paramter", "parameter")
    }

    assert shown == {
        "learned value": ["learned value"],
        "learn": ["learned value"],
        "value": ["learned value"],
        "paramter": [""],
        "parameter": [""],
    }


@pytest.mark.usefixtures("empty_glossary")
def test_the_excerpt_shows_the_words_in_place_and_is_safe() -> None:
    filler = "Nothing to see here. " * 30
    body = f"{filler}Größe: the caché of <script> & friends. {filler}"
    make_entry(title="Term", definition="Caches < everything.", plain=body)

    hit = search("cache").hits[0]

    assert "Größe: the <mark>caché</mark> of &lt;script&gt; &amp; friends." in hit.excerpt
    assert hit.excerpt.startswith("… ")
    assert hit.excerpt.endswith(" …")
    assert len(hit.excerpt) < 260
    assert hit.definition == "<mark>Caches</mark> &lt; everything."


@pytest.mark.usefixtures("empty_glossary")
def test_the_excerpt_is_where_all_the_words_stand_together() -> None:
    make_entry(
        title="Term",
        plain="A kettle in the kitchen.",
        working="A kettle and a teapot in the garden.",
        exact="A teapot elsewhere.",
    )

    hit = search("teapot kettle").hits[0]

    assert hit.excerpt == "A <mark>kettle</mark> and a <mark>teapot</mark> in the garden."


@pytest.mark.usefixtures("empty_glossary")
def test_a_match_outside_the_body_has_no_excerpt() -> None:
    make_entry(title="Weight", definition="A number.", plain="Short.")

    assert search("weight").hits[0].excerpt == ""


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize(
    "slip", ["quantisation", "quantizaton", "quantizzation", "qauntization", "quantizatoin"]
)
def test_a_misspelt_name_brings_the_nearest_spellings(slip: str) -> None:
    make_entry(title="Quantization")
    make_entry(title="Perplexity")

    answer = search(slip)

    assert answer.hits == ()
    assert [term.title for term in answer.guesses] == ["Quantization"]


@pytest.mark.usefixtures("empty_glossary")
def test_guesses_know_aliases_and_words_inside_names_and_are_at_most_five() -> None:
    make_entry(title="Gradient descent", aliases=["steepest descent"])
    for letter in "ABCDEFG":
        make_entry(title=f"Sampling {letter}")

    by_word, by_alias, many = search("gradeint"), search("stepest descent"), search("smapling")

    assert [term.title for term in by_word.guesses] == ["Gradient descent"]
    assert "Gradient descent" in {hit.term.title for hit in by_alias.hits}
    assert len(many.guesses) == 5


@pytest.mark.usefixtures("empty_glossary")
@pytest.mark.parametrize("asked", ["xyzzy", "zzzzzzzzzz", "qq", "∇", "the", "AND ("])
def test_nonsense_finds_nothing_and_guesses_nothing(asked: str) -> None:
    make_entry(title="Quantization")
    make_entry(title="Token", definition="A piece.")

    answer = search(asked)

    assert (answer.total, list(answer.guesses)) == (0, [])


@pytest.mark.usefixtures("empty_glossary")
def test_an_empty_glossary_answers_with_nothing() -> None:
    assert search("token").total == 0
    assert not suggest("token").hits


@pytest.mark.usefixtures("empty_glossary")
def test_a_long_list_of_results_is_cut_and_counted() -> None:
    make_category()
    for number in range(35):
        make_entry(title=f"Model {number}")

    answer = search("model")

    assert (len(answer.hits), answer.total) == (20, 35)
