"""The few settings that a calculator's formula takes from a whole model, or why it cannot.

A calculator counts with eight sizes where a model has hundreds of tensors. Where the two differ
the model is refused with a reason, never fitted in.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from calculator.core.architecture import Shape, Tensor
from calculator.core.catalog import DECIMALS
from calculator.core.formats import FORMATS, weights
from calculator.core.formatting import exact, gibibytes, gigabytes, significant
from calculator.core.gguf import GgufError
from calculator.core.kv_cache import Settings
from calculator.core.lora import LoraError, Request, lora
from calculator.core.parameters import Decoder, decoder_parts
from calculator.core.plainness import UnsuitedError, gate_width, kept, otherwise

QUERIES, VALUES = ("attn_q", "attn_qkv"), "attn_v"
# Biases and further norms come to less than this share of any model; other parts to more.
SLIGHT = Fraction(1, 500)


@dataclass(frozen=True)
class RealModel:
    """A model with all its tensors, asked for single settings by name as a preset is."""

    slug: str
    name: str
    shape: Shape

    def setting(self, name: str) -> str:
        """Return one setting as a form would carry it, parameters in billions with every digit."""
        value = getattr(self, name)
        if name in DECIMALS:
            return format((Decimal(value) / 10**9).normalize(), "f")
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)

    @property
    def parameters(self) -> int:
        return self.shape.total_parameters

    @property
    def used_parameters(self) -> int:
        """Parameters that one token uses, embedding and head included."""
        return self.shape.active_parameters

    @property
    def layers(self) -> int:
        return len(self.shape.layers)

    @property
    def hidden_size(self) -> int:
        return self.shape.hidden_size

    @property
    def heads(self) -> int:
        return self.decoder.heads

    @property
    def intermediate_size(self) -> int:
        return self.decoder.feed_forward

    @property
    def vocab_size(self) -> int:
        return self.shape.vocab_size

    @property
    def tied(self) -> bool:
        return self.decoder.tied

    @property
    def kv_heads(self) -> int:
        return self.decoder.kv_heads

    @property
    def head_dim(self) -> int:
        return self.decoder.head_size

    @cached_property
    def decoder(self) -> Decoder:
        """The settings of a Llama-style decoder that has all but a sliver of the parameters.

        Raises UnsuitedError where layers differ in their widths, or where the sum for these
        settings is not within a five-hundredth of the model's own count.
        """
        shape = self.shape
        reason = otherwise(shape)
        if reason:
            raise UnsuitedError(reason)
        first, inner = shape.layers[0], gate_width(shape)
        found = Decoder(
            layers=len(shape.layers),
            width=shape.hidden_size,
            heads=first.heads,
            kv_heads=first.kv_heads,
            head_size=first.head_dim,
            feed_forward=inner,
            vocabulary=shape.vocab_size,
            tied=not shape.parts["lm_head"],
        )
        total = decoder_parts(found).total
        if abs(total - self.parameters) > SLIGHT * self.parameters:
            raise UnsuitedError(
                f"has parts that this sum does not know: it comes to {exact(total)} parameters, and"
                f" the model has {exact(self.parameters)}"
            )
        return found

    @cached_property
    def cache(self) -> Settings:
        return kept(self.shape)

    @property
    def cache_bytes_per_token(self) -> int:
        """Bytes of 16-bit cache for one token; UnsuitedError where it does not grow evenly."""
        if self.cache.kind == "sliding":
            raise UnsuitedError(
                f"keeps only the last {exact(self.cache.window)} tokens in"
                f" {exact(self.cache.sliding)} of its {exact(self.layers)} layers, and this sum"
                " keeps every token in all of them"
            )
        return self.shape.kv_cache_bytes_per_token

    @property
    def experts(self) -> int:
        return self.shape.experts or 1

    @property
    def experts_per_token(self) -> int:
        return self.shape.experts_per_token or 1

    @property
    def expert_parameters(self) -> int:
        """Parameters of one expert in all layers; a dense model's one expert is its feed-forward.

        Raises UnsuitedError where layers differ in how many experts they have.
        """
        rows = [
            (tensor, times) for tensor, times in self.shape.counted() if tensor.kind == "expert"
        ]
        if not rows and not self.shape.parts["mlp"]:
            raise UnsuitedError("has no feed-forward blocks that could be experts")
        if not rows:
            return self.shape.parts["mlp"]
        if any((tensor.copies, tensor.active) != self.mixture for tensor, _ in rows):
            raise UnsuitedError(
                "does not have the same number of experts in every layer that has any"
            )
        return sum(tensor.count // tensor.copies * times for tensor, times in rows)

    @property
    def mixture(self) -> tuple[int, int]:
        return self.experts, self.experts_per_token

    @property
    def shared_parameters(self) -> int:
        return self.parameters - self.experts * self.expert_parameters

    @property
    def query(self) -> Tensor:
        """The matrix that makes queries, alone or with keys and values. Raises UnsuitedError."""
        found = {(tensor.columns, tensor.rows): tensor for tensor, _ in self.projections(*QUERIES)}
        if len(found) != 1:
            raise UnsuitedError("has no query matrix of one size in its layers")
        return next(iter(found.values()))

    @property
    def query_inputs(self) -> int:
        return self.query.columns

    @property
    def query_outputs(self) -> int:
        return self.query.rows

    @property
    def query_matrices(self) -> int:
        """Projections of queries, and those of values where they are as large."""
        sides = (self.query.rows, self.query.columns)
        return sum(
            times
            for tensor, times in self.projections(*QUERIES, VALUES)
            if (tensor.rows, tensor.columns) == sides
        )

    def projections(self, *roles: str) -> list[tuple[Tensor, int]]:
        return [
            (tensor, times)
            for tensor, times in self.shape.counted()
            if tensor.gguf in roles and tensor.kind == "linear"
        ]


def stored(model: RealModel, name: str) -> str:
    """Say what a whole file in a format takes, counted tensor by tensor; "" where there is none."""
    if not name:
        return ""
    try:
        file = weights(model.shape, name)
    except GgufError:
        return ""
    title = FORMATS[name].title if name in FORMATS else name
    return (
        f"Counted tensor by tensor, {model.name} as {title} takes {gigabytes(file.bytes)}"
        f" ({gibibytes(file.bytes)}): {significant(float(file.bits_per_weight), 4)} bits a weight"
        " on average, because not every tensor is quantized."
    )


def adapted(model: RealModel, rank: int) -> str:
    """Say what LoRA trains on every projection of a model, counted matrix by matrix."""
    try:
        trained = lora(model.shape, Request(rank)).trainable
    except LoraError:
        return ""
    return (
        f"On every projection of {model.name} (all-linear), rank {rank} trains"
        f" {exact(trained)} parameters, counted matrix by matrix."
    )
