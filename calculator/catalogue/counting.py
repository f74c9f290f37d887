"""What the catalogue stores of a config.json to sort and filter by: all of it from the engine."""

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from calculator.catalogue import running, weights
from calculator.core.architecture import ConfigError, Shape, read_text

if TYPE_CHECKING:
    from calculator.models import LanguageModel

# What "needs" is worked out for: one conversation of this length beside the 4-bit file.
NEEDS_TOKENS = 8192


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted columns; None where the engine does not know."""

    model_type: str = ""
    kind: str = ""
    total: int | None = None
    active: int | None = None
    bytes_16: int | None = None
    bytes_4: int | None = None
    format_4: str = ""
    cache_per_token: int | None = None
    needs: int | None = None


COLUMNS = tuple(field.name for field in fields(Counted))


def count(config: str) -> Counted:
    """Return what the engine says of this config.json; ConfigError where it refuses the file."""
    shape = read_text(config)
    total = shape.total_parameters
    name, four = weights.four_bits(shape)
    return Counted(
        model_type=shape.model_type,
        kind=kind_of(shape),
        total=total,
        active=shape.active_parameters,
        bytes_16=2 * total,
        bytes_4=four,
        format_4=name,
        cache_per_token=None if shape.cache_unknown else shape.kv_cache_bytes_per_token,
        needs=None if shape.cache_unknown else running.needs(shape, four, tokens=NEEDS_TOKENS),
    )


def fill(model: "LanguageModel") -> None:
    """Set the counted columns; a file that the engine refuses leaves them unknown."""
    try:
        counted = count(model.config)
    except ConfigError:
        counted = Counted()
    for name, value in asdict(counted).items():
        setattr(model, name, value)


def kind_of(shape: Shape) -> str:
    """How it is built, in one of the words of `calculator.models.Kind`."""
    attention = [layer for layer in shape.layers if layer.kv_heads or layer.kind == "mla"]
    constant = any(cache.constant for cache, _ in shape.distinct_caches)
    if not shape.generates:
        return "encoder"
    if constant and not attention:
        return "state"
    if constant:
        return "hybrid-moe" if shape.experts else "hybrid"
    return "moe" if shape.experts else "dense"
