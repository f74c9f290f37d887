"""The pages of the models: the list, one model, and any model whose config.json is brought."""

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calculator.cards import Card
from calculator.catalogue.bringing import CheckForm, too_long
from calculator.catalogue.comparing import Comparison
from calculator.catalogue.listing import Choice, Listing
from calculator.catalogue.sheet import Sheet, stored_sheet
from calculator.core.architecture import ConfigError, Shape
from calculator.forms import single_values
from calculator.models import LanguageModel
from calculator.requests import HtmxRequest
from calculator.views import redraw


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    choice = Choice.read(request.GET)
    listing = Listing(choice, LanguageModel.objects.all(), reverse("models:index"))
    response = TemplateResponse(request, "calculator/models/index.html", {"listing": listing})
    if request.htmx:
        response["HX-Push-Url"] = listing.path + choice.address
    return response


@require_safe
def model(request: HtmxRequest, slug: str) -> HttpResponse:
    found = LanguageModel.objects.public().filter(slug=slug).first()
    if found is None:
        return redirect(same_shape_or_404(slug), permanent=True)
    context: dict[str, Any] = {"model": found}
    try:
        sheet = stored_sheet(found.config, found.name, found.maker)
    except ConfigError as error:
        context["refusal"] = str(error).rstrip(".")
    else:
        total = sheet.shape.total_parameters
        context |= {
            "sheet": sheet,
            "card": model_card(request, found, sheet),
            "published": [Comparison(row, row.count - total) for row in found.published_rows],
        }
    return TemplateResponse(request, "calculator/models/model.html", context)


@require_safe
def result(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(LanguageModel.objects.public(), slug=slug)
    try:
        sheet = stored_sheet(found.config, found.name, found.maker)
    except ConfigError as error:
        raise Http404 from error
    return redraw(request, model_card(request, found, sheet))


def model_card(request: HtmxRequest, found: LanguageModel, sheet: Sheet) -> Card:
    return sheet.card(
        single_values(request.GET),
        action=found.get_absolute_url(),
        fragment=reverse("models:result", args=[found.slug]),
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
    form = read_brought(request)
    if not form.is_valid() or form.shape is None:
        raise Http404
    return redraw(request, brought(request, form.shape, form.text)["card"])


def brought(request: HtmxRequest, shape: Shape, text: str) -> dict[str, Any]:
    sheet = Sheet(shape, "this model")
    card = sheet.card(
        single_values(request.POST),
        action=reverse("models:check"),
        fragment=reverse("models:check-result"),
        carried={"config": text},
    )
    return {"sheet": sheet, "card": card}
