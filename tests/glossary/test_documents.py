"""An entry as one text."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.documents import (
    SECTIONS,
    AliasRow,
    Document,
    DocumentError,
    GuessRow,
    KeyNumberRow,
    QuestionRow,
    RelationRow,
    SourceRow,
    dump,
    parse,
)

CHARACTERS = string.ascii_letters + string.digits + " .,:;'\"!?-–—()[]{}#&*_=|>%@`€é漢🙂~+/\\"
LINE = st.text(CHARACTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
WORDS = LINE.filter(lambda text: " — " not in text and not text.startswith(("— ", "-")))
PARAGRAPH = LINE.filter(lambda text: not text.startswith("#"))
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=4).map("\n\n".join).map(str.strip)
SLUG = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)
DAY = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def rows[T](row: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(row, max_size=3).map(tuple)


QUESTION = st.builds(QuestionRow, question=LINE, answer=TEXT)
DOCUMENTS = st.builds(
    Document,
    slug=SLUG,
    title=LINE,
    plural=LINE | st.just(""),
    sense=LINE | st.just(""),
    category=SLUG,
    level=st.sampled_from(["beginner", "intermediate", "advanced"]),
    state=st.sampled_from(["draft", "published", "deprecated"]),
    replaced_by=SLUG | st.just(""),
    definition=LINE,
    aliases=rows(st.builds(AliasRow, text=LINE, kind=st.sampled_from(["alternative", "hidden"]))),
    calculator=SLUG | st.just(""),
    calculator_values=st.dictionaries(SLUG, LINE, max_size=3),
    updated=DAY,
    reviewed=DAY | st.none(),
    reviewer=LINE | st.just(""),
    key_numbers=rows(
        st.builds(KeyNumberRow, label=LINE, value=LINE, status=LINE, source=SLUG | st.just(""))
    ),
    relations=rows(st.builds(RelationRow, kind=SLUG, to=SLUG, reason=LINE)),
    sources=rows(
        st.builds(
            SourceRow,
            key=SLUG,
            title=LINE,
            published=st.sampled_from(["", "2023", "May 2023", "2023-05-01", "1e3", "null", "yes"]),
            accessed=DAY | st.none(),
        )
    ),
    texts=st.dictionaries(st.sampled_from(sorted(SECTIONS)), TEXT),
    guess=LINE,
    guesses=rows(st.builds(GuessRow, text=WORDS, feedback=LINE, correct=st.booleans())),
    questions=rows(QUESTION),
    prompts=rows(QUESTION),
)


@given(DOCUMENTS)
def test_reading_what_was_written_gives_the_same_document(document: Document) -> None:
    assert parse(dump(document)) == document


@given(DOCUMENTS)
def test_writing_it_again_gives_the_same_bytes(document: Document) -> None:
    text = dump(document)

    assert dump(parse(text)) == text


FRONT = "---\nslug: a\ntitle: A\ncategory: c\ndefinition: D.\nupdated: 2026-11-22\n---\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "starts with front matter"),
        ("---\nslug: a\n", "starts with front matter"),
        ("---\n[1, 2\n---\n", "is not YAML"),
        ("---\n- 1\n---\n", "must be a list of names"),
        (FRONT.replace("slug: a", "slug: a\ncolour: red"), "unknown name: colour"),
        (FRONT.replace("title: A\n", ""), "has no title"),
        (FRONT.replace("slug: a", "slug: a\naliases: [{name: b}]"), "row of aliases is wrong"),
        (FRONT.replace("slug: a", "slug: a\nrelations: [x]"), "row of relations is wrong"),
        (FRONT + "\nLoose words\n", "stands under a ## heading"),
        (FRONT + "\n## Poetry\n\nWords\n", "no section “Poetry”"),
        (FRONT + "\n## Questions\n\nWords\n", "stands under a ### question"),
        (FRONT + "\n## Guess first\n\nWhich?\n\n- maybe\n", "A guess is written"),
    ],
)
def test_a_text_that_is_no_document_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        parse(text)
