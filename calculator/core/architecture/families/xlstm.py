"""xLSTM: layers of a matrix memory (mLSTM) with a constant state, and a gated block.

Shapes and defaults: transformers 5.23.0, read on 22 November 2026.
"""

from fractions import Fraction

from calculator.core.architecture.decoder import Around, decoder
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, feed_forward, norm
from calculator.core.architecture.parts_mixers import mixing
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

XLSTM = {
    "vocab_size": 50304,
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_heads": 8,
    "use_bias": False,
    "add_out_norm": True,
    "qk_dim_factor": 0.5,
    "v_dim_factor": 1.0,
    "ffn_proj_factor": 2.667,
    "ffn_round_up_to_multiple_of": 64,
    "tie_word_embeddings": False,
}
NAMES = ("proj_up_gate", "proj_up", "proj_down")
LARGEST_FACTOR = 64


@family(
    "xlstm",
    defaults=XLSTM,
    names={"hidden_size": ("embedding_dim",), "num_hidden_layers": ("num_blocks",)},
)
def xlstm(fields: Fields) -> Shape:
    """The memory of a head is a matrix of its key's size × its value's."""
    width, heads = fields.size("hidden_size"), fields.size("num_heads")
    bias = fields.flag("use_bias")
    step = fields.size("ffn_round_up_to_multiple_of")
    inner = step * -(-int(_scaled(fields, "ffn_proj_factor")) // step)
    key, value = int(_scaled(fields, "qk_dim_factor")), int(_scaled(fields, "v_dim_factor"))
    key_size = fields.divide("qk_dim_factor × hidden_size", key, "num_heads", heads)
    value_size = fields.divide("v_dim_factor × hidden_size", value, "num_heads", heads)
    tensors = (
        *_memory(width, heads, key, value, bias=bias),
        *feed_forward(width, inner, bias=bias, prefix="ffn.", names=NAMES),
        *norm("norm_mlstm", width, bias=bias),
        *norm("norm_ffn", width, bias=bias),
    )
    cache = Cache("state", state=heads * (key_size * value_size + key_size + 1))
    layer = Layer(tensors=tensors, cache=cache, kind="linear")
    final = norm("out_norm", width, gguf="output_norm")
    around = Around(table="embeddings", final=final)
    return decoder(fields, (layer,) * fields.layers(), around=around)


def _memory(
    width: int, heads: int, key: int, value: int, *, bias: bool, prefix: str = "mlstm_layer."
) -> Tensors:
    return (
        *mixing(f"{prefix}q", width, key, "", bias=bias),
        *mixing(f"{prefix}k", width, key, "", bias=bias),
        *mixing(f"{prefix}v", width, value, "", bias=bias),
        *mixing(f"{prefix}ogate_preact", width, value, "", bias=bias),
        *mixing(f"{prefix}igate_preact", width, heads, "", bias=True),
        *mixing(f"{prefix}fgate_preact", width, heads, "", bias=True),
        *norm(f"{prefix}multihead_norm", value, bias=bias),
        *mixing(f"{prefix}out_proj", value, width, "", bias=bias),
    )


def _scaled(fields: Fields, name: str) -> Fraction:
    factor = fields.raw(name)
    if isinstance(factor, bool) or not isinstance(factor, (int, float)):
        raise fields.refuse(name, "must be a number")
    if not 0 < factor <= LARGEST_FACTOR:
        raise fields.refuse(name, f"must be from 0 to {LARGEST_FACTOR}")
    return Fraction(str(factor)) * fields.size("hidden_size")
