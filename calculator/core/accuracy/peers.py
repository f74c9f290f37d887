"""The same inputs through other programs, and through this engine."""

from collections.abc import Iterator
from typing import Any

from calculator.core.accuracy.reading import Models, load
from calculator.core.cache import cache_bytes
from calculator.core.formats import weights

QUANTITIES = ("parameters", "weights", "cache")
OURS = "Legible"


def ours(models: Models, slug: str, context: int) -> dict[str, int]:
    """What this engine says of a model: parameters, 16-bit weights, the cache at this context."""
    shape = models.shape(slug)
    return {
        "parameters": shape.total_parameters,
        "weights": weights(shape, "bf16").bytes,
        "cache": cache_bytes(shape, context=context, engine="transformers").kv_cache_bytes,
    }


def compare(models: Models) -> dict[str, Any]:
    """Every program's numbers as multiples of the true ones; None where it gives no such number."""
    data = load("peers.json")
    tools = [OURS, *dict.fromkeys(name for row in data["models"].values() for name in row["tools"])]
    return {
        "source": data["source"],
        "findings": data["findings"],
        "tools": tools,
        "models": list(rows(models, data, tools)),
    }


def rows(models: Models, data: dict[str, Any], tools: list[str]) -> Iterator[dict[str, Any]]:
    for slug, row in data["models"].items():
        said = {OURS: ours(models, slug, data["context"]), **row["tools"]}
        yield {
            "slug": slug,
            "truth": row["truth"],
            "said": [beside(tool, said.get(tool, {}), row["truth"]) for tool in tools],
        }


def beside(tool: str, said: dict[str, Any], truth: dict[str, int]) -> dict[str, Any]:
    ratios = {
        name: round(said[name] / truth[name], 4) if name in said else None for name in QUANTITIES
    }
    return {"tool": tool, "said": said, "ratios": ratios}
