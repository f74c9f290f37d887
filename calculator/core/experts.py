"""Total and active parameters of a mixture of experts, and what each of the two sets."""

from decimal import Decimal


def mixture_parameters(*, shared: Decimal, expert: Decimal, experts: int) -> Decimal:
    """Return the parameters of the shared part and `experts` experts.

    parameters = shared + experts × one expert

    With all experts there are this is the total; with those used for one token, the active count.
    `expert` is counted over all layers. Left out: experts of different sizes, layers without
    experts (count those into `shared`).
    Source: the definition; the tests hold it against the exact counts of Mixtral 8x7B.
    """
    return shared + experts * expert


def read_ratio(*, total: Decimal, active: Decimal) -> Decimal:
    """Return how many times less is read for each token than is held: total ÷ active.

    Left out: batches, in which different tokens wake different experts and more is read.
    """
    return total / active
