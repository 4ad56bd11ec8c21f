"""The questionnaire that comes with Escale: looked at, and copied to be completed."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from common.numbers import row_number
from events.admin.asked_sets import ready
from events.admin.scoping import CoordinatorMixin
from events.domain.questionnaire_editing import STANDARD_NAME, copy_standard
from events.domain.questionnaires import STANDARD, Question
from events.forms.survey import SurveyForm
from events.models import Questionnaire
from members.access import coordinated_organisations
from members.models import Organisation


class CopyStandardView(CoordinatorMixin, View):
    """Escale's own questionnaire, to be completed, for one of one's own organisations."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "name": STANDARD_NAME,
            "back": reverse("questionnaires:index"),
            "organisations": self._own(),
        }
        return render(request, "events/admin/questionnaire_copy.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        own = self._own()
        asked = row_number(request.POST.get("organisation"))
        one = own.get() if len(own) == 1 and asked is None else get_object_or_404(own, pk=asked)
        copied = copy_standard(organisation=one, by=request.user)  # type: ignore[arg-type]
        return ready(request, copied, "questionnaires")

    def _own(self) -> QuerySet[Organisation]:
        return coordinated_organisations(self.request.user).order_by("name", "pk")


class StandardPreviewView(CoordinatorMixin, View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return preview_page(request, STANDARD, STANDARD_NAME, reverse("questionnaires:index"))


def preview_page(
    request: HttpRequest,
    questions: list[Question],
    name: str,
    back: str,
    questionnaire: Questionnaire | None = None,
) -> HttpResponse:
    """The questions as people see them."""
    context = {
        "form": SurveyForm(questions),
        "name": name,
        "back": back,
        "here": request.path,
        "questionnaire": questionnaire,
    }
    return render(request, "events/questionnaire_preview.html", context)
