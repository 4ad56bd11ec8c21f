"""One certificate in the admin: what it says, the versions before it, having one made, revoking it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from certificates.access import coordinated_certificates
from certificates.domain.fetching import fetch_one
from certificates.domain.files import file_name
from certificates.domain.issuing import issue, revoke
from certificates.domain.numbers import grouped
from certificates.forms.issuing import RevokeForm
from certificates.models import Certificate
from common import moments
from common.downloads import download
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events.access import coordinated_registrations
from events.admin.scoping import CoordinatorMixin


class CertificateMixin(CoordinatorMixin):
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def certificate(self) -> Certificate:
        return get_object_or_404(coordinated_certificates(self.request.user), pk=self.kwargs["pk"])  # type: ignore[arg-type]


class CertificateView(CertificateMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options"]
    template_name = "certificates/admin/certificate.html"
    page_title = "Attestation"
    header_icon = "doc-full"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(RevokeForm())

    def page(self, form: RevokeForm, status: int = 200) -> HttpResponse:
        found = self.certificate
        others = Certificate.objects.filter(registration=found.registration_id, kind=found.kind)
        context = {
            "certificate": found,
            "registration": found.registration,
            "session": found.registration.session,
            "number": grouped(found.number),
            "total": moments.duration(found.facts["minutes"]),
            "versions": others.order_by("-version", "-pk"),
            "form": form,
        }
        return self.render_to_response(self.get_context_data(**context), status=status)  # type: ignore[no-any-return]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        registration = self.certificate.registration
        person = {
            "url": reverse("registrations:inspect", args=[registration.pk]),
            "label": registration.full_name,
        }
        return [*self.breadcrumbs_items, person, {"url": "", "label": self.certificate.get_kind_display()}]


class RevokeView(CertificateView):
    """The form stands on the certificate's page, which comes back with what is wrong."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("certificates_document", self.certificate.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = RevokeForm(request.POST)
        if form.is_valid():
            try:
                revoke(certificate=self.certificate, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
            except DomainError as error:
                form.refuse(error)
                del self.certificate  # as it stands now
            else:
                messages.success(request, "L’attestation est révoquée ; la personne en est prévenue.")
                return redirect("certificates_document", pk)
        return self.page(form, status=422)


class CertificatePdfView(CertificateMixin, View):
    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("certificates_document", self.certificate.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            pdf = fetch_one(certificate=self.certificate, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.warning(request, str(error))
            return redirect("certificates_document", pk)
        return download(name=file_name(self.certificate), content_type=PDF_TYPE, content=pdf)


class IssueOneView(CoordinatorMixin, View):
    """Have somebody's made, or made again with today's words; the person is told."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("registrations:inspect", self._registration(pk).pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        registration, kind = self._registration(pk), request.POST.get("kind", "")
        if kind not in Certificate.Kind.values:
            messages.error(request, "Choisissez un document de la liste.")
            return redirect("registrations:inspect", pk)
        known = Certificate.objects.filter(
            registration=registration, kind=kind, status=Certificate.Status.VALID
        )
        before = known.values_list("pk", flat=True).first()
        try:
            made = issue(registration=registration, by=request.user, kind=kind, anew=True, mails=True)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("registrations:inspect", pk)
        if made.pk == before:
            messages.info(request, "Rien n’a changé depuis : l’attestation reste la même.")
        else:
            messages.success(request, "C’est délivré ; la personne en est prévenue.")
        return redirect("certificates_document", made.pk)

    def _registration(self, pk: int) -> Any:
        return get_object_or_404(coordinated_registrations(self.request.user), pk=pk)  # type: ignore[arg-type]


urlpatterns = [
    path("attestations/<int:pk>/", CertificateView.as_view(), name="certificates_document"),
    path("attestations/<int:pk>/pdf/", CertificatePdfView.as_view(), name="certificates_pdf"),
    path("attestations/<int:pk>/revoquer/", RevokeView.as_view(), name="certificates_revoke"),
    path("attestations/inscription/<int:pk>/", IssueOneView.as_view(), name="certificates_issue_one"),
]
