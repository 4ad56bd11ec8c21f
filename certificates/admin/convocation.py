"""The convocation of somebody, for the coordination."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views import View
from wagtail.admin import messages

from certificates.domain.convocation import convocation_for_desk
from common.downloads import download
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events.access import coordinated_registrations
from events.admin.scoping import CoordinatorMixin


class ConvocationView(CoordinatorMixin, View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        own = coordinated_registrations(request.user)  # type: ignore[arg-type]
        wanted = own.select_related("session__activity__organisation", "user")
        registration = get_object_or_404(wanted, pk=pk)
        try:
            pdf = convocation_for_desk(registration=registration, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.warning(request, str(error))
            return redirect("registrations:inspect", pk)
        return download(name="convocation.pdf", content_type=PDF_TYPE, content=pdf)


urlpatterns = [
    path("inscriptions/<int:pk>/convocation.pdf", ConvocationView.as_view(), name="certificates_convocation"),
]
