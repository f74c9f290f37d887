"""The editors' side of the catalogue: paste a config.json, and see at once what was counted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from calculator.catalogue import texts
from calculator.catalogue.anatomy import anatomy
from calculator.catalogue.bringing import shape_of
from calculator.catalogue.counting import count
from calculator.core import formatting
from calculator.core.architecture import ConfigError, read_text
from calculator.models import LanguageModel

RESERVED = {"check"}
COUNTED = (
    ("total", "parameters"),
    ("active", "active for one token"),
    ("bytes_16", "bytes at 16 bits"),
    ("bytes_4", "bytes at 4 bits"),
    ("cache_per_token", "bytes of cache for a token"),
)


class LanguageModelForm(forms.ModelForm):
    class Meta:
        model = LanguageModel
        fields = (
            *("name", "slug", "maker", "is_public", "config", "released", "licence", "hub"),
            *("same_shape", "note", "sources", "published_counts", "checked"),
        )
        widgets: ClassVar = {
            "config": forms.Textarea(
                attrs={"rows": 24, "class": "vLargeTextField", "spellcheck": "false"}
            ),
            **{
                name: forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
                for name in ("sources", "published_counts", "same_shape")
            },
        }

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise ValidationError(f"“{slug}” is another page of the site")
        return slug

    def clean_config(self) -> str:
        text: str = self.cleaned_data["config"]
        shape_of(text)
        return text

    def clean_sources(self) -> str:
        text: str = self.cleaned_data["sources"]
        for source in texts.sources(text):
            check_address(source.url)
        return text

    def clean_published_counts(self) -> str:
        text: str = self.cleaned_data["published_counts"]
        for number, line in enumerate(text.splitlines(), 1):
            amount, *_, url, _ = texts.cells(line, 5)
            if line.strip() and not amount.replace(",", "").isdecimal():
                raise ValidationError(f"Line {number} must begin with a whole number and a bar")
            check_address(url)
        return text


def check_address(url: str) -> None:
    if url:
        URLValidator(schemes=["https", "http"], message=f"“{url}” is not an address")(url)


@admin.register(LanguageModel)
class LanguageModelAdmin(admin.ModelAdmin):
    form = LanguageModelForm
    list_display = ("name", "maker", "kind", "parameters", "released", "checked", "is_public")
    list_filter = ("is_public", "kind", "maker")
    search_fields = ("name", "slug", "maker", "same_shape")
    ordering = ("name",)
    list_per_page = 200
    readonly_fields = ("counted",)
    prepopulated_fields: ClassVar = {}
    fieldsets = (
        (None, {"fields": ("name", "slug", "maker", "is_public")}),
        ("Settings", {"fields": ("config", "counted")}),
        ("Facts", {"fields": ("released", "licence", "hub", "same_shape", "note")}),
        ("Where it was read", {"fields": ("sources", "published_counts", "checked")}),
    )

    @admin.display(description="parameters", ordering="total")
    def parameters(self, model: LanguageModel) -> str:
        return formatting.count_words(model.total) if model.total else "unknown"

    @admin.display(description="counted")
    def counted(self, model: LanguageModel) -> SafeString:
        """What the engine made of the stored settings: the sums, then the parts."""
        try:
            counts, parts = count(model.config), anatomy(read_text(model.config)).parts
        except ConfigError as error:
            return format_html("Nothing yet. {}.", str(error) if model.config else "Paste and save")
        rows = [(name, getattr(counts, column)) for column, name in COUNTED]
        rows += [(f"in {part.name.lower()}", part.count) for part in parts]
        known = [(formatting.exact(value), name) for name, value in rows if value is not None]
        return format_html("<ul>{}</ul>", format_html_join("", "<li><b>{}</b> {}</li>", known))

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.is_public else None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # A published page has an address, and an address is a promise.
        return ("slug", "counted") if obj and obj.is_public else ("counted",)
