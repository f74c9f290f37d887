"""The pages of the devices: the list, and what fits one of them."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from calculator.core.devices import devices
from calculator.hardware.fitting import LENGTHS, TOKENS, fits
from calculator.hardware.listing import Choice, Listing
from calculator.hardware.memory import Memory
from calculator.listing import listed
from calculator.models import LanguageModel
from calculator.requests import HtmxRequest


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    listing = Listing(Choice.read(request.GET), reverse("hardware:index"))
    return listed(request, "calculator/hardware/index.html", listing)


@require_safe
def device(request: HtmxRequest, slug: str) -> HttpResponse:
    found = devices().get(slug)
    if found is None:
        raise Http404
    models = LanguageModel.objects.public().only("slug", "name", "total", "config")
    asked = request.GET.get("context", "")
    tokens = int(asked) if asked in map(str, LENGTHS) else TOKENS
    context = {
        "device": found,
        "memory": Memory(found),
        "fits": fits(models, found, tokens),
        "total": len(models),
        "tokens": tokens,
        "lengths": LENGTHS,
        "card": devices().get(found.of),
    }
    return TemplateResponse(request, "calculator/hardware/device.html", context)
