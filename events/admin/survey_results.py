"""What people thought, in the admin: on screen, and as the PDF and the workbook that are handed on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.pdf import PDF_TYPE
from common.spreadsheets import XLSX_TYPE
from events.access import coordinated_texts
from events.admin.scoping import CoordinatorMixin
from events.domain.results.asking import Results, note_export, results
from events.domain.results.pdf import render_pdf
from events.domain.results.workbook import write_workbook
from events.domain.survey.hiding import hide_text
from events.forms.survey_results import SurveyResultsForm

NAME = "survey_results"


class ResultsMixin(CoordinatorMixin, WagtailAdminTemplateMixin):
    """Only one's own activities: what is another organisation's does not exist here."""

    template_name = "events/admin/survey_results.html"
    page_title = "Avis"
    header_icon = "comment"
    request: HttpRequest

    def bound(self, data: Any) -> SurveyResultsForm:
        form = SurveyResultsForm(data, user=self.request.user)  # type: ignore[arg-type]
        if not form.is_valid() and form.names_a_stranger():
            raise Http404
        return form

    def refused(self, form: SurveyResultsForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ResultsView(ResultsMixin, View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.bound(request.GET)
        if not form.is_valid():
            return self.refused(form)
        lists: Any = form.data
        found = results(form.asked())
        return self.render_to_response(
            self.get_context_data(
                form=form,
                results=found,
                tables=[
                    ("Par structure", "Structure", found.organisations),
                    ("Par dispositif", "Dispositif", found.activities),
                    ("Par session", "Session", [] if found.asked.session else found.sessions),
                ],
                again=[(name, value) for name in form.fields for value in lists.getlist(name)],
                here=request.get_full_path(),
                exports=[
                    (reverse("survey_results_pdf"), "PDF"),
                    (reverse("survey_results_xlsx"), "Classeur XLSX"),
                ],
            )
        )


class ExportView(ResultsMixin, View):
    """A file leaves by POST, because leaving writes a line; its address opened leads to the screen."""

    http_method_names = ["get", "head", "options", "post"]
    kind = ""
    media_type = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.urlencode()
        return redirect(f"{reverse(NAME)}?{query}" if query else reverse(NAME))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.bound(request.POST)
        if not form.is_valid():
            return self.refused(form)
        asked = form.asked()
        data = self.written(results(asked))
        note_export(asked=asked, kind=self.kind, by=request.user)  # type: ignore[arg-type]
        name = slugify(f"avis {asked.title} {asked.period.title}")[:80]
        headers = {"Content-Disposition": f'attachment; filename="{name}.{self.kind}"'}
        return HttpResponse(data, content_type=self.media_type, headers=headers)

    def written(self, found: Results) -> bytes:
        raise NotImplementedError


class ResultsPdfView(ExportView):
    kind, media_type = "pdf", PDF_TYPE

    def written(self, found: Results) -> bytes:
        return render_pdf(found)


class ResultsXlsxView(ExportView):
    kind, media_type = "xlsx", XLSX_TYPE

    def written(self, found: Results) -> bytes:
        return write_workbook(found)


class TextView(CoordinatorMixin, View):
    """« Masquer » and « Montrer de nouveau », beside a text."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        text = get_object_or_404(coordinated_texts(request.user), pk=pk)  # type: ignore[arg-type]
        hidden = request.POST.get("hidden") != "0"
        hide_text(text=text, by=request.user, hidden=hidden)  # type: ignore[arg-type]
        said = "Ce texte est masqué : il n’est plus dans les résultats." if hidden else "Ce texte est montré."
        messages.success(request, said)
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back if safe and back.startswith(reverse(NAME)) else reverse(NAME))


urlpatterns: list[URLPattern] = [
    path("avis/", ResultsView.as_view(), name=NAME),
    path("avis/avis.pdf", ResultsPdfView.as_view(), name="survey_results_pdf"),
    path("avis/avis.xlsx", ResultsXlsxView.as_view(), name="survey_results_xlsx"),
    path("avis/textes/<uuid:pk>/", TextView.as_view(), name="survey_text"),
]
