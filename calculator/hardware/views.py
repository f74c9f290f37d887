"""The pages of the devices: the list, and what fits one of them."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from calculator.core.devices import devices
from calculator.hardware.fitting import TOKENS, fits
from calculator.hardware.listing import Choice, Listing
from calculator.hardware.memory import Memory
from calculator.models import LanguageModel
from calculator.requests import HtmxRequest


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    choice = Choice.read(request.GET)
    listing = Listing(choice, reverse("hardware:index"))
    response = TemplateResponse(request, "calculator/hardware/index.html", {"listing": listing})
    if request.htmx:
        response["HX-Push-Url"] = listing.path + choice.address
    return response


@require_safe
def device(request: HtmxRequest, slug: str) -> HttpResponse:
    found = devices().get(slug)
    if found is None:
        raise Http404
    models = LanguageModel.objects.public().only("slug", "name", "total", "config")
    context = {
        "device": found,
        "memory": Memory(found),
        "fits": fits(models, found),
        "total": len(models),
        "tokens": TOKENS,
        "card": devices().get(found.of),
    }
    return TemplateResponse(request, "calculator/hardware/device.html", context)
