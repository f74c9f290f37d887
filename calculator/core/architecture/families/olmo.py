"""OLMo 1 to 3: norms without parameters at first, then behind the blocks and over all heads.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from calculator.core.architecture.decoder import every, windows
from calculator.core.architecture.dense import AFTER, Style, dense
from calculator.core.architecture.families.llama import LLAMA
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Shape

OLMO = LLAMA | {"vocab_size": 50304}


def bias(fields: Fields) -> str:
    return "qkvo" if fields.flag("attention_bias") else ""


@family("olmo", defaults=OLMO)
def olmo(fields: Fields) -> Shape:
    return dense(fields, Style(bias=bias(fields), norms=(), final=""))


@family("olmo2", defaults=OLMO)
def olmo2(fields: Fields) -> Shape:
    return dense(fields, Style(bias=bias(fields), norms=AFTER, qk_norm="all"))


@family("olmo3", defaults=OLMO | {"sliding_window": 4096})
def olmo3(fields: Fields) -> Shape:
    """Every fourth layer sees everything."""
    layers = fields.layers()
    style = Style(bias=bias(fields), norms=AFTER, qk_norm="all")
    return dense(fields, style, window_of=windows(fields, layers, pattern=every(layers, 4)))
