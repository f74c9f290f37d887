"""What a model needs while it runs, and how long a conversation a machine has room for."""

from dataclasses import dataclass
from decimal import Decimal

from calculator.core.memory import GIGABYTE, weights_bytes

WORKING_SHARE = Decimal("0.1")
LEAST_WORKING = Decimal(GIGABYTE)
# A verdict of "fits" leaves a tenth of the memory to the machine itself.
COMFORTABLE = Decimal("0.9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Bytes of the three things that must be in memory at the same time."""

    weights: Decimal
    cache: Decimal
    working: Decimal

    @property
    def total(self) -> Decimal:
        return self.weights + self.cache + self.working


def running_need(
    *, parameters: Decimal, bits: Decimal, tokens: Decimal, cache_per_token: Decimal
) -> Need:
    """Return the bytes for weights, KV cache and working space.

    weights = parameters × bits ÷ 8
    cache = tokens × bytes of cache for each token
    working = a tenth of the weights, 1 GB at least

    The working space is a rule of thumb of ours; programs differ. Left out: several conversations
    at once, caches that stop growing (sliding windows), what the machine keeps for itself.
    """
    weights = weights_bytes(parameters=parameters, bits=bits)
    working = max(LEAST_WORKING, weights * WORKING_SHARE)
    return Need(weights=weights, cache=tokens * cache_per_token, working=working)


def longest_context(*, capacity: Decimal, need: Need, cache_per_token: Decimal) -> int:
    """Return how many whole tokens of cache fit beside the weights and the working space.

    tokens = (capacity − weights − working) ÷ bytes of cache for each token, rounded down; 0 where
    the weights and the working space alone are too big. The model's own limit may be lower.
    """
    room = capacity - need.weights - need.working
    return max(0, int(room // cache_per_token))


def verdict(total: Decimal, capacity: Decimal) -> str:
    """Say "fits" (a tenth of the memory stays free), "tight" (up to all of it) or "too big"."""
    if total <= capacity * COMFORTABLE:
        return "fits"
    return "tight" if total <= capacity else "too big"
