"""Two pages for every calculator there will ever be, and the part of them that redraws."""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from calculator import registry
from calculator.cards import Card, make_card
from calculator.requests import HtmxRequest


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    context = {"widgets": registry.all_widgets()}
    return TemplateResponse(request, "calculator/index.html", context)


@require_safe
def widget(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_or_404(slug)
    card = make_card(found, request.GET)
    widgets = registry.all_widgets()
    place = widgets.index(found)
    context = {
        "card": card,
        "widget": found,
        "before": widgets[place - 1] if place else None,
        "after": widgets[place + 1] if place + 1 < len(widgets) else None,
    }
    return TemplateResponse(request, "calculator/widget.html", context)


@require_safe
def result(request: HtmxRequest, slug: str) -> HttpResponse:
    return redraw(request, make_card(get_or_404(slug), request.GET))


def get_or_404(slug: str) -> registry.Widget:
    found = registry.get(slug)
    if found is None:
        raise Http404
    return found


def redraw(
    request: HtmxRequest,
    card: Card,
    *,
    live: Collection[str] = (),
    other: Card | None = None,
) -> HttpResponse:
    """Answer a control: new outputs, never inputs, and at the end of a gesture its address.

    `live` names the numbers in the page's prose that follow the calculator, as texts write them
    ("gb", "in.n"); `other` is the page's other card, whose link keeps the settings of this one. The
    form itself asks once, when a gesture ends: only then is the answer, or what is wrong,
    announced, and an answer put into the history.
    """
    ended = request.htmx.trigger == f"{card.part}calc"
    moved = ended and card.valid and card.address != current_address(request)
    followed = [name.replace(".", "-") for name in live]
    context = {
        "card": card,
        "other": other,
        "moved": moved,
        "refused": next(iter(card.form.errors.values()), [""])[0] if ended else "",
        "live": [(name, card.live_text(name)) for name in followed if name in card.live_names],
    }
    response = TemplateResponse(request, "calculator/redraw.html", context)
    if moved and card.method == "get":
        response["HX-Push-Url"] = card.address
    if not card.valid:
        response["HX-Reswap"] = "none"
    return response


def current_address(request: HtmxRequest) -> str:
    parts = current_parts(request)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def current_parts(request: HtmxRequest) -> SplitResult:
    """The address that the browser shows, as it says; empty where that is no address."""
    try:
        return urlsplit(request.htmx.current_url or "")
    except ValueError:
        return urlsplit("")
