"""Where a model's parameters sit: its six parts and the finer lines inside them."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from calculator.core import formatting
from calculator.core.architecture import LINES, PARTS, Shape
from calculator.core.exactness import decimal_of
from calculator.core.shapes import Piece, stack

# The part, its name, what it is for, and the colour it has in every picture of the site.
WORDS = {
    "embedding": ("Embeddings", "words in", "emb"),
    "attention": ("Attention", "looking back at earlier words", "attn"),
    "mlp": ("Feed-forward", "working on each word by itself", "ffn"),
    "norm": ("Norms", "keeping numbers in range", "norms"),
    "lm_head": ("Head", "words out", "head"),
    "other": ("Other", "everything else", "rest"),
}
FINER = {
    "moe_experts": "in experts, of which a token uses a few",
    "moe_shared": "in experts that every token uses",
    "moe_router": "in routers, which choose the experts",
    "ssm_or_linear_attention": "in layers that keep a constant state",
    "vision": "in the part that looks at images",
}


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    name: str
    role: str
    count: int
    share: str
    finer: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The rows of the table and the pieces of the bar, largest part named in `largest`."""

    parts: tuple[Part, ...]
    pieces: tuple[Piece, ...]
    total: int

    @property
    def largest(self) -> Part:
        return max(self.parts, key=lambda part: part.count)


def anatomy(shape: Shape) -> Anatomy:
    total, counts, finer = shape.total_parameters, shape.parts, shape.breakdown
    parts = tuple(
        Part(
            key=WORDS[name][2],
            name=WORDS[name][0],
            role=WORDS[name][1],
            count=counts[name],
            share=share(counts[name], total),
            finer=tuple(
                (FINER[line], finer[line], share(finer[line], total))
                for line, part in LINES.items()
                if part == name and finer.get(line)
            ),
        )
        for name in PARTS
        if counts[name]
    )
    amounts = [(part.key, part.name, Decimal(part.count), part.share) for part in parts]
    return Anatomy(parts, stack(amounts, scale=Decimal(total)), total)


def share(count: int, total: int) -> str:
    return formatting.percent(decimal_of(Fraction(count, total)), 2)
