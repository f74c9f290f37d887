"""Ways from a model to the calculators, its own numbers filled in where they suit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from calculator import registry
from calculator.core.architecture import Shape

BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    question: str
    href: str


def calculator_links(shape: Shape) -> list[Link]:
    """One link a calculator; those that would refuse this model's numbers are left out."""
    return [link for slug, values in filled(shape) if (link := checked(slug, values))]


def checked(slug: str, values: Mapping[str, str]) -> Link | None:
    widget = registry.get(slug)
    if widget is None or not widget.form.read(values, {}).is_valid():
        return None
    href = f"{reverse('calculator:widget', args=[slug])}?{urlencode(values)}"
    return Link(widget.title, widget.question, href)


def filled(shape: Shape) -> Iterator[tuple[str, dict[str, str]]]:
    total, per_token = billions(shape.total_parameters), shape.kv_cache_bytes_per_token
    yield "memory", {"n": total}
    if per_token:
        yield "fit", {"n": total, "kvt": str(per_token)}
    if settings := cache_settings(shape):
        yield "kv", settings | {"n": total}
    if shape.active_parameters != shape.total_parameters:
        yield "active", {"T": total, "A": billions(shape.active_parameters)}
        yield "moe", experts(shape)
    yield "lora", adapter(shape) | {"n": total}
    yield "qlora", {"n": total}
    yield "tiers", {"n": total}


def billions(count: int) -> str:
    """A count in billions to its last digit, as an address carries it."""
    whole, rest = divmod(count, BILLION)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".")


def experts(shape: Shape) -> dict[str, str]:
    routed = shape.breakdown.get("moe_experts", 0)
    return {
        "S": billions(shape.total_parameters - routed),
        "e": billions(routed // shape.experts),
        "E": str(shape.experts),
        "k": str(shape.experts_per_token),
    }


def adapter(shape: Shape) -> dict[str, str]:
    """Four square matrices in each layer, as the LoRA calculator counts them."""
    width = str(shape.hidden_size)
    return {"a": width, "b": width, "m": str(4 * len(shape.layers))}


def cache_settings(shape: Shape) -> dict[str, str]:
    """The KV cache calculator's inputs; none where its three kinds do not cover the model."""
    layers, kinds = shape.layers, set(shape.layer_kinds)
    count = str(len(layers))
    if kinds == {"mla"}:
        return {"kind": "compressed", "L": count, "latent": str(layers[0].cache.elements)}
    heads = {(layer.kv_heads, layer.head_dim) for layer in layers}
    windows = {layer.cache.window for layer in layers if layer.cache.windowed}
    if not kinds <= {"full", "sliding"} or len(heads) > 1 or len(windows) > 1:
        return {}
    kv_heads, head_dim = heads.pop()
    found = {"kind": "full", "L": count, "kv": str(kv_heads), "hd": str(head_dim)}
    if windows:
        sliding = sum(layer.cache.windowed for layer in layers)
        found |= {"kind": "sliding", "W": str(windows.pop()), "slide": str(sliding)}
    return found
