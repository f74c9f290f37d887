"""Mamba, Falcon Mamba and Mamba-2: layers of one norm and one state-space mixer, no attention.

Defaults: the configuration classes of transformers 5.23.0, read on 22 November 2026.
"""

from collections.abc import Callable

from calculator.core.architecture.decoder import Around, decoder
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import Tensors, norm
from calculator.core.architecture.parts_mixers import Mamba, Mamba2, mamba, mamba2
from calculator.core.architecture.registry import family
from calculator.core.architecture.vocabulary import Cache, Layer, Shape

MAMBA = {
    "vocab_size": 50280,
    "hidden_size": 768,
    "state_size": 16,
    "num_hidden_layers": 32,
    "expand": 2,
    "conv_kernel": 4,
    "use_bias": False,
    "use_conv_bias": True,
    "time_step_rank": "auto",
    "tie_word_embeddings": True,
}
MAMBA2 = MAMBA | {
    "num_heads": 128,
    "head_dim": 64,
    "vocab_size": 32768,
    "hidden_size": 4096,
    "state_size": 128,
    "num_hidden_layers": 64,
    "n_groups": 8,
    "tie_word_embeddings": False,
}
NAMES = {"hidden_size": ("d_model",), "num_hidden_layers": ("n_layer",)}


def automatic(fields: Fields, name: str, derived: Callable[[], int]) -> int:
    """A size that the file may leave to be derived: missing, null or “auto”."""
    if fields.raw(name) in (None, "auto"):
        return derived()
    return fields.size(name)


MOST_EXPANDED = 64


def expanded(fields: Fields, name: str = "expand") -> int:
    """The inner width: `expand` × hidden size, which may be a fraction as long as it comes out."""
    factor = fields.raw(name)
    if isinstance(factor, float) and 0 < factor <= MOST_EXPANDED:
        return int(factor * fields.size("hidden_size"))
    return fields.size(name) * fields.size("hidden_size")


def only(fields: Fields, mixer: Tensors, cache: Cache, kind: str) -> Shape:
    """A model of these mixers alone, each behind one norm."""
    width, layers = fields.size("hidden_size"), fields.layers()
    tensors = (*norm("norm", width, gguf="attn_norm"), *mixer)
    layer = Layer(tensors=tensors, cache=cache, kind=kind)
    final = norm("norm_f", width, gguf="output_norm")
    around = Around(table="embeddings", final=final)
    return decoder(fields, (layer,) * layers, around=around)


@family("mamba", "falcon_mamba", defaults=MAMBA, names=NAMES)
def state_space(fields: Fields) -> Shape:
    """`intermediate_size` wins over `expand`; Falcon's norms inside the mixer learn nothing."""
    width = fields.size("hidden_size")
    sizes = Mamba(
        width=width,
        inner=fields.optional("intermediate_size") or expanded(fields),
        state=fields.size("state_size"),
        kernel=fields.size("conv_kernel"),
        rank=automatic(fields, "time_step_rank", lambda: -(-width // 16)),
        bias=fields.flag("use_bias"),
        conv_bias=fields.flag("use_conv_bias"),
    )
    return only(fields, mamba(sizes, "mixer."), sizes.cache, "mamba")


@family("mamba2", defaults=MAMBA2, names=NAMES)
def state_space_duality(fields: Fields) -> Shape:
    heads, size, whole = fields.size("num_heads"), fields.size("head_dim"), expanded(fields)
    if heads * size != whole:
        sentence = f"is {heads}, but {heads} × head_dim {size} is not expand × hidden_size, {whole}"
        raise fields.refuse("num_heads", sentence)
    biased = fields.flag("use_bias")
    sizes = Mamba2(
        width=fields.size("hidden_size"),
        heads=heads,
        size=size,
        state=fields.size("state_size"),
        groups=fields.size("n_groups"),
        kernel=fields.size("conv_kernel"),
        bias=biased,
        out_bias=biased,
        conv_bias=fields.flag("use_conv_bias"),
    )
    return only(fields, mamba2(sizes, "mixer."), sizes.cache, "mamba2")
