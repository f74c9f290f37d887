"""The formula of each kind of cache, with its numbers put in."""

from calculator.core.formatting import exact, split_bytes
from calculator.core.kv_cache import Settings, cache_of
from calculator.core.result import Equation, Term

SPOKEN = {"=": "equals ", "×": "times ", "+": "plus "}


def equation(size: int, settings: Settings, tokens: int, conversations: int) -> Equation:
    amount, unit = split_bytes(size)
    if settings.kind == "sliding":
        terms = sliding(settings, tokens)
    else:
        length = Term("tokens", exact(tokens), kind="n", operator="×")
        rate = compressed(settings) if settings.kind == "compressed" else full(settings)
        terms = (*rate, length)
    if conversations > 1:
        terms = (*terms, Term("conversations", exact(conversations), operator="×"))
    said = " ".join(f"{SPOKEN[term.operator]}{term.text} {term.label}" for term in terms)
    return Equation(Term("KV cache", amount, unit, kind="out"), terms, f"{amount} {unit} {said}.")


def full(settings: Settings) -> tuple[Term, ...]:
    return (
        Term("keys, values", "2", operator="="),
        Term("layers", exact(settings.layers), operator="×"),
        Term("KV heads", exact(settings.kv_heads), operator="×"),
        Term("head size", exact(settings.head_size), operator="×"),
        Term("bytes", exact(settings.bytes_each), kind="b", operator="×"),
    )


def compressed(settings: Settings) -> tuple[Term, ...]:
    return (
        Term("layers", exact(settings.layers), operator="="),
        Term("latent size", exact(settings.latent), operator="×"),
        Term("bytes", exact(settings.bytes_each), kind="b", operator="×"),
    )


def sliding(settings: Settings, tokens: int) -> tuple[Term, ...]:
    """One layer's bytes for a token, times the tokens that all layers together keep."""
    layer = cache_of(settings).per_token // settings.layers
    kept = exact(min(tokens, settings.window))
    whole = exact(settings.layers - settings.sliding)
    label = "tokens, the window" if tokens > settings.window else "tokens"
    return (
        Term("bytes in a layer", exact(layer), operator="="),
        Term("full layers", f"({whole}", operator="×"),
        Term("tokens", exact(tokens), kind="n", operator="×"),
        Term("sliding layers", exact(settings.sliding), operator="+"),
        Term(label, f"{kept})", kind="n", operator="×"),
    )
