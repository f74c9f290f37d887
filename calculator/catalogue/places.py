"""Where a run fits: devices with their verdict, the longest conversation there, and the speed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from calculator.catalogue.machines import rungs
from calculator.catalogue.run_form import ENGINE_NAMES
from calculator.core import formatting
from calculator.core.answers import MOST_AT_ONCE, MOST_TOKENS, Answer, Questions
from calculator.core.cache import CacheError
from calculator.core.devices import Device
from calculator.core.serving import Run, runtime_of
from calculator.core.speed import Rate
from calculator.core.verdicts import FITS, TIGHT, TOO_BIG, allowed

WORDS = {FITS: "fits", TIGHT: "tight", TOO_BIG: "too big"}

type Sizes = Callable[[str], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """One device as a rung of the ladder, with what is known of it by name."""

    device: Device
    verdict: str
    fill: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EngineRow:
    """What one engine keeps of the same conversations, line by line with its reason."""

    engine: str
    chosen: bool
    total: str
    lines: tuple[tuple[str, str, str], ...]
    refusal: str = ""


def places(run: Run, sizes: Sizes) -> Iterator[Place]:
    questions = Questions(run, sizes(run.engine))
    for device in rungs():
        if run.engine == "vllm" and runtime_of(device) == "metal":
            continue
        yield place(run, questions.answer(device))


def place(run: Run, answer: Answer) -> Place:
    room = allowed(run.engine, answer.device.usable).low
    needed = run.most(runtime_of(answer.device))
    return Place(
        device=answer.device,
        verdict=WORDS[answer.verdict.answer],
        fill=formatting.significant(min(100.0, 100 * needed / room)),
        facts=tuple((name, words) for name, words in facts(run, answer) if words),
    )


def facts(run: Run, answer: Answer) -> Iterator[tuple[str, str]]:
    """What the device does with the run, in the order of the rung; empty where it is not known."""
    yield "Longest", said_longest(run, answer.longest)
    yield "At once", said_users(run, answer.users)
    yield "Needed", said_cards(answer)
    yield "Writes", said_speed(run, answer.rate)
    yield "First token", said_wait(answer.first)
    yield "Best format", "none fits" if answer.format == "" else answer.format or ""


def said_longest(run: Run, longest: int | None) -> str:
    if not longest:
        return ""
    tokens = formatting.plural(longest, "token", "tokens")
    if longest == run.shape.context:
        return f"all {tokens}"
    return f"{tokens} or more" if longest == MOST_TOKENS else tokens


def said_users(run: Run, users: int | None) -> str:
    if not users:
        return ""
    limit = MOST_AT_ONCE.get(run.engine)
    return formatting.exact(users) + (f", {run.engine}’s limit" if users == limit else "")


def said_cards(answer: Answer) -> str:
    """How many of the device hold the run together, or that it is unknown."""
    if answer.verdict.answer == FITS:
        return ""
    if answer.cards is not None:
        return f"{answer.cards} cards"
    return f"more than {answer.most_cards} cards" if answer.most_cards else "unknown"


def said_speed(run: Run, rate: Rate | None) -> str:
    """Tokens a second of each conversation, as a range; empty where it is not known."""
    if rate is None:
        return ""
    low, high = (formatting.significant(end / run.sequences, 2) for end in (rate.low, rate.high))
    return f"{low} a second" if low == high else f"{low} to {high} a second"


def said_wait(wait: Rate | None) -> str:
    """How long until the first token, as a range."""
    if wait is None:
        return ""
    return formatting.between(*(formatting.duration(end, 2) for end in (wait.low, wait.high)))


def engine_rows(run: Run) -> Iterator[EngineRow]:
    for engine, name in ENGINE_NAMES.items():
        chosen = engine == run.engine
        try:
            kept = run.kept(engine=engine)
        except CacheError as error:
            yield EngineRow(name, chosen, "", (), str(error))
            continue
        lines = tuple(
            (
                f"{line.layers} {'layer' if line.layers == 1 else 'layers'}, {line.name}",
                formatting.gigabytes(line.size),
                line.reason,
            )
            for line in kept.lines
        )
        yield EngineRow(name, chosen, formatting.gigabytes(kept.total), lines)
