"""Puts a decoder together: heads and windows from the fields, and the tensors around the layers."""

from collections.abc import Sequence
from dataclasses import dataclass

from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Heads, Tensors, embedding, head, norm
from calculator.core.architecture.vocabulary import Layer, Shape

# The names that layer_types uses for attention, and what they mean here.
ATTENTION_KINDS = {
    "full_attention": "full",
    "attention": "full",
    "global_attention": "full",
    "sliding_attention": "sliding",
    "local_attention": "sliding",
    "chunked_attention": "chunked",
}


def read_heads(
    fields: Fields,
    *,
    size_name: str = "head_dim",
    groups_name: str = "num_key_value_heads",
    heads_name: str = "num_attention_heads",
) -> Heads:
    """The widths of the attention: a head size that is not given is hidden size ÷ heads."""
    width = fields.size("hidden_size")
    count = fields.size(heads_name)
    groups = fields.optional(groups_name) or count
    if groups > count:
        raise fields.refuse(groups_name, f"is {groups}, more than {heads_name} ({count})")
    fields.divide(heads_name, count, groups_name, groups)
    size = fields.optional(size_name) or fields.divide("hidden_size", width, heads_name, count)
    return Heads(width, count, groups, size)


def windows(
    fields: Fields, layers: int, *, pattern: Sequence[str] | None = None
) -> tuple[int, ...]:
    """The window of each layer in tokens, 0 where it sees everything.

    `layer_types` decides; where the file has none, `pattern` does (one kind a layer), and without
    one every layer slides if there is a window.
    """
    window = fields.optional("sliding_window", least=0) or 0
    kinds = fields.layer_kinds(layers, ATTENTION_KINDS) or pattern or ["sliding"] * layers
    return tuple(window if kind != "full" else 0 for kind in kinds)


def every(layers: int, period: int, *, name: str = "full", others: str = "sliding") -> list[str]:
    """`name` for every `period`-th layer counted from 1, `others` between."""
    return [name if (number + 1) % period == 0 else others for number in range(layers)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around the layers where it is not the usual: one table, one norm, a head.

    `final` replaces the final norm, `more` adds tensors, `tied` overrides `tie_word_embeddings`.
    """

    table: str = "embed_tokens"
    head: str = "lm_head"
    head_bias: bool = False
    final: Tensors | None = None
    more: Tensors = ()
    tied: bool | None = None


USUAL = Around()


def decoder(
    fields: Fields,
    layers: tuple[Layer, ...],
    heads: Heads | None = None,
    around: Around = USUAL,
    *,
    experts: tuple[int, int] = (0, 0),
) -> Shape:
    """The shape of a decoder: embedding, layers, final norm, and the head unless it is tied.

    `experts` is how many each layer has and how many of them a token uses.
    """
    width, rows = fields.size("hidden_size"), fields.size("vocab_size")
    tied = fields.flag("tie_word_embeddings") if around.tied is None else around.tied
    own = head(rows, width, bias=around.head_bias, name=around.head)
    # A tied head that has a bias keeps it: only the weight is the embedding's.
    own = own[1:] if tied else own
    final = norm("norm", width, gguf="output_norm") if around.final is None else around.final
    return Shape(
        model_type=fields.model_type,
        layers=layers,
        outer=(*embedding(rows, width, around.table), *around.more, *final, *own),
        hidden_size=width,
        vocab_size=rows,
        heads=heads.count if heads else 0,
        kv_heads=heads.groups if heads else 0,
        head_dim=heads.size if heads else 0,
        tied=tied,
        context=fields.context(),
        experts=experts[0],
        experts_per_token=experts[1],
    )
