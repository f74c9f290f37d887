"""The editors' side: an entry with all its rows on one page, its preview, and publishing."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from calculator.requests import HtmxRequest
from glossary import checking, preview, publishing
from glossary.admin_forms import EntryForm
from glossary.admin_pages import FIELDSETS, INLINES, PlainFields, in_page_order
from glossary.models import Category, Entry, State

BOTH = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]
SAVES = ("_save", "_continue", "_addanother")
MOST_REFUSALS = 5


class Listing(admin.ModelAdmin):
    """A list whose address may hold anything."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL has no such character: nothing could be found by it.
            return redirect(request.path)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


@admin.register(Category)
class CategoryAdmin(Listing):
    list_display = ("name", "summary", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Its page has an address, and an address is a promise.
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}


@admin.register(Entry)
class EntryAdmin(PlainFields, Listing):
    form = EntryForm
    inlines = INLINES
    fieldsets = FIELDSETS
    list_display = ("title", "category", "level", "badge", "dead_links", "updated", "reviewed")
    list_filter = ("state", "category", "level")
    search_fields = ("title", "plural", "aliases__text", "definition")
    search_help_text = "Searches titles, other names and definitions."
    ordering = ("title",)
    list_per_page = 200
    actions = ("publish", "unpublish", "mark_reviewed")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Entry]:
        return super().get_queryset(request).select_related("category", "replaced_by")

    @admin.display(description="state", ordering="state")
    def badge(self, entry: Entry) -> SafeString:
        return format_html('<span class="state state--{0}">{0}</span>', entry.state)

    @admin.display(description="links to nothing")
    def dead_links(self, entry: Entry) -> str:
        return ", ".join(entry.unresolved) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug", "updated") if obj and obj.is_public else ("updated",)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.is_public else None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        return [
            path("preview/", view, name="glossary_entry_preview_new"),
            path("<path:object_id>/preview/", view, name="glossary_entry_preview"),
            *super().get_urls(),
        ]

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:  # noqa: FBT001
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        # The form is made before its rows, and checks them together with itself: `glossary.typed`.
        vars(obj)["formsets"] = formsets
        return formsets, inlines

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.POST = saving(request)  # type: ignore[assignment]
        with transaction.atomic():
            publishing.take_turn()
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        parts = in_page_order(context["adminform"], context["inline_admin_formsets"])
        context["parts"] = list(parts)
        context["preview_url"] = preview_address(options.get("obj"))
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.updated = form.page.document.updated
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        for formset in formsets:
            formset.save(commit=False)  # Stores nothing: it tells the log what changed.
        publishing.store(form.instance, form.page.document, form.page.stored)
        self.report_saved(request, form)

    def report_saved(self, request: HttpRequest, form: EntryForm) -> None:
        before, after = form.page.stored, form.page.document
        if after.state != (before.state if before else State.DRAFT):
            messages.info(request, f"“{after.title}” is now {State(after.state).label.lower()}.")
        for problem in form.page.waiting:
            messages.warning(request, publishing.sentence(problem))
        empty = [item.field.replace("_", " ") for item in checking.completeness(after)]
        if empty and after.state == State.PUBLISHED:
            messages.warning(request, f"Readers still miss: {', '.join(empty)}.")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        publishing.remove([obj])

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        publishing.remove(list(queryset))

    def preview_view(self, request: HtmxRequest, object_id: str = "") -> HttpResponse:
        entry = self.get_object(request, unquote(object_id)) if object_id else None
        if object_id and entry is None:
            raise Http404
        allowed = self.has_change_permission if entry else self.has_add_permission
        if not allowed(request):
            raise PermissionDenied
        form_class = self.get_form(request, entry, change=entry is not None)
        form = cast("EntryForm", form_class(request.POST, instance=entry))
        self._create_formsets(request, form.instance, entry is not None)
        form.is_valid()
        context = preview.page_context(form) | {"findings": preview.findings(form)}
        if not request.htmx:
            return TemplateResponse(request, "glossary/preview.html", context)
        page = render_to_string("glossary/preview.html", context, request)
        report = {"findings": context["findings"], "page": page}
        return TemplateResponse(request, "admin/glossary/entry/preview_report.html", report)

    @admin.action(
        permissions=["change"],
        description="Save and publish",
        description_plural="Publish",
        location=BOTH,
    )
    def publish(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        self.change_states(request, queryset, publishing.publish, "published")

    @admin.action(
        permissions=["change"],
        description="Save and unpublish",
        description_plural="Unpublish",
        location=BOTH,
    )
    def unpublish(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        self.change_states(request, queryset, publishing.unpublish, "unpublished")

    @admin.action(
        permissions=["change"],
        description="Save as reviewed today by me",
        description_plural="Mark as reviewed today by me",
        location=BOTH,
    )
    def mark_reviewed(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> None:
        reviewed = {"reviewed": timezone.localdate(), "reviewer": reviewer_name(request)}
        for entry in queryset:
            for name, value in reviewed.items():
                setattr(entry, name, value)
            entry.save(update_fields=list(reviewed))
            self.log_change(request, entry, "Reviewed.")
        titles = ", ".join(f"“{entry}”" for entry in queryset)
        messages.success(request, f"Reviewed by {reviewed['reviewer']} today: {titles}.")

    def change_states(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[Entry],
        change: Callable[[Entry], list[str]],
        done: str,
    ) -> None:
        changed = []
        for entry in queryset:
            refused = change(entry)
            if refused:
                why = " · ".join(refused[:MOST_REFUSALS])
                more = len(refused) - MOST_REFUSALS
                rest = f" · and {more} more" if more > 0 else ""
                messages.error(request, f"“{entry}” was not {done}. {why}{rest}")
            else:
                self.log_change(request, entry, f"{done.capitalize()}.")
                changed.append(f"“{entry}”")
        if changed:
            messages.success(request, f"{done.capitalize()}: {', '.join(changed)}.")


def preview_address(entry: Entry | None) -> str:
    if entry is None:
        return reverse("admin:glossary_entry_preview_new")
    return reverse("admin:glossary_entry_preview", args=[entry.pk])


def reviewer_name(request: HttpRequest) -> str:
    name: str = getattr(request.user, "get_full_name", str)() or request.user.get_username()
    return name[:100]


def saving(request: HttpRequest) -> QueryDict:
    """Make an action of the change form a way to save, so that it never drops what was typed."""
    name = f"{ActionLocation.CHANGE_FORM.value}-action"
    action = request.POST.get(name)
    changes = {
        "publish": {"state": State.PUBLISHED.value},
        "unpublish": {"state": State.DRAFT.value},
        "mark_reviewed": {
            "reviewed": timezone.localdate().isoformat(),
            "reviewer": reviewer_name(request),
        },
    }.get(str(action))
    if (
        changes is None
        or "title" not in request.POST
        or any(name in request.POST for name in SAVES)
    ):
        return request.POST
    data = request.POST.copy()
    for field, value in (changes | {"_continue": "1"}).items():
        data[field] = value
    return data
