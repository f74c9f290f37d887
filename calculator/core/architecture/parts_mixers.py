"""Parts that mix tokens with a state of constant size: Mamba, delta rules, short convolutions.

Shapes: the modeling classes of transformers 5.23.0. States are kept in 32 bits, the inputs of a
convolution in the model's type; transformers keeps as many of them as the kernel is long.
"""

from dataclasses import dataclass

from calculator.core.architecture.parts import Tensors, linear, matrix, norm, vector
from calculator.core.architecture.vocabulary import Cache, Tensor

LINE = "ssm_or_linear_attention"


def mixing(name: str, inputs: int, outputs: int, gguf: str, *, bias: bool = False) -> Tensors:
    """A projection that belongs to a mixer."""
    return linear(name, inputs, outputs, "other", bias=bias, gguf=gguf, line=LINE)


def learned(name: str, length: int, gguf: str = "") -> Tensors:
    return vector(name, length, "other", gguf=gguf, line=LINE)


def convolution(
    name: str, channels: int, kernel: int, *, bias: bool, gguf: str = "ssm_conv1d"
) -> Tensors:
    """A convolution of each channel by itself over the last `kernel` tokens."""
    weight = Tensor(name, channels, kernel, "other", "conv", gguf=gguf, line=LINE)
    return (weight, *learned(f"{name}.bias", channels, f"{gguf}.bias")) if bias else (weight,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mamba:
    """The widths of a selective state space (Mamba, arXiv 2312.00752)."""

    width: int
    inner: int
    state: int
    kernel: int
    rank: int
    bias: bool = False
    conv_bias: bool = True

    @property
    def cache(self) -> Cache:
        return Cache(
            "state",
            state=self.inner * self.state,
            conv_channels=self.inner,
            conv_kernel=self.kernel,
        )


def mamba(sizes: Mamba, prefix: str) -> Tensors:
    """Mamba: input and gate, convolution, the selection, the state's matrix, output."""
    inner, rank, state = sizes.inner, sizes.rank, sizes.state
    return (
        *mixing(f"{prefix}in_proj", sizes.width, 2 * inner, "ssm_in", bias=sizes.bias),
        *convolution(f"{prefix}conv1d", inner, sizes.kernel, bias=sizes.conv_bias),
        *mixing(f"{prefix}x_proj", inner, rank + 2 * state, "ssm_x"),
        *mixing(f"{prefix}dt_proj", rank, inner, "ssm_dt", bias=True),
        *matrix(f"{prefix}A_log", inner, state, "other", gguf="ssm_a", line=LINE),
        *learned(f"{prefix}D", inner, "ssm_d"),
        *mixing(f"{prefix}out_proj", inner, sizes.width, "ssm_out", bias=sizes.bias),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mamba2:
    """The widths of Mamba-2 (arXiv 2405.21060): heads that share B and C in groups."""

    width: int
    heads: int
    size: int
    state: int
    groups: int
    kernel: int
    inner: int = 0
    bias: bool = False
    out_bias: bool = False
    conv_bias: bool = True
    normed: bool = True

    @property
    def whole(self) -> int:
        return self.inner or self.heads * self.size

    @property
    def channels(self) -> int:
        """What goes through the convolution: the input, B and C."""
        return self.whole + 2 * self.groups * self.state

    @property
    def cache(self) -> Cache:
        return Cache(
            "state",
            state=self.heads * self.size * self.state,
            conv_channels=self.channels,
            conv_kernel=self.kernel,
        )


def mamba2(sizes: Mamba2, prefix: str) -> Tensors:
    """Mamba-2: one projection for everything, a decay and a skip a head, a gated norm."""
    whole, heads = sizes.whole, sizes.heads
    normed = norm(f"{prefix}norm", whole, gguf="ssm_norm") if sizes.normed else ()
    outputs = whole + sizes.channels + heads
    return (
        *mixing(f"{prefix}in_proj", sizes.width, outputs, "ssm_in", bias=sizes.bias),
        *convolution(f"{prefix}conv1d", sizes.channels, sizes.kernel, bias=sizes.conv_bias),
        *learned(f"{prefix}dt_bias", heads, "ssm_dt.bias"),
        *learned(f"{prefix}A_log", heads, "ssm_a"),
        *learned(f"{prefix}D", heads, "ssm_d"),
        *normed,
        *mixing(f"{prefix}out_proj", whole, sizes.width, "ssm_out", bias=sizes.out_bias),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The widths of a gated delta rule (arXiv 2412.06464)."""

    width: int
    key_heads: int
    value_heads: int
    key_size: int
    value_size: int
    kernel: int

    @property
    def key(self) -> int:
        return self.key_heads * self.key_size

    @property
    def value(self) -> int:
        return self.value_heads * self.value_size

    @property
    def channels(self) -> int:
        return 2 * self.key + self.value

    @property
    def cache(self) -> Cache:
        return Cache(
            "state",
            state=self.value_heads * self.key_size * self.value_size,
            conv_channels=self.channels,
            conv_kernel=self.kernel,
        )


def gated_delta(sizes: Delta, *, fused: bool, prefix: str = "linear_attn.") -> Tensors:
    """A gated delta rule; `fused` files join q, k, v with the gate, and the two strengths."""
    width, heads = sizes.width, sizes.value_heads
    if fused:
        inputs = (
            *mixing(f"{prefix}in_proj_qkvz", width, sizes.channels + sizes.value, "ssm_in"),
            *mixing(f"{prefix}in_proj_ba", width, 2 * heads, "ssm_ba"),
        )
    else:
        inputs = (
            *mixing(f"{prefix}in_proj_qkv", width, sizes.channels, "attn_qkv"),
            *mixing(f"{prefix}in_proj_z", width, sizes.value, "attn_gate"),
            *mixing(f"{prefix}in_proj_b", width, heads, "ssm_beta"),
            *mixing(f"{prefix}in_proj_a", width, heads, "ssm_alpha"),
        )
    return (
        *inputs,
        *convolution(f"{prefix}conv1d", sizes.channels, sizes.kernel, bias=False),
        *learned(f"{prefix}dt_bias", heads, "ssm_dt.bias"),
        *learned(f"{prefix}A_log", heads, "ssm_a"),
        *norm(f"{prefix}norm", sizes.value_size, gguf="ssm_norm"),
        *mixing(f"{prefix}out_proj", sizes.value, width, "ssm_out"),
    )


def short_convolution(
    width: int, kernel: int, *, bias: bool = False, prefix: str = "conv."
) -> Tensors:
    """A short convolution between two gates (LFM2)."""
    return (
        *mixing(f"{prefix}in_proj", width, 3 * width, "shortconv.in_proj", bias=bias),
        *convolution(f"{prefix}conv", width, kernel, bias=bias, gguf="shortconv.conv"),
        *mixing(f"{prefix}out_proj", width, width, "shortconv.out_proj", bias=bias),
    )


def convolution_cache(channels: int, kernel: int) -> Cache:
    return Cache("state", conv_channels=channels, conv_kernel=kernel)
