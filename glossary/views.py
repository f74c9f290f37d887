"""The pages that visitors read: nothing here writes, nothing here sees a draft."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from calculator import registry
from calculator.cards import Card, make_card
from calculator.models import LanguageModel
from calculator.requests import HtmxRequest
from calculator.views import redraw
from glossary import indexes, provenance
from glossary.calculations import compute
from glossary.models import Category, Entry
from glossary.pages import TermPage

FRONT_DOOR = "parameter"


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    front = Entry.objects.for_lists().filter(slug=FRONT_DOOR).first()
    context = {
        "front": front,
        "card": home_card(request),
        "widgets": registry.all_widgets(),
        "terms": Entry.objects.listed().count(),
        "shown": indexes.by_category(Entry.objects.for_lists()),
        "models": list(LanguageModel.objects.for_lists().newest_first()),
    }
    return TemplateResponse(request, "glossary/home.html", context)


@require_safe
def home_result(request: HtmxRequest) -> HttpResponse:
    return redraw(request, home_card(request))


def home_card(request: HtmxRequest) -> Card:
    return make_card(
        registry.all_widgets()[0],
        request.GET,
        action=reverse("glossary:home"),
        fragment=reverse("glossary:home-result"),
    )


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    chosen = indexes.Filter.read(request.GET)
    context = {
        "filter": chosen,
        "index": indexes.alphabet(Entry.objects.for_lists(), chosen),
        "categories": Category.objects.with_public_entries(),
    }
    return TemplateResponse(request, "glossary/index.html", context)


@require_safe
def category(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category.objects.with_public_entries(), slug=slug)
    context = {
        "category": found,
        "entries": Entry.objects.for_lists().filter(category=found),
        "categories": Category.objects.with_public_entries(),
    }
    return TemplateResponse(request, "glossary/category.html", context)


@require_safe
def entry(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Entry.objects.for_page(), slug=slug)
    page = TermPage(found, term_card(request, found))
    context = {"entry": found, "page": page, "card": page.card}
    return TemplateResponse(request, "glossary/entry.html", context)


@require_safe
def result(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Entry.objects.public().only("slug", "calculator", "calculator_values", "rendered"),
        slug=slug,
    )
    card = term_card(request, found)
    if card is None:
        raise Http404
    return redraw(request, card, live=found.rendered.get("live", []))


def term_card(request: HtmxRequest, entry: Entry) -> Card | None:
    widget = registry.get(entry.calculator)
    if widget is None:
        return None
    return make_card(
        widget,
        request.GET,
        action=entry.get_absolute_url(),
        fragment=reverse("glossary:result", args=[entry.slug]),
        defaults=entry.calculator_values,
    )


@require_safe
def method(request: HtmxRequest) -> HttpResponse:
    context = {
        "counts": list(provenance.counts()),
        "facts": list(provenance.facts()),
        "example": compute("memory n=70 p=4").text,
    }
    return TemplateResponse(request, "glossary/method.html", context)


@require_safe
def robots(request: HtmxRequest) -> HttpResponse:
    address = request.build_absolute_uri(reverse("glossary:sitemap"))
    lines = ("User-agent: *", "Disallow: /search/", f"Sitemap: {address}", "")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
