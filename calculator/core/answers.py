"""What one device can do with one model: the reverse questions, asked of the run itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from calculator.core.architecture import Shape
from calculator.core.cache import MOST_SEQUENCES
from calculator.core.devices import Device
from calculator.core.formats import weights
from calculator.core.gguf import GgufError
from calculator.core.pace import first_token, writing
from calculator.core.searching import best_format, fewest_cards, longest_context, most_users
from calculator.core.serving import Run, runtime_of
from calculator.core.speed import Rate
from calculator.core.splitting import Split
from calculator.core.verdicts import FITS, TIGHT, TOO_BIG, Verdict, allowed, judge

# Past this many tokens no model's settings go today; it bounds the search where none are named.
MOST_TOKENS = 2**20
# ggml-org/llama.cpp, src/llama-cparams.h: LLAMA_MAX_SEQ, checked 22 November 2026.
MOST_AT_ONCE = {"llama.cpp": 256}
# Several of these are built into one machine; whole machines are joined by networks.
CARDS = {"consumer card", "workstation card", "data-centre card"}

# Best first, by how little they change a model's weights.
FILES = ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K")
# For other engines, and for models that llama.cpp has no file of.
PLAIN = ("bf16", "fp8", "nf4-dq")
# Published with four-bit experts: wider formats only blow those up.
NARROW = {"gpt_oss": ("MXFP4_MOE", "Q3_K_M", "Q2_K")}
NARROW_PLAIN = {"gpt_oss": ("mxfp4",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a device does with a run, None for what is not known or does not apply.

    `longest` is the most tokens in each conversation and `users` how many conversations of the
    asked length fit at once (0: not one), `cards` how many such devices are needed where one is not
    enough, asked up to `most_cards` (0: no rule is known), `format` the best in which it fits
    ("": in none), `rate` tokens a second of all conversations together, `first` seconds until
    the first token.
    """

    device: Device
    verdict: Verdict
    longest: int | None
    users: int | None
    cards: int | None
    most_cards: int
    format: str | None
    rate: Rate | None
    first: Rate | None


class Questions:
    """Asks one run of one device after another; what devices share is worked out once.

    `sizes` are the bytes of the model in the formats to choose from, best first.
    """

    def __init__(self, run: Run, sizes: Mapping[str, int]) -> None:
        self.run = run
        self.sizes = sizes

    @cached_property
    def split(self) -> Split:
        return Split(self.run)

    def answer(self, device: Device) -> Answer:
        """Return everything that is asked of this device, each found by search.

        A cache that is not derived may be of any size: what fits without it is tight at best.

        Units and errors: those of the functions that are searched. Left out: what a verdict leaves
        out (verdicts.py). Source: searching.py.
        """
        run, runtime = self.run, runtime_of(device)
        room = allowed(run.engine, device.usable)
        verdict = judge(run.needed(runtime), room)
        if run.cache_unknown and verdict.answer == FITS:
            verdict = replace(verdict, answer=TIGHT)
        enough = verdict.answer != TOO_BIG
        return Answer(
            device=device,
            verdict=verdict,
            longest=self.longest(runtime, room.low),
            users=self.users(runtime, room.low),
            cards=None if verdict.answer == FITS else self.cards(device, runtime, room.low),
            most_cards=max(self.counts(device), default=0),
            format=self.format(runtime, room.low),
            rate=writing(run, device) if enough else None,
            first=first_token(run, device) if enough else None,
        )

    def longest(self, runtime: str, capacity: int) -> int | None:
        """The most tokens in each conversation with which everything still fits for certain."""
        run = self.run
        if not self.converses:
            return None
        most = run.shape.context or MOST_TOKENS
        return longest_context(lambda tokens: run.most(runtime, tokens), capacity, most) or 0

    def users(self, runtime: str, capacity: int) -> int | None:
        run = self.run
        if not self.converses or not run.context:
            return None
        most = MOST_AT_ONCE.get(run.engine, MOST_SEQUENCES)
        return most_users(lambda count: run.most(runtime, sequences=count), capacity, most)

    def cards(self, device: Device, runtime: str, capacity: int) -> int | None:
        """How many hold it together: by the engine's rule (splitting.py), None without one."""
        return fewest_cards(
            lambda count: self.split.most(runtime, count), capacity, self.counts(device)
        )

    def counts(self, device: Device) -> tuple[int, ...]:
        return self.split.counts if device.kind in CARDS else ()

    def format(self, runtime: str, capacity: int) -> str | None:
        """The first format that fits; only the weights differ from those of the run."""
        beside = self.run.most(runtime) - self.run.weights
        found = best_format(self.sizes, lambda name: self.sizes[name] + beside, capacity)
        return None if found and self.run.cache_unknown else found or ""

    @property
    def converses(self) -> bool:
        """Whether there are conversations to ask about, and their cache is known."""
        return self.run.shape.generates and not self.run.shape.cache_unknown


def format_sizes(shape: Shape, engine: str) -> dict[str, int]:
    """Return the bytes of a model in the formats that are tried for an engine, best first.

    Units: bytes of the weights. Errors: none; a model that llama.cpp has no file of gets the plain
    formats instead. Left out: formats between those tried. Source: `weights`.
    """
    plain = NARROW_PLAIN.get(shape.model_type, PLAIN)
    names = NARROW.get(shape.model_type, FILES) if engine == "llama.cpp" else plain
    try:
        return dict(sized(shape, names))
    except GgufError:
        return dict(sized(shape, plain))


def sized(shape: Shape, names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for name in names:
        yield name, weights(shape, name).bytes
