"""The parts that models are put together from, each as its tensors and what it caches."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

from calculator.core.architecture.vocabulary import Cache, Layer, Tensor

type Tensors = tuple[Tensor, ...]

GATED = ("gate_proj", "up_proj", "down_proj")


def linear(
    name: str,
    inputs: int,
    outputs: int,
    part: str,
    *,
    bias: bool = False,
    gguf: str = "",
    line: str = "",
) -> Tensors:
    """A projection of `inputs` × `outputs`, with its bias where it has one."""
    weight = Tensor(name, outputs, inputs, part, "linear", gguf=gguf, line=line)
    if not bias:
        return (weight,)
    return (weight, *vector(f"{name}.bias", outputs, part, gguf=suffixed(gguf), line=line))


def vector(name: str, length: int, part: str, *, gguf: str = "", line: str = "") -> Tensors:
    return (Tensor(name, 1, length, part, "vector", gguf=gguf, line=line),)


def matrix(
    name: str, rows: int, columns: int, part: str, *, gguf: str = "", line: str = ""
) -> Tensors:
    """A bare parameter of two dimensions that no adapter targets."""
    return (Tensor(name, rows, columns, part, "matrix", gguf=gguf, line=line),)


def suffixed(gguf: str) -> str:
    """llama.cpp's role of a bias: that of its weight with “.bias”."""
    return f"{gguf}.bias" if gguf else ""


def embedding(
    rows: int, width: int, name: str = "embed_tokens", gguf: str = "token_embd"
) -> Tensors:
    """A table with one row a token (or a position, with another name and role)."""
    return (Tensor(name, rows, width, "embedding", "table", gguf=gguf),)


def head(rows: int, width: int, *, bias: bool = False, name: str = "lm_head") -> Tensors:
    """The projection to the vocabulary of a model that does not reuse its embedding for it."""
    return linear(name, width, rows, "lm_head", bias=bias, gguf="output")


def norm(name: str, width: int, *, bias: bool = False, gguf: str = "") -> Tensors:
    """A normalisation: one gain a channel, and an offset where it has one."""
    gain = vector(name, width, "norm", gguf=gguf)
    return (*gain, *vector(f"{name}.bias", width, "norm", gguf=suffixed(gguf))) if bias else gain


@dataclass(frozen=True, slots=True)
class Heads:
    """The widths of an attention: queries of `count` heads, keys and values of `groups`."""

    width: int
    count: int
    groups: int
    size: int
    value_size: int = 0

    @property
    def q(self) -> int:
        return self.count * self.size

    @property
    def k(self) -> int:
        return self.groups * self.size

    @property
    def v(self) -> int:
        return self.groups * (self.value_size or self.size)

    @property
    def out(self) -> int:
        return self.count * (self.value_size or self.size)


def attention(
    heads: Heads,
    *,
    bias: str = "",
    prefix: str = "self_attn.",
    names: tuple[str, str, str, str] = ("q_proj", "k_proj", "v_proj", "o_proj"),
) -> Tensors:
    """Attention with its own key and value heads; `bias` holds the letters of q, k, v, o."""
    q, k, v, out = (prefix + name for name in names)
    return (
        *linear(q, heads.width, heads.q, "attention", bias="q" in bias, gguf="attn_q"),
        *linear(k, heads.width, heads.k, "attention", bias="k" in bias, gguf="attn_k"),
        *linear(v, heads.width, heads.v, "attention", bias="v" in bias, gguf="attn_v"),
        *linear(out, heads.out, heads.width, "attention", bias="o" in bias, gguf="attn_output"),
    )


def fused_attention(
    heads: Heads,
    *,
    bias: str = "",
    prefix: str = "self_attn.",
    names: tuple[str, str] = ("qkv_proj", "o_proj"),
) -> Tensors:
    """Attention with one projection for q, k and v; `bias` holds q for it and o for the output."""
    inner = heads.q + heads.k + heads.v
    qkv, out = (prefix + name for name in names)
    return (
        *linear(qkv, heads.width, inner, "attention", bias="q" in bias, gguf="attn_qkv"),
        *linear(out, heads.out, heads.width, "attention", bias="o" in bias, gguf="attn_output"),
    )


def head_norms(
    q: int,
    k: int,
    *,
    names: tuple[str, str] = ("self_attn.q_norm", "self_attn.k_norm"),
    bias: bool = False,
) -> Tensors:
    """Normalisations of queries and keys: of one head's size, or of all heads together."""
    return (
        *norm(names[0], q, bias=bias, gguf="attn_q_norm"),
        *norm(names[1], k, bias=bias, gguf="attn_k_norm"),
    )


@dataclass(frozen=True, slots=True)
class Latent:
    """The widths of multi-head latent attention (DeepSeek-V2, arXiv 2405.04434).

    `q_rank` is 0 where queries are not compressed.
    """

    width: int
    count: int
    q_rank: int
    kv_rank: int
    plain: int
    rotary: int
    value: int


def latent_attention(latent: Latent, *, bias: bool = False, prefix: str = "self_attn.") -> Tensors:
    """Attention that keeps one compressed vector for keys and values; norms lie on the ranks."""
    q_out = latent.count * (latent.plain + latent.rotary)
    kv_out = latent.count * (latent.plain + latent.value)
    kept = latent.kv_rank + latent.rotary
    value_out = latent.count * latent.value
    return (
        *_latent_queries(latent, q_out, bias=bias, prefix=prefix),
        *_projection(f"{prefix}kv_a_proj_with_mqa", latent.width, kept, "attn_kv_a_mqa", bias=bias),
        *norm(f"{prefix}kv_a_layernorm", latent.kv_rank, gguf="attn_kv_a_norm"),
        *_projection(f"{prefix}kv_b_proj", latent.kv_rank, kv_out, "attn_kv_b"),
        *_projection(f"{prefix}o_proj", value_out, latent.width, "attn_output", bias=bias),
    )


def _latent_queries(latent: Latent, outputs: int, *, bias: bool, prefix: str) -> Tensors:
    if not latent.q_rank:
        return _projection(f"{prefix}q_proj", latent.width, outputs, "attn_q")
    return (
        *_projection(f"{prefix}q_a_proj", latent.width, latent.q_rank, "attn_q_a", bias=bias),
        *norm(f"{prefix}q_a_layernorm", latent.q_rank, gguf="attn_q_a_norm"),
        *_projection(f"{prefix}q_b_proj", latent.q_rank, outputs, "attn_q_b"),
    )


def _projection(name: str, inputs: int, outputs: int, gguf: str, *, bias: bool = False) -> Tensors:
    return linear(name, inputs, outputs, "attention", bias=bias, gguf=gguf)


def feed_forward(
    width: int,
    inner: int,
    *,
    bias: bool = False,
    prefix: str = "mlp.",
    names: tuple[str, ...] = GATED,
    role: str = "",
    line: str = "",
) -> Tensors:
    """A feed-forward block: gate, up and down where there are three `names`, else up and down.

    `role` is what llama.cpp appends, “shexp” for shared experts.
    """
    gguf = f"_{role}" if role else ""
    *gate, up, down = names

    def project(name: str, inputs: int, outputs: int, kind: str) -> Tensors:
        whole = f"ffn_{kind}{gguf}"
        return linear(prefix + name, inputs, outputs, "mlp", bias=bias, gguf=whole, line=line)

    return (
        *(tensor for name in gate for tensor in project(name, width, inner, "gate")),
        *project(up, width, inner, "up"),
        *project(down, inner, width, "down"),
    )


def fused_feed_forward(
    width: int,
    inner: int,
    *,
    bias: bool = False,
    prefix: str = "mlp.",
    names: tuple[str, str] = ("gate_up_proj", "down_proj"),
) -> Tensors:
    """A gated feed-forward block whose gate and up projections are one tensor."""
    up, down = (prefix + name for name in names)
    return (
        *linear(up, width, 2 * inner, "mlp", bias=bias, gguf="ffn_up"),
        *linear(down, inner, width, "mlp", bias=bias, gguf="ffn_down"),
    )


def shared_experts(
    width: int,
    inner: int,
    *,
    prefix: str = "mlp.shared_experts.",
    names: tuple[str, ...] = GATED,
    bias: bool = False,
) -> Tensors:
    """Experts that every token uses, as one feed-forward block of their common width."""
    return feed_forward(
        width, inner, prefix=prefix, names=names, bias=bias, role="shexp", line="moe_shared"
    )


def experts(
    width: int,
    inner: int,
    *,
    count: int,
    chosen: int,
    bias: bool = False,
    prefix: str = "mlp.experts.",
    names: tuple[str, ...] = GATED,
) -> Tensors:
    """`count` equal feed-forward blocks of which a token uses `chosen`."""
    block = feed_forward(
        width,
        inner,
        bias=bias,
        prefix=prefix,
        names=names,
        role="exps",
        line="moe_experts",
    )
    return tuple(replace(part, kind="expert", copies=count, active=chosen) for part in block)


def router(width: int, count: int, *, name: str = "mlp.gate", bias: bool = False) -> Tensors:
    """The scores by which experts are chosen. A balancing bias is a buffer, not a parameter."""
    return linear(name, width, count, "mlp", bias=bias, gguf="ffn_gate_inp", line="moe_router")


def grouped_cache(heads: Heads, *, window: int = 0, kind: str = "sliding") -> Cache:
    """Keys and values of every group; with a `window`, of that many tokens."""
    if window:
        return Cache(kind, k_width=heads.k, v_width=heads.v, window=window)
    return Cache("full", k_width=heads.k, v_width=heads.v)


def latent_cache(latent: Latent, *, extra: int = 0) -> Cache:
    """The compressed vector and the rotary part, once for all heads."""
    return Cache("latent", k_width=latent.kv_rank + latent.rotary, extra=extra)


def stack[Key: Hashable](kinds: Iterable[Key], build: Callable[[Key], Layer]) -> tuple[Layer, ...]:
    """One layer for each kind in order; layers of equal kind are the same object."""
    order = tuple(kinds)
    built = {kind: build(kind) for kind in dict.fromkeys(order)}
    return tuple(built[kind] for kind in order)
