"""The models that calculators know by name, read once from `data/models.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType

from calculator.core.architecture.parts import GATED, Heads, feed_forward, grouped_cache

PLAIN = GATED[1:]
# Counts are carried in billions; an expert's is multiplied by up to 512, so it keeps more of them.
DECIMALS = {
    "parameters": 3,
    "used_parameters": 3,
    "expert_parameters": 6,
    "shared_parameters": 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Published settings of one model, named as in its config.json where names differ little."""

    slug: str
    name: str
    layers: int
    hidden_size: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate_size: int
    vocab_size: int
    tied: bool
    parameters: int
    source: str
    checked: date
    gated: bool = True
    active_parameters: int = 0
    experts: int = 1
    experts_per_token: int = 1

    @property
    def cache_bytes_per_token(self) -> int:
        """Bytes of 16-bit keys and values for one token, every layer keeping every token."""
        heads = Heads(self.hidden_size, self.heads, self.kv_heads, self.head_dim)
        return 2 * self.layers * grouped_cache(heads).elements

    @property
    def expert_parameters(self) -> int:
        """Parameters of one expert in all layers; a dense model is its one expert's."""
        names = GATED if self.gated else PLAIN
        block = feed_forward(self.hidden_size, self.intermediate_size, names=names)
        return self.layers * sum(tensor.count for tensor in block)

    @property
    def shared_parameters(self) -> int:
        """What is left of the model without its experts: attention, embeddings, norms, routers."""
        return self.parameters - self.experts * self.expert_parameters

    @property
    def used_parameters(self) -> int:
        """Parameters that one token uses: all of them in a dense model."""
        return self.active_parameters or self.parameters

    @property
    def query_inputs(self) -> int:
        return self.hidden_size

    @property
    def query_outputs(self) -> int:
        return self.heads * self.head_dim

    @property
    def query_matrices(self) -> int:
        """Projections of queries, and those of values where they are as large."""
        return self.layers * (2 if self.heads == self.kv_heads else 1)

    def setting(self, name: str) -> str:
        """Return one setting as a form would carry it; billions for the counts of parameters."""
        value = getattr(self, name)
        if name in DECIMALS:
            return f"{value / 10**9:.{DECIMALS[name]}f}".rstrip("0").rstrip(".")
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)


def read(name: str) -> dict[str, object]:
    return tomllib.loads(
        resources.files("calculator.core").joinpath("data", name).read_text(encoding="utf-8")
    )


def models() -> Mapping[str, Model]:
    rows = read("models.toml")
    return MappingProxyType(
        {slug: Model(slug=slug, **row) for slug, row in rows.items() if isinstance(row, dict)}
    )


MODELS = models()
