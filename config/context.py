"""What every template may name: the style sheets, in the order of their layers."""

from django.http import HttpRequest

STYLESHEETS = [
    f"css/{name}.css"
    for name in (
        "tokens", "layout", "page", "calculator", "figures", "figures-inside", "figures-size",
        "search", "models", "training", "hardware", "accuracy", "states", "print",
    )
]  # fmt: skip


def site(request: HttpRequest) -> dict[str, object]:
    return {"stylesheets": STYLESHEETS}
