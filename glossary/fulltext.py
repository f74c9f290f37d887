"""Searches what is written about terms: tantivy in memory, so every database answers the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from tantivy import (
    Document,
    Filter,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Snippet,
    SnippetGenerator,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

# How much a word counts by where it stands.
WEIGHTS = {"title": 8.0, "names": 5.0, "definition": 3.0, "body": 1.0}
UNFINISHED = 0.3
UNFINISHED_LENGTH = 3
MAX_FORMS = 50
MAX_WORDS = 12
MAX_WORD_LENGTH = 60
EXCERPT_LENGTH = 180
WRITER_BYTES = 15_000_000
# Words that carry no meaning in a question: “what is the KV cache” asks for the KV cache.
STOP_WORDS = (
    "a an and are as at be but by can do does for from how i if in into is it its of on or so that"
    " the their then there these they this to was what when where which who why will with"
)


def analyzer(*filters: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    folding = Filter.remove_long(MAX_WORD_LENGTH), Filter.lowercase(), Filter.ascii_fold()
    for each in (*folding, *filters):
        builder = builder.filter(each)
    return builder.build()


WORDS = analyzer()
STEMS = analyzer(Filter.custom_stopword(WORDS.analyze(STOP_WORDS)), Filter.stemmer("english"))


def schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("number", fast=True)
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="stems")
    return builder.build()


@dataclass(frozen=True, slots=True)
class Text:
    """What is written about one term; an excerpt never runs from one passage into the next."""

    title: str
    names: str
    definition: str
    passages: Sequence[str] = ()


class FullText:
    """The texts of all terms; the number of a text is its place among them."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self.schema = schema()
        self.passages: list[Sequence[str]] = []
        index = Index(self.schema)
        index.register_tokenizer("stems", STEMS)
        with index.writer(heap_size=WRITER_BYTES, num_threads=1) as writer:
            for number, text in enumerate(texts):
                self.passages.append(text.passages)
                writer.add_document(
                    Document(
                        number=number,
                        title=text.title,
                        names=text.names,
                        definition=text.definition,
                        body=list(text.passages),
                    )
                )
        index.reload()
        self.searcher = index.searcher()

    def find(self, asked: str) -> "Found":
        """Find the texts that have all the words; if there is none, those that have any."""
        words = list(dict.fromkeys(STEMS.analyze(asked)))[:MAX_WORDS]
        forms = {word: {word} for word in words}
        if words:
            forms[words[-1]] |= self.completions(asked)
        parts = [self.any_form(word, forms[word]) for word in words]
        found = Found(self, forms, Occur.Must, parts)
        if not found.scores and len(words) > 1:
            found = Found(self, forms, Occur.Should, parts)
        return found

    def completions(self, asked: str) -> set[str]:
        """Return the stems that the last word, perhaps unfinished, is the beginning of."""
        last = WORDS.analyze(asked)[-1]
        if len(last) < UNFINISHED_LENGTH:
            return set()
        return {
            term
            for field in WEIGHTS
            for term, _ in self.searcher.terms_with_prefix(field, last, limit=MAX_FORMS)
        }

    def any_form(self, word: str, forms: set[str]) -> Query:
        """Score by the best place and form of a word, so that fields do not add up."""
        queries = [
            Query.boost_query(
                Query.term_query(self.schema, field, form),
                weight if form == word else weight * UNFINISHED,
            )
            for field, weight in WEIGHTS.items()
            for form in sorted(forms)
        ]
        return Query.disjunction_max_query(queries, tie_breaker=0.1)


class Found:
    """What one search found: a score for each text, and where its words stand."""

    def __init__(
        self, texts: FullText, forms: dict[str, set[str]], occur: Occur, parts: list[Query]
    ) -> None:
        self.texts = texts
        self.all_words = occur == Occur.Must
        self.words = len(forms)
        self.forms = set().union(*forms.values())
        self.query = Query.boolean_query([(occur, part) for part in parts])
        self.scores = self.scored() if parts and texts.passages else {}

    def scored(self) -> dict[int, float]:
        searcher = self.texts.searcher
        hits = searcher.search(self.query, limit=searcher.num_docs).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        pairs = zip(numbers, hits, strict=True)
        return {int(number): score for number, (score, _) in pairs if number is not None}

    @cached_property
    def snippets(self) -> SnippetGenerator:
        generator = SnippetGenerator.create(
            self.texts.searcher, self.query, self.texts.schema, "body"
        )
        generator.set_max_num_chars(EXCERPT_LENGTH)
        return generator

    def excerpt(self, number: int) -> SafeString:
        """Return, as HTML, where the words stand together in a text below its definition."""
        best, most = SafeString(""), 0
        for passage in self.texts.passages[number] if number in self.scores else ():
            snippet = self.snippets.snippet_from_doc(Document(body=passage))
            cut = snippet.fragment().encode()
            marked = {cut[place.start : place.end].lower() for place in snippet.highlighted()}
            if len(marked) > most:
                best, most = self.shown(passage, snippet), len(marked)
            if most >= self.words:
                break
        return best

    def shown(self, passage: str, snippet: Snippet) -> SafeString:
        place = snippet.fragment_range()
        rest = passage.encode()[place.end :].decode()
        # A snippet stops after its last word: at the end of a passage, a full stop follows.
        end = " …" if any(map(str.isalnum, rest)) else rest
        return format_html(
            "{}{}{}", "… " if place.start else "", self.mark(snippet.fragment()), end
        )

    def mark(self, text: str) -> SafeString:
        """Return the text as HTML, with the words that were asked for marked."""
        pieces, done = [], 0
        for token in STEMS.pre_tokenize(text).tokens:
            if token.text in self.forms:
                start, end = token.char_offset_from, token.char_offset_to
                pieces += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
                done = end
        return mark_safe("".join([*pieces, escape(text[done:])]))
