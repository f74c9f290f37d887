"""Reverse questions, answered by asking the forward functions until they say no.

Nothing here divides one size by another: caches with windows, padding and blocks grow in steps,
and the answer of a division would be wrong by up to a whole step.
"""

from collections.abc import Callable, Iterable


class SearchError(ValueError):
    """A range to search that has no numbers in it."""


def largest(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """Return the largest whole number from `low` to `high` for which `holds` is true.

    Bisection: `holds` must stay false once it is false (sizes that never shrink make it so).
    None when it is false at `low`.

    Units: whatever the number counts. Errors: SearchError when `high` is below `low`.
    Left out: functions that become true again further on. Source: the definition of bisection.
    """
    if high < low:
        raise SearchError(f"there is no number from {low} to {high}")
    if not holds(low):
        return None
    # Many devices hold all there is: one more question spares the search.
    if holds(high):
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def longest_context(size: Callable[[int], int], capacity: int, maximum: int) -> int | None:
    """Return the most tokens, up to the model's `maximum`, whose bytes fit into `capacity`.

    the largest n in 1 to maximum with size(n) ≤ capacity; None when not even one token fits

    Units: tokens; bytes. Errors: SearchError for a maximum below 1. Left out: sizes that shrink as
    the context grows. Source: search over the function that is passed in.
    """
    return largest(lambda tokens: size(tokens) <= capacity, 1, maximum)


def most_users(size: Callable[[int], int], capacity: int, maximum: int) -> int:
    """Return how many sequences at once, up to `maximum`, fit into `capacity`; 0 for none.

    Units: sequences; bytes. Errors: SearchError for a maximum below 1.
    Left out: requests that share a prefix, or use less than their full context.
    Source: search over the function that is passed in.
    """
    return largest(lambda users: size(users) <= capacity, 1, maximum) or 0


def fewest_cards(
    size: Callable[[int], int], capacity: int, counts: Iterable[int] = range(1, 65)
) -> int | None:
    """Return the smallest number of cards on which each holds its share.

    the least n of `counts` with size(n) ≤ capacity, asked one by one: the share of a card may rise
    from one count to the next where heads or experts do not divide evenly

    Units: cards; `size` is bytes on the fullest of n cards. Errors: none; None when no count does.
    Left out: how the cards are linked. Source: enumeration of the function that is passed in.
    """
    return next((count for count in sorted(counts) if size(count) <= capacity), None)


def best_format[Format](
    formats: Iterable[Format], size: Callable[[Format], int], capacity: int
) -> Format | None:
    """Return the first of `formats`, given best first, whose bytes fit into `capacity`.

    Which is better is the caller's order: two formats of equal bits need not be equally good, so
    the order is not worked out from the sizes. None when none fits.

    Units: bytes. Errors: none. Left out: quality, which sizes cannot tell.
    Source: enumeration of the function that is passed in.
    """
    return next((name for name in formats if size(name) <= capacity), None)
