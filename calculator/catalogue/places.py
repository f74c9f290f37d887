"""Where a run fits: devices with their verdict, the longest conversation there, and the speed."""

from collections.abc import Iterator
from dataclasses import dataclass

from calculator.catalogue.machines import rungs
from calculator.catalogue.run_form import ENGINE_NAMES
from calculator.catalogue.running import FITS, Run, runtime_of
from calculator.core import formatting
from calculator.core.cache import CacheError
from calculator.core.devices import Device
from calculator.core.searching import largest
from calculator.core.speed import Rate, decode_rate, decode_share
from calculator.core.verdicts import allowed, judge

# Past this many tokens no model's settings go today; it bounds the search where none are named.
MOST_TOKENS = 2**20
# The runs that speeds are drawn from were of models of a billion parameters and more.
SMALLEST_MEASURED = 10**9
WORDS = {FITS: "fits", "tight": "tight", "does not fit": "too big"}


@dataclass(frozen=True, slots=True)
class Place:
    """One device as a rung of the ladder."""

    device: Device
    verdict: str
    fill: str
    longest: str
    speed: str


@dataclass(frozen=True, slots=True)
class EngineRow:
    """What one engine keeps of the same conversations, line by line with its reason."""

    engine: str
    chosen: bool
    total: str
    lines: tuple[tuple[str, str, str], ...]
    refusal: str = ""


def places(run: Run) -> Iterator[Place]:
    for device in rungs():
        runtime = runtime_of(device)
        if run.engine == "vllm" and runtime == "metal":
            continue
        room = allowed(run.engine, device.usable)
        needed = run.needed(runtime)
        verdict = judge(needed, room).answer
        longest = longest_context(run, runtime, room.low)
        yield Place(
            device=device,
            verdict=WORDS[verdict],
            fill=formatting.significant(min(100.0, 100 * needed.high / room.low)),
            longest=said_longest(run, longest),
            speed=said_speed(run, device) if verdict != "does not fit" else "",
        )


def longest_context(run: Run, runtime: str, capacity: int) -> int | None:
    """The most tokens in each conversation with which everything still fits for certain."""
    most = run.shape.context or MOST_TOKENS
    if not run.shape.generates:
        return None

    def holds(tokens: int) -> bool:
        return run.needed(runtime, tokens).high <= capacity

    # Most devices hold all of it or nothing: two questions spare the search.
    return most if holds(most) else largest(holds, 1, most)


def said_longest(run: Run, longest: int | None) -> str:
    if longest is None:
        return ""
    if longest == run.shape.context:
        return f"all {formatting.exact(longest)} tokens"
    return f"up to {formatting.exact(longest)} tokens"


def said_speed(run: Run, device: Device) -> str:
    """Tokens a second of each conversation, as a range; empty where the bandwidth is unknown."""
    rate = speed(run, device)
    if rate is None:
        return ""
    low, high = (formatting.significant(end / run.sequences, 2) for end in (rate.low, rate.high))
    return f"{low} tokens a second" if low == high else f"{low} to {high} tokens a second"


def speed(run: Run, device: Device) -> Rate | None:
    small = run.shape.total_parameters < SMALLEST_MEASURED
    if device.bytes_per_second is None or device.count > 1 or small or not run.shape.generates:
        return None
    bits = 8 * run.weights / run.shape.total_parameters
    share = decode_share(device.memory_type, bits, experts=bool(run.shape.experts))
    read = run.weights * run.shape.active_without_embedding / run.shape.total_parameters
    return decode_rate(
        weights=read,
        cache=run.kept().total / run.sequences,
        bandwidth=device.bytes_per_second,
        share=share,
        sequences=run.sequences,
        active=run.shape.active_without_embedding,
        peak=device.operations_per_second or 0,
    )


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
