"""Tables and sheets that leave the building: a GET shows, only a POST delivers a table."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.downloads import download
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events.access import (
    coordinated_activities,
    coordinated_registrations,
    coordinated_sessions,
    coordinated_slots,
)
from events.admin.scoping import CoordinatorMixin
from events.domain.exports import DEFAULTS, What
from events.domain.sign_in import sheet_name, sign_in_sheets
from events.forms.exports import ExportForm, numbers
from events.models import Registration

KEPT = ("session", "activity", "registrations")


class ExportView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """?session=, ?activity= or ?registrations=1,2 say whose list it is; ?what= which list."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/export.html"
    page_title = "Exporter"
    header_icon = "download"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form(initial=self.initial()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                made = form.deliver(by=request.user)  # type: ignore[arg-type]
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return download(name=made.name, content_type=made.content_type, content=made.content)
        return self.page(form, status=422)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def what(self) -> What:
        asked = self.request.GET.get("what", What.REGISTRATIONS)
        return What(asked) if asked in What.values else What.REGISTRATIONS

    @cached_property
    def selected(self) -> QuerySet[Registration] | None:
        """The registrations of the address; one that is not theirs, and the page does not exist."""
        if "registrations" not in self.request.GET:
            return None
        asked = numbers(self.request.GET["registrations"])
        found = coordinated_registrations(self.request.user).filter(pk__in=asked)  # type: ignore[arg-type]
        if not asked or found.count() != len(asked):
            raise Http404
        return found

    def form(self, data: Any = None, **kwargs: Any) -> ExportForm:
        return ExportForm(data, user=self.request.user, what=self.what, selected=self.selected, **kwargs)  # type: ignore[arg-type]

    def initial(self) -> dict[str, Any]:
        """What the address names, when it is theirs."""
        initial: dict[str, Any] = {}
        for name, own in (("session", coordinated_sessions), ("activity", coordinated_activities)):
            if asked := self.request.GET.get(name):
                found = numbers(asked)
                initial[name] = get_object_or_404(own(self.request.user), pk__in=found[:1]).pk  # type: ignore[operator]
        if "session" in initial:
            initial["columns"] = [code for code in DEFAULTS[self.what] if code not in ("date", "session")]
        return initial

    def page(self, form: ExportForm, status: int = 200) -> HttpResponse:
        kept = {name: self.request.GET[name] for name in KEPT if self.request.GET.get(name)}
        lists = [
            {
                "label": each.label,
                "query": urlencode({**kept, "what": each.value}),
                "current": each == self.what,
            }
            for each in What
        ]
        context = self.get_context_data(
            form=form,
            lists=lists,
            what=self.what,
            action=f"{reverse('export')}?{urlencode({**kept, 'what': self.what.value})}",
            selected=None if self.selected is None else self.selected.count(),
        )
        return self.render_to_response(context, status=status)


class SignInSheetView(CoordinatorMixin, View):
    """The sheet of a half-day or evening, to print."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        slot = get_object_or_404(coordinated_slots(request.user), pk=pk)  # type: ignore[arg-type]
        sheet = sign_in_sheets(session=slot.session, slots=[slot], by=request.user)  # type: ignore[arg-type]
        return download(name=sheet_name(slot.session, [slot]), content_type=PDF_TYPE, content=sheet)


urlpatterns = [
    path("exports/", ExportView.as_view(), name="export"),
    path("exports/emargement/<int:pk>.pdf", SignInSheetView.as_view(), name="sign_in_sheet"),
]
