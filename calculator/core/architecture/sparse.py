"""Decoders with experts: layers of attention and either a mixture or one feed-forward block."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calculator.core.architecture.decoder import decoder, read_heads
from calculator.core.architecture.dense import (
    LLAMA,
    Style,
    attention_layer,
    attention_tensors,
    feed_tensors,
    layer_norms,
)
from calculator.core.architecture.fields import Fields
from calculator.core.architecture.parts import (
    Heads,
    Latent,
    Tensors,
    latent_attention,
    latent_cache,
    linear,
    norm,
    stack,
)
from calculator.core.architecture.parts_experts import Mixture, mixture_tensors
from calculator.core.architecture.vocabulary import Layer, Shape


@dataclass(frozen=True, slots=True)
class Blocks:
    """What follows the attention, by whether the layer holds experts."""

    experts: Tensors
    plain: Tensors

    def __getitem__(self, sparse: bool, /) -> Tensors:
        return self.experts if sparse else self.plain


def blocks(
    fields: Fields, mixture: Mixture | None, where: Sequence[bool], style: Style = LLAMA
) -> Blocks:
    """Both kinds of block; the plain one is read only where a layer has it."""
    width = fields.size("hidden_size")
    inner = mixture.plain if mixture else "intermediate_size"
    plain = () if all(where) else feed_tensors(width, fields.size(inner), style)
    return Blocks(mixture_tensors(width, mixture) if mixture and any(where) else (), plain)


def finished(
    fields: Fields,
    layers: tuple[Layer, ...],
    heads: Heads | None,
    style: Style = LLAMA,
    mixture: Mixture | None = None,
) -> Shape:
    """The decoder of these layers, with the final norm and the surroundings of `style`."""
    width = fields.size("hidden_size")
    final = norm(style.final, width, bias=style.affine, gguf="output_norm")
    around = replace(style.around, final=final)
    experts = (mixture.count, mixture.chosen) if mixture else (0, 0)
    return decoder(fields, layers, heads, around, experts=experts)


def sparse(
    fields: Fields,
    mixture: Mixture,
    where: Sequence[bool],
    style: Style = LLAMA,
    *,
    window_of: Sequence[int] | None = None,
    heads: Heads | None = None,
    own: Tensors = (),
) -> Shape:
    """The shape of a decoder with experts in the layers where `where` says so.

    `window_of` gives the window of each layer (0 sees everything), `own` further tensors of every
    layer.
    """
    heads = heads or read_heads(fields)
    after = blocks(fields, mixture, where, style)
    before = (*attention_tensors(heads, style), *own)
    norms = layer_norms(heads.width, style)

    def build(key: tuple[int, bool]) -> Layer:
        tensors = (*before, *after[key[1]], *norms)
        return attention_layer(tensors, heads, key[0], style.windowed)

    keys = zip(window_of or [0] * len(where), where, strict=True)
    return finished(fields, stack(keys, build), heads, style, mixture)


def read_latent(fields: Fields) -> Latent:
    """The widths of latent attention (MLA) as DeepSeek names them; no `q_lora_rank`, no rank."""
    return Latent(
        width=fields.size("hidden_size"),
        count=fields.size("num_attention_heads"),
        q_rank=fields.optional("q_lora_rank") or 0,
        kv_rank=fields.size("kv_lora_rank"),
        plain=fields.size("qk_nope_head_dim"),
        rotary=fields.size("qk_rope_head_dim"),
        value=fields.size("v_head_dim"),
    )


def latent_heads(latent: Latent) -> Heads:
    """The heads as the attention computes them: expanded from what the cache keeps."""
    size = latent.plain + latent.rotary
    return Heads(latent.width, latent.count, latent.count, size, latent.value)


def latent_layer(latent: Latent, tensors: Tensors, *, extra: int = 0) -> Layer:
    """A layer of these tensors that caches the compressed vector, and `extra` beside it."""
    return Layer(
        tensors=tensors,
        cache=latent_cache(latent, extra=extra),
        kind="mla",
        heads=latent.count,
        kv_heads=latent.count,
        head_dim=latent.plain + latent.rotary,
    )


def indexer(latent: Latent, heads: int, size: int, prefix: str = "self_attn.indexer.") -> Tensors:
    """The lightning indexer that picks the tokens worth attending to (DeepSeek-V3.2)."""
    part = "attention"
    return (
        *linear(f"{prefix}wq_b", latent.q_rank, heads * size, part, gguf="indexer.attn_q_b"),
        *linear(f"{prefix}wk", latent.width, size, part, gguf="indexer.attn_k"),
        *norm(f"{prefix}k_norm", size, bias=True, gguf="indexer.k_norm"),
        *linear(f"{prefix}weights_proj", latent.width, heads, part, gguf="indexer.proj"),
    )


def latent_sparse(
    fields: Fields,
    mixture: Mixture,
    where: Sequence[bool],
    *,
    indexed: Sequence[bool] | None = None,
    style: Style = LLAMA,
) -> Shape:
    """The shape of a decoder with latent attention and experts, and an indexer where `indexed`."""
    latent = read_latent(fields)
    after = blocks(fields, mixture, where, style)
    before = latent_attention(latent, bias=fields.flag("attention_bias"))
    picking: Tensors = ()
    size = 0
    if indexed and any(indexed):
        size = fields.size("index_head_dim")
        picking = indexer(latent, fields.size("index_n_heads"), size)
    norms = layer_norms(latent.width, style)

    def build(key: tuple[bool, bool]) -> Layer:
        own = picking if key[0] else ()
        tensors = (*before, *own, *after[key[1]], *norms)
        return latent_layer(latent, tensors, extra=size if key[0] else 0)

    keys: list[tuple[bool, bool]] = list(zip(indexed or [False] * len(where), where, strict=True))
    return finished(fields, stack(keys, build), latent_heads(latent), style, mixture)
