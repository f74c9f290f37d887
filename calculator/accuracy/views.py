"""The page that compares the engine with the world, from the file that a command built."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from calculator.accuracy.page import page
from calculator.requests import HtmxRequest


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    return TemplateResponse(request, "calculator/accuracy.html", {"page": page()})
