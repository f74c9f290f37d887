"""An entry as one text: front matter, then Markdown in known sections.

The same text is the fixture format, the export and (later) the unit of history, so reading it
back must give the same document: `parse(dump(document)) == document`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

SECTIONS = {
    "plain": "In plain words",
    "working": "For people who build",
    "exact": "Exactly",
    "analogy": "Analogy",
    "analogy_breaks": "Where the analogy breaks",
    "why_it_matters": "Why it matters",
    "how_it_works": "How it works",
    "common_mistakes": "Common mistakes",
    "worked_example": "Worked example",
}
GUESS, QUESTIONS, PROMPTS = "Guess first", "Questions", "Check yourself"
FENCE = "---\n"
CHOICE = re.compile(r"- \[(?P<mark>[ x])\] (?P<text>.+?) — (?P<feedback>.+)")


class DocumentError(ValueError):
    """A text that is not a document; says what is wrong and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRow:
    text: str
    kind: str = "alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    kind: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumberRow:
    label: str
    value: str = ""
    status: str = "computed"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    key: str
    title: str
    publisher: str = ""
    published: str = ""
    url: str = ""
    accessed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessRow:
    text: str
    feedback: str
    correct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything an editor can write about one term."""

    slug: str
    title: str
    plural: str = ""
    sense: str = ""
    category: str
    level: str = "beginner"
    state: str = "draft"
    replaced_by: str = ""
    definition: str
    aliases: tuple[AliasRow, ...] = ()
    calculator: str = ""
    calculator_values: Mapping[str, str] = field(default_factory=dict)
    updated: date
    reviewed: date | None = None
    reviewer: str = ""
    key_numbers: tuple[KeyNumberRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    sources: tuple[SourceRow, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    guess: str = ""
    guesses: tuple[GuessRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    prompts: tuple[QuestionRow, ...] = ()


ROWS: Mapping[str, Callable[..., Any]] = {
    "aliases": AliasRow,
    "key_numbers": KeyNumberRow,
    "relations": RelationRow,
    "sources": SourceRow,
}
FRONT = (
    "slug", "title", "plural", "sense", "category", "level", "state", "replaced_by", "definition",
    "aliases", "calculator", "calculator_values", "updated", "reviewed", "reviewer", "key_numbers",
    "relations", "sources",
)  # fmt: skip
TYPED = {*ROWS, "calculator_values", "updated", "reviewed"}
REQUIRED = ("slug", "title", "category", "definition", "updated")


def parse(text: str) -> Document:
    """Read a document; DocumentError when it is not one."""
    if not text.startswith(FENCE) or f"\n{FENCE}" not in text:
        raise DocumentError("A document starts with front matter between two lines of ---")
    front, body = text.removeprefix(FENCE).split(f"\n{FENCE}", 1)
    return Document(**read_front(front), **read_body(body))


def read_front(text: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DocumentError(f"The front matter is not YAML: {error}") from error
    if not isinstance(front, dict):
        raise DocumentError("The front matter must be a list of names with values")
    for name in front:
        if name not in FRONT:
            raise DocumentError(f"The front matter has an unknown name: {name}")
    for name in REQUIRED:
        if not front.get(name):
            raise DocumentError(f"The front matter has no {name}")
    for name, row in ROWS.items():
        front[name] = tuple(read_row(row, name, item) for item in front.get(name) or ())
    values = front.get("calculator_values") or {}
    front["calculator_values"] = {str(key): str(value) for key, value in values.items()}
    return {name: value if name in TYPED else as_text(value) for name, value in front.items()}


def read_row(row: Callable[..., Any], name: str, item: Any) -> Any:
    if isinstance(item, str) and row is AliasRow:
        return AliasRow(text=item)
    try:
        return row(**{key: as_text(value) for key, value in item.items()})
    except (AttributeError, TypeError) as error:
        raise DocumentError(f"A row of {name} is wrong: {item!r}") from error


def as_text(value: Any) -> Any:
    """YAML makes numbers of a year or a size; every field but these two kinds is text."""
    return value if isinstance(value, str | date | bool) else str(value)


def read_body(body: str) -> dict[str, Any]:
    parts = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)
    if parts[0].strip():
        raise DocumentError("Every text stands under a ## heading")
    names = {heading: name for name, heading in SECTIONS.items()}
    found: dict[str, Any] = {"texts": {}}
    stripped = [part.strip() for part in parts[1:]]
    for heading, text in zip(stripped[::2], stripped[1::2], strict=True):
        if heading in names:
            found["texts"][names[heading]] = text
        elif heading == GUESS:
            found |= read_guess(text)
        elif heading in {QUESTIONS, PROMPTS}:
            found["questions" if heading == QUESTIONS else "prompts"] = read_questions(text)
        else:
            raise DocumentError(f"There is no section “{heading}”")
    return found


def read_guess(text: str) -> dict[str, Any]:
    question, *lines = [line for line in text.splitlines() if line.strip()]
    rows = []
    for line in lines:
        match = CHOICE.fullmatch(line)
        if match is None:
            raise DocumentError(f"A guess is written “- [ ] answer — feedback”, not “{line}”")
        rows.append(
            GuessRow(text=match["text"], feedback=match["feedback"], correct=match["mark"] == "x")
        )
    return {"guess": question, "guesses": tuple(rows)}


def read_questions(text: str) -> tuple[QuestionRow, ...]:
    parts = re.split(r"^### (.+)\n", f"{text}\n", flags=re.MULTILINE)
    if parts[0].strip():
        raise DocumentError("Every answer stands under a ### question")
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return tuple(QuestionRow(question=q.strip(), answer=a.strip()) for q, a in pairs)


class Dumper(yaml.SafeDumper):
    """Writes lists indented under their name, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def dump(document: Document) -> str:
    """Write a document the one way that gives the same bytes each time."""
    front = {name: front_value(getattr(document, name)) for name in FRONT}
    kept = {name: value for name, value in front.items() if value not in ("", None, [], {})}
    text = yaml.dump(kept, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return (
        FENCE
        + text
        + FENCE
        + "".join(f"\n## {head}\n\n{body}\n" for head, body in bodies(document))
    )


def front_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [short_row(row) for row in value]
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value


def short_row(row: Any) -> Any:
    if isinstance(row, AliasRow) and row.kind == "alternative":
        return row.text
    values = {name: getattr(row, name) for name in row.__slots__}
    return {name: value for name, value in values.items() if value not in ("", None)}


def bodies(document: Document) -> list[tuple[str, str]]:
    texts = [(SECTIONS[name], document.texts.get(name, "")) for name in SECTIONS]
    marked = [
        f"- [{'x' if row.correct else ' '}] {row.text} — {row.feedback}" for row in document.guesses
    ]
    guess = "\n".join([document.guess, "", *marked]).strip()
    texts.insert(list(SECTIONS).index("why_it_matters"), (GUESS, guess))
    texts += [(QUESTIONS, asked(document.questions)), (PROMPTS, asked(document.prompts))]
    return [(heading, body) for heading, body in texts if body]


def asked(rows: Sequence[QuestionRow]) -> str:
    return "\n\n".join(f"### {row.question}\n\n{row.answer}" for row in rows)
