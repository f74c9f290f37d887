"""The pages of the models: the list, one model, and any model whose config.json is brought."""

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calculator.catalogue.bringing import CheckForm, too_long
from calculator.catalogue.cards import Cards, Place, cards_of
from calculator.catalogue.comparing import Comparison
from calculator.catalogue.listing import Choice, Listing
from calculator.catalogue.sheet import Sheet, stored_sheet
from calculator.core.architecture import ConfigError, Shape
from calculator.forms import single_values
from calculator.listing import listed
from calculator.models import LanguageModel
from calculator.requests import HtmxRequest
from calculator.views import current_parts, redraw

# What a model is called of which only a config.json was brought.
THIS = "this model"


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    models = LanguageModel.objects.all()
    listing = Listing(Choice.read(request.GET), reverse("models:index"), models)
    return listed(request, "calculator/models/index.html", listing)


@require_safe
def model(request: HtmxRequest, slug: str) -> HttpResponse:
    found = LanguageModel.objects.public().filter(slug=slug).first()
    if found is None:
        return redirect(same_shape_or_404(slug), permanent=True)
    context: dict[str, Any] = {"model": found}
    try:
        sheet = stored_sheet(found.config, found.name, found.maker, found.slug)
    except ConfigError as error:
        context["refusal"] = str(error).rstrip(".")
    else:
        total = sheet.shape.total_parameters
        asked = single_values(request.GET)
        cards = cards_of(sheet, place_of(found), run=asked, training=asked)
        context |= {
            "sheet": sheet,
            "card": cards.run,
            "training": cards.training,
            "published": [Comparison(row, row.count - total) for row in found.published_rows],
        }
    return TemplateResponse(request, "calculator/models/model.html", context)


@require_safe
def result(request: HtmxRequest, slug: str) -> HttpResponse:
    found, sheet = sheet_or_404(slug)
    asked, shown = single_values(request.GET), shown_values(request)
    cards = cards_of(sheet, place_of(found), run=asked, training=shown)
    return redraw(request, cards.run, other=cards.training)


@require_safe
def training(request: HtmxRequest, slug: str) -> HttpResponse:
    found, sheet = sheet_or_404(slug)
    asked, shown = single_values(request.GET), shown_values(request)
    cards = cards_of(sheet, place_of(found), run=shown, training=asked)
    return redraw(request, cards.training, other=cards.run)


def sheet_or_404(slug: str) -> tuple[LanguageModel, Sheet]:
    found = get_object_or_404(LanguageModel.objects.public(), slug=slug)
    try:
        return found, stored_sheet(found.config, found.name, found.maker, found.slug)
    except ConfigError as error:
        raise Http404 from error


def shown_values(request: HtmxRequest) -> dict[str, str]:
    """The settings in the browser's address: the card that is not redrawn keeps its own there."""
    return single_values(QueryDict(current_parts(request).query))


def place_of(found: LanguageModel) -> Place:
    return Place(
        action=found.get_absolute_url(),
        run=reverse("models:result", args=[found.slug]),
        training=reverse("models:training", args=[found.slug]),
    )


def same_shape_or_404(slug: str) -> LanguageModel:
    """The model that stands in the catalogue for others of its shape, by one of their slugs."""
    for found in LanguageModel.objects.public().filter(same_shape__contains=slug[:80]):
        if slug in found.same_shape_slugs:
            return found
    raise Http404


# Exempt from CSRF because there is nothing to forge: nothing is stored, nobody is logged in here,
# and readers' cookies are dropped, so that a token could not be compared with anything.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HtmxRequest) -> HttpResponse:
    if request.method != "POST":
        return TemplateResponse(request, "calculator/models/check.html", {"form": CheckForm()})
    form = read_brought(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and form.shape is not None:
        context |= brought(request, form.shape, form.text)
    return TemplateResponse(request, "calculator/models/check.html", context)


def read_brought(request: HtmxRequest) -> CheckForm:
    """The form with what was sent; what is too long for any config.json is not even read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return refused(too_long(length))
    try:
        return CheckForm(request.POST, request.FILES)
    except (SuspiciousOperation, MultiPartParserError):
        return refused("What was sent could not be read as this form sends it")


def refused(sentence: str) -> CheckForm:
    form = CheckForm({})
    form.refusal = sentence
    return form


@csrf_exempt
@require_POST
def check_result(request: HtmxRequest) -> HttpResponse:
    return redraw(request, brought_or_404(request).run)


@csrf_exempt
@require_POST
def check_training(request: HtmxRequest) -> HttpResponse:
    return redraw(request, brought_or_404(request).training)


def brought_or_404(request: HtmxRequest) -> Cards:
    form = read_brought(request)
    if not form.is_valid() or form.shape is None:
        raise Http404
    return brought_cards(request, Sheet(form.shape, THIS), form.text)


def brought(request: HtmxRequest, shape: Shape, text: str) -> dict[str, Any]:
    sheet = Sheet(shape, THIS)
    cards = brought_cards(request, sheet, text)
    return {"sheet": sheet, "card": cards.run, "training": cards.training}


def brought_cards(request: HtmxRequest, sheet: Sheet, text: str) -> Cards:
    asked = single_values(request.POST)
    place = Place(
        action=reverse("models:check"),
        run=reverse("models:check-result"),
        training=reverse("models:check-training"),
    )
    return cards_of(sheet, place, run=asked, training=asked, carried={"config": text})
