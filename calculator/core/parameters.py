"""Counts parameters: of one layer, of a whole decoder, and by the rule of thumb."""

from dataclasses import dataclass
from fractions import Fraction

from calculator.core.architecture import Shape, read_config
from calculator.core.catalog import Model


def dense_weights(*, inputs: int, outputs: int) -> int:
    """Return inputs × outputs, the weights that join two layers, one for each pair.

    Left out: the biases, one for each output.
    """
    return inputs * outputs


def rule_of_thumb(*, layers: int, width: int, vocabulary: int, tied: bool) -> tuple[int, int]:
    """Return the parameters in the layers and in the word tables of a GPT-style model.

    layers: 12 × L × d² (4·d² for attention, 8·d² for a feed-forward block four times as wide)
    tables: V × d, once when input and output share a table, else twice

    Left out: biases, norms, position tables; wrong for gated feed-forward blocks and grouped
    key-value heads. Source: Kaplan and others, arXiv:2001.08361, section 2.1, with the embeddings
    added.
    """
    return 12 * layers * width**2, vocabulary * width * (1 if tied else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """The settings of a Llama-style decoder, named as its config.json does."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    tied: bool

    @property
    def shape(self) -> Shape:
        """The whole model, tensor by tensor, as the engine builds a Llama of these settings."""
        return read_config(
            {
                "model_type": "llama",
                "num_hidden_layers": self.layers,
                "hidden_size": self.width,
                "num_attention_heads": self.heads,
                "num_key_value_heads": self.kv_heads,
                "head_dim": self.head_size,
                "intermediate_size": self.feed_forward,
                "vocab_size": self.vocabulary,
                "tie_word_embeddings": self.tied,
            }
        )


def decoder_of(model: Model) -> Decoder:
    """Return the settings of a catalogue model as the counting functions take them."""
    return Decoder(
        layers=model.layers,
        width=model.hidden_size,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_size=model.head_dim,
        feed_forward=model.intermediate_size,
        vocabulary=model.vocab_size,
        tied=model.tied,
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parameters of a decoder sit."""

    embeddings: int
    attention: int
    feed_forward: int
    norms: int

    @property
    def total(self) -> int:
        return self.embeddings + self.attention + self.feed_forward + self.norms

    def share(self, count: int) -> Fraction:
        return Fraction(count, self.total)


def decoder_parts(model: Decoder) -> Parts:
    """Return the parameters of each part of a Llama-style decoder, exactly.

    attention = L × (2·d·h·s + 2·d·kv·s);  feed-forward = L × 3·d·f (gate, up, down);
    norms = 2·L·d + d;  embeddings = V·d × (1 if tied, else 2)

    Raises ConfigError where the key-value heads do not divide the heads. Left out: biases, position
    tables, more than one expert a layer. Source: the engine's tensors of a Llama; the sums equal
    the published 8,030,261,248 (Llama 3.1 8B), 6,738,415,616 (Llama 2 7B) and 7,241,732,096
    (Mistral 7B).
    """
    parts = model.shape.parts
    return Parts(
        embeddings=parts["embedding"] + parts["lm_head"],
        attention=parts["attention"],
        feed_forward=parts["mlp"],
        norms=parts["norm"],
    )
