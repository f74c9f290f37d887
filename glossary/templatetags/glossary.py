"""Template words of the glossary's pages."""

import re
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from glossary.models import Entry

register = template.Library()
LINK = re.compile(r"</?a\b[^>]*>")


@register.filter
def defining(definition: str, entry: Entry) -> SafeString:
    """The definition with the word that it defines marked, where it names it."""
    for name in sorted({entry.title, entry.plural}, key=len, reverse=True):
        match = re.search(rf"\b{re.escape(name)}\b", definition, re.IGNORECASE) if name else None
        if match:
            start, end = match.span()
            before, word, after = definition[:start], definition[start:end], definition[end:]
            return mark_safe(f"{escape(before)}<dfn>{escape(word)}</dfn>{escape(after)}")
    return mark_safe(escape(definition))


@register.filter
def unlinked(html: str) -> SafeString:
    """Finished HTML without its links: inside a label a link would take the click."""
    return mark_safe(LINK.sub("", html))


@register.simple_tag
def entries_named(slugs: tuple[str, ...]) -> list[Entry]:
    """The listed entries with these slugs, in this order; a page of calculators names them."""
    found = {entry.slug: entry for entry in Entry.objects.for_lists().filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


@register.filter
def key(mapping: dict[str, Any], name: str) -> Any:
    return mapping.get(name)
