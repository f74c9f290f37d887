"""Why a typed number was refused: a reason code for programs and one sentence for the reader."""

import re
from decimal import Decimal

from calculator.core.formatting import count_words

# Possessive quantifiers (*+, ++, ?+) never give back what they took: time stays linear.
_SIZE = r"([1-9][0-9]*+(?:\.[0-9]++)?+) *+([kmbt])?+"
_EXPERTS = re.compile(rf"{_SIZE} *+[x×*] *+{_SIZE}", re.ASCII | re.IGNORECASE)
_TOTAL_ACTIVE = re.compile(
    r"([0-9]++(?:\.[0-9]++)?+)([kmbt]) *+- *+a([0-9]++(?:\.[0-9]++)?+)([kmbt])",
    re.ASCII | re.IGNORECASE,
)
_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
# Parameters in total and active for each token, counted from the model's shape on 22 November 2026
# (32 layers of width 4,096, key-value width 1,024, 2 of 8 experts of 3 × 4,096 × 14,336, 32,000
# tokens); the test beside this module counts them again.
_KNOWN = {"8x7b": (Decimal(46_702_792_704), Decimal(12_879_925_248))}


class QuantityError(ValueError):
    """A text that is not read as a number.

    `str()` is a sentence for the reader, without a field name in front. `code` is one of:
    character, digit_script, exponent_and_suffix, grouping, mixed_digits, moe_name, negative,
    not_a_number, out_of_range, required, too_long, too_many, too_precise, unit. Where the text
    names a mixture-of-experts model of known size, `total` and `active` hold its parameters.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        total: Decimal | None = None,
        active: Decimal | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.total = total
        self.active = active


def model_name(text: str, code: str = "moe_name") -> QuantityError | None:
    """The refusal for a mixture-of-experts name such as 8x7B or 30B-A3B; None for anything else.

    8x7B is not 8 × 7 = 56 billion: the experts share the rest of the model, so the name alone gives
    neither the total nor the active parameters. 30B-A3B states both, and the reader must choose.
    """
    if match := _TOTAL_ACTIVE.fullmatch(text):
        sizes = match.groups()
        return _choice(code, text, _scaled(*sizes[:2]), _scaled(*sizes[2:]))
    match = _EXPERTS.fullmatch(text)
    if match is None:
        return None
    # A star or a cross between two bare numbers is a sum to work out, and no model is called that.
    if not ("x" in text.lower() or match[2] or match[4]):
        return None
    key = re.sub("[×*]", "x", text.lower().replace(" ", ""))
    return _choice(code, text, *_KNOWN.get(key, (None, None)))


def _scaled(number: str, letter: str) -> Decimal:
    return Decimal(number) * _SCALES[letter.lower()]


def _choice(code: str, text: str, total: Decimal | None, active: Decimal | None) -> QuantityError:
    totals = f" ({count_words(total)})" if total is not None else ""
    actives = f" ({count_words(active)})" if active is not None else ""
    sentence = (
        f"“{text}” is a model’s name, not a number: enter its total parameters{totals}, which set "
        f"the memory, or those active for each token{actives}, which set the computing"
    )
    return QuantityError(code, sentence, total=total, active=active)
