"""The page of search results, and the suggestions under the search box."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from glossary.search import MAX_LENGTH, readable
from glossary.search import search as find
from glossary.search import suggest as find_suggestions


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")
    asked = readable(typed)
    context = {
        "asked": asked,
        "answer": find(asked) if asked else None,
        "cut": len(typed.strip()) > MAX_LENGTH,
        "most": MAX_LENGTH,
    }
    return TemplateResponse(request, "glossary/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    asked = readable(request.GET.get("q", ""))
    suggestions = find_suggestions(asked) if asked else None
    context = {"asked": asked, "suggestions": suggestions}
    return TemplateResponse(request, "glossary/suggestions.html", context)
