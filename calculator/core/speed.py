"""Tokens a second, operations, time, money and energy: ranges from runs that somebody measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from calculator.core.catalog import read

GIGA = 10**9
TERA = 10**12
HOUR = 3600

MEMORIES = ("gddr", "hbm", "unified", "cpu")
# A regime was measured at 16 bits and around 4; widths between them get both ranges.
WIDE, NARROW = 12, 6

# Llama 3 405B, page 10 and table 4: an overall utilization of 38 to 43 %, 43 % on 8,192
# cards, 41 % and 38 % on 16,384. Checked 2026-11-22 in quotations of that page, and in a slide of
# the same runs (Balaji, SC’24): 430, 400 and 380 teraflops a second of the H100’s 989.
TRAINING_SHARE = (0.38, 0.43)
TRAINING_SOURCE = "Grattafiori et al. 2024, The Llama 3 Herd of Models, arXiv:2407.21783, table 4"


class SpeedError(ValueError):
    """A speed that cannot be worked out: `str()` says what is missing or impossible."""


@dataclass(frozen=True, slots=True)
class Share:
    """The smallest and largest share of a peak that measured runs reached, and those runs."""

    low: float
    high: float
    runs: int
    sources: tuple[str, ...]

    def __or__(self, other: "Share") -> "Share":
        return Share(
            min(self.low, other.low),
            max(self.high, other.high),
            self.runs + other.runs,
            tuple(dict.fromkeys(self.sources + other.sources)),
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """A range of something a second. `bound` says what holds it back: "memory" or "compute"."""

    low: float
    high: float
    bound: str = "memory"


@cache
def measured_shares() -> Mapping[str, Share]:
    """Return each regime's share of the memory's bandwidth, from the rows of data/speeds.toml.

    share = bytes read for one token × tokens a second ÷ bandwidth; the range is from the smallest
    to the largest of the regime's rows

    Units: shares of 1. Errors: none. Left out: runs below 4 bits, which unpack more than they
    read and reach less; several cards. Source: each row names its own.
    """
    tables: dict[str, Any] = read("speeds.toml")
    found: dict[str, Share] = {}
    for row in tables["run"]:
        share = row["read"] * row["speed"] / (row["bandwidth"] * GIGA)
        _widen(found, row["regime"], Share(share, share, 1, (row["source"],)))
    for row in tables["planned"]:
        for regime in row["regimes"]:
            _widen(found, regime, Share(row["share"], row["share"], 0, (row["source"],)))
    return MappingProxyType(found)


def _widen(found: dict[str, Share], regime: str, share: Share) -> None:
    found[regime] = found[regime] | share if regime in found else share


def decode_share(memory: str, bits: float, *, experts: bool = False) -> Share:
    """Return the share of the bandwidth that writing tokens reaches in one regime.

    Mixtures of experts have a range of their own on any graphics memory; a processor has one; the
    rest go by memory and bits a weight: from 12 up "16 bits", to 6 "4 bits", between them both.

    Units: memory is one of MEMORIES; bits a weight; shares of 1.
    Errors: SpeedError for another memory or bits that are not above 0.
    Left out: what `measured_shares` leaves out. Source: data/speeds.toml.
    """
    if memory not in MEMORIES or bits <= 0:
        raise SpeedError(f"memory is one of {', '.join(MEMORIES)}, and a weight has bits")
    shares = measured_shares()
    if memory == "cpu":
        return shares["cpu"]
    if experts:
        return shares["moe"]
    wide, narrow = shares[f"dense-16bit-{memory}"], shares[f"dense-4bit-{memory}"]
    if bits >= WIDE:
        return wide
    return narrow if bits <= NARROW else wide | narrow


def experts_read(*, experts: int, per_token: int, tokens: int) -> float:
    """Return how many different experts of a layer a batch of tokens needs.

    experts × (1 − (1 − per_token ÷ experts)^tokens), each token choosing alike and on its own

    Units: experts of one layer; tokens written at once. Errors: SpeedError when a token uses more
    experts than there are, or a count is below 1. Left out: that real routers favour some experts,
    which makes it fewer. Source: the expected number of distinct draws.
    """
    if not 1 <= per_token <= experts or tokens < 1:
        raise SpeedError("a token uses at least one expert and no more than there are")
    return float(experts * (1 - (1 - per_token / experts) ** tokens))


def decode_rate(
    *,
    weights: float,
    cache: float,
    bandwidth: float,
    share: Share,
    sequences: int = 1,
    active: int = 0,
    peak: float = 0,
) -> Rate:
    """Return the tokens a second that all sequences together get.

    sequences × share × bandwidth ÷ (weights + sequences × cache): every step reads the weights
    once and each sequence's own cache. Where the peak rate is known, no more than
    peak ÷ (2 × active), and then computing is what holds it back.

    Units: weights and cache in bytes read for a step (without the input embedding, of which one
    row is read); bandwidth in bytes a second; active parameters; peak in operations a second
    (0: unknown). Errors: SpeedError for numbers that are not positive.
    Left out: speculative decoding, parts on a slower device, links between cards.
    Source: kipply, Transformer Inference Arithmetic; shares from data/speeds.toml.
    """
    if min(weights, bandwidth, sequences) <= 0 or min(cache, active, peak) < 0:
        raise SpeedError("weights, bandwidth and sequences must be above 0, the rest not below")
    step = weights + sequences * cache
    low, high = (sequences * part * bandwidth / step for part in (share.low, share.high))
    if not active or not peak or high <= peak / (2 * active):
        return Rate(low, high)
    ceiling = peak / (2 * active)
    return Rate(min(low, ceiling), ceiling, "compute")


def prefill_flops(
    *, active: int, tokens: int, head: int = 0, layers: int = 0, heads: int = 0, head_dim: int = 0
) -> int:
    """Return the operations of reading a prompt.

    2 × (active × tokens + head) + 2 × layers × heads × head_dim × tokens²: a multiplication and an
    addition for each parameter and token, in the head for the last token only, and attention over
    the earlier half of all pairs

    Units: active are parameters used for a token, without the input embedding and the head; head
    are those of the head, tied or not; operations.
    Errors: SpeedError for negative numbers. Left out: windows (fewer pairs), latent attention.
    Source: Kaplan et al. 2020, arXiv:2001.08361, section 2.1; half of 4 × L × h × s² (causal);
    the head: llama.cpp, include/llama.h, llama_batch (“only the last token is output”), checked
    2026-11-22.
    """
    if min(active, tokens, head, layers, heads, head_dim) < 0:
        raise SpeedError("sizes and tokens cannot be negative")
    return 2 * (active * tokens + head) + 2 * layers * heads * head_dim * tokens**2


@cache
def prompt_share() -> Share:
    """Return the share of the peak rate that reading prompts reached on measured cards.

    share = operations of the prompt ÷ its tokens × tokens a second ÷ peak, smallest to largest of
    data/speeds.toml

    Units: shares of 1. Errors: none. Left out: prompts shorter than 1,024 tokens, other engines.
    Source: each row names its own.
    """
    tables: dict[str, Any] = read("speeds.toml")
    rows, prompted = tables["prompt"], tables["prompted"]
    each = prefill_flops(**prompted) / prompted["tokens"]
    shares = [each * row["speed"] / (row["peak"] * TERA) for row in rows]
    sources = tuple(dict.fromkeys(row["source"] for row in rows))
    return Share(min(shares), max(shares), len(rows), sources)


def training_flops(*, active: int, tokens: int, recompute: bool = False) -> int:
    """Return the operations of training: 6 × active × tokens, 8 with full recomputation.

    forward 2, backward 4, and the forward pass once more when its activations are not kept

    Units: parameters active for a token; operations. Errors: SpeedError for negative numbers.
    Left out: attention over the context, the optimizer's own step.
    Source: Kaplan et al. 2020, arXiv:2001.08361; equal to GPT-3's and Llama 3's own in the tests.
    """
    if min(active, tokens) < 0:
        raise SpeedError("parameters and tokens cannot be negative")
    return (8 if recompute else 6) * active * tokens


def compute_seconds(
    *, operations: float, peak: float, devices: int = 1, share: tuple[float, float]
) -> Rate:
    """Return the seconds that computing takes, fastest first.

    operations ÷ (share × peak × devices)

    Units: operations; peak in operations a second of one device; share as (low, high) of 1, for
    instance `TRAINING_SHARE` (0.38 to 0.43 in Llama 3's training); seconds.
    Errors: SpeedError for a peak, count or share that is not above 0, or a share above 1.
    Left out: loading, checkpoints, failures. Source: the definition of a rate.
    """
    low, high = share
    if min(peak, devices, low) <= 0 or operations < 0 or not low <= high <= 1:
        raise SpeedError("peak, devices and shares must be above 0, and shares at most 1")
    return Rate(
        operations / (high * peak * devices), operations / (low * peak * devices), "compute"
    )


def money(*, seconds: float, devices: int, hourly: float) -> float:
    """Return what renting costs: seconds ÷ 3,600 × devices × the price of an hour.

    Units: the price's currency. Errors: SpeedError for negative numbers.
    Left out: storage, traffic, idle time. Source: the definition of a price.
    """
    if min(seconds, devices, hourly) < 0:
        raise SpeedError("time, devices and prices cannot be negative")
    return seconds / HOUR * devices * hourly


def energy(*, seconds: float, devices: int, watts: float, overhead: float = 1) -> float:
    """Return the electric energy: seconds × devices × watts × overhead ÷ 3,600,000.

    Units: watts of one device; overhead is the building's total over its computers' (PUE, at
    least 1); kilowatt-hours. Errors: SpeedError for negative numbers or an overhead below 1.
    Left out: the rest of the computer unless `watts` holds it; that cards seldom draw their limit.
    Source: the definition of the kilowatt-hour.
    """
    if min(seconds, devices, watts) < 0 or overhead < 1:
        raise SpeedError("time, devices and watts cannot be negative, nor a building use less")
    return seconds * devices * watts * overhead / (HOUR * 1000)
