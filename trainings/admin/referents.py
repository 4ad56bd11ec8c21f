"""« Vérifier à nouveau »: whether the role of référent·e now has a CPTS to be opened in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views import View
from wagtail.admin import messages

from events.admin.scoping import CoordinatorMixin
from trainings.access import coordinated_completions
from trainings.domain.referents import TOLD, name_again


class ReferentView(CoordinatorMixin, View):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        completion = get_object_or_404(coordinated_completions(request.user), pk=pk)  # type: ignore[arg-type]
        outcome = name_again(completion=completion, by=request.user)  # type: ignore[arg-type]
        if told := TOLD.get(outcome.get("outcome", "")):
            tell = messages.warning if told.to_do else messages.success
            tell(request, f"{completion.registration.full_name} : {told.said}.")
        return redirect("registrations:inspect", completion.registration_id)


urlpatterns = [
    path("formations/achevees/<int:pk>/referent/", ReferentView.as_view(), name="training_referent"),
]
