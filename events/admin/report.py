"""The bilan in the admin: on screen, and as the PDF and the workbook that are handed on."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.pdf import PDF_TYPE
from common.spreadsheets import XLSX_TYPE
from events.admin.scoping import CoordinatorMixin
from events.domain.report import Bilan, charts, compared
from events.domain.report.pdf import render_pdf
from events.domain.report.presenting import key_figures, provisional
from events.domain.report.subject import Subject, note_export
from events.domain.report.workbook import write_workbook
from events.forms.report import ReportForm

SECTIONS = (
    ("L’activité", ("sessions", "registrations", "participations", "minutes_offered", "minutes_attended")),
    ("Les personnes", ("participants", "returning", "women", "members", "non_members")),
    ("Les places", ("fill", "no_show", "withdrawn", "waited", "unseated")),
    ("La satisfaction", ("satisfaction", "response_rate")),
)


class ReportMixin(CoordinatorMixin, WagtailAdminTemplateMixin):
    """Only one's own activities: what is another organisation's does not exist here."""

    template_name = "events/admin/report.html"
    page_title = "Bilan"
    header_icon = "clipboard-list"
    request: HttpRequest

    def bound(self, data: Any) -> ReportForm:
        form = ReportForm(data, user=self.request.user)  # type: ignore[arg-type]
        if not form.is_valid() and form.names_a_stranger():
            raise Http404
        return form

    def refused(self, form: ReportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ReportView(ReportMixin, View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.bound(request.GET)
        if not form.is_valid():
            return self.refused(form)
        subject = form.subject()
        bilan = compared(activities=subject.activities, period=form.asked_period())
        return self.render_to_response(
            self.get_context_data(form=form, **_shown(subject, bilan), asked=_asked(form))
        )


def _asked(form: ReportForm) -> list[tuple[str, str]]:
    """What was asked for, to be asked again by the buttons that make the files."""
    lists: Any = form.data
    return [(name, value) for name in form.fields for value in lists.getlist(name)]


def _shown(subject: Subject, bilan: Bilan) -> dict[str, Any]:
    found = bilan.current
    figures = {each.key: each for each in key_figures(bilan)}
    today = timezone.localdate()
    return {
        "subject": subject,
        "bilan": bilan,
        "report": found,
        "running": bilan.period.runs(today),
        "today": today,
        "provisional": provisional(bilan),
        "to_close": _to_close(bilan),
        "figures": figures,
        "sections": [(title, [figures[key] for key in keys]) for title, keys in SECTIONS],
        "columns": charts.columns(found),
        "groups": [
            ("professions", "Par profession", "Profession", charts.professions(found)),
            ("communes", "Par commune", "Lieu de la session", charts.cities(found)),
            ("moments", "Par jour et heure", "Début de la session", charts.moments(found)),
            ("modalites", "Par modalité", "Modalité", charts.modalities(found)),
        ],
        "exports": [
            (reverse("report_pdf"), "PDF d’une page"),
            (reverse("report_xlsx"), "Classeur XLSX"),
        ],
    }


def _to_close(bilan: Bilan) -> str:
    """Where the sheets that are still open are closed: the session, or the list of such sessions."""
    late = bilan.to_close
    if len(late) == 1:
        return f"{reverse('sessions:inspect', args=[late[0].pk])}#emargement"
    if not late:
        return ""
    activities = {line.activity for line in late}
    query: dict[str, Any] = {
        "situation": "to_close",
        "starts_at_from": timezone.localdate(late[0].starts_at).isoformat(),
        "starts_at_to": timezone.localdate(late[-1].starts_at).isoformat(),
    }
    if len(activities) == 1:
        query["activity"] = activities.pop()
    return f"{reverse('sessions:index')}?{urlencode(query)}"


class ExportView(ReportMixin, View):
    """A file leaves by POST, because leaving writes a line; its address opened leads to the screen."""

    http_method_names = ["get", "head", "options", "post"]
    kind = ""
    media_type = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.urlencode()
        return redirect(f"{reverse('report')}?{query}" if query else reverse("report"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.bound(request.POST)
        if not form.is_valid():
            return self.refused(form)
        subject = form.subject()
        bilan = compared(activities=subject.activities, period=form.asked_period())
        data = self.written(subject, bilan)
        note_export(subject=subject, bilan=bilan, kind=self.kind, by=request.user)  # type: ignore[arg-type]
        name = slugify(f"bilan {subject.title} {bilan.period.title}")[:80]
        headers = {"Content-Disposition": f'attachment; filename="{name}.{self.kind}"'}
        return HttpResponse(data, content_type=self.media_type, headers=headers)

    def written(self, subject: Subject, bilan: Bilan) -> bytes:
        raise NotImplementedError


class ReportPdfView(ExportView):
    kind, media_type = "pdf", PDF_TYPE

    def written(self, subject: Subject, bilan: Bilan) -> bytes:
        return render_pdf(subject=subject, bilan=bilan)


class ReportXlsxView(ExportView):
    kind, media_type = "xlsx", XLSX_TYPE

    def written(self, subject: Subject, bilan: Bilan) -> bytes:
        return write_workbook(subject=subject, bilan=bilan)


urlpatterns: list[URLPattern] = [
    path("bilan/", ReportView.as_view(), name="report"),
    path("bilan/bilan.pdf", ReportPdfView.as_view(), name="report_pdf"),
    path("bilan/bilan.xlsx", ReportXlsxView.as_view(), name="report_xlsx"),
]
