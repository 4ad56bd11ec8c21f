"""Who agreed to news or to pictures, for those who coordinate the organisation that asked."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.downloads import download
from common.errors import DomainError
from events.admin.scoping import CoordinatorMixin
from events.domain.exports import FileType
from members.access import coordinated_consents
from members.models import Consent
from pages.domain.agreements import export_agreements

SHOWN = 50


class AgreementsView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """?objet= says which agreement; a POST delivers its file."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "pages/admin/agreements.html"
    page_title = "Accords"
    header_icon = "tick-inverse"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        user: Any = request.user
        try:
            made = export_agreements(
                consents=coordinated_consents(user),
                purpose=self.purpose,
                file_type=request.POST.get("file_type", ""),
                by=user,
            )
        except DomainError as error:
            return self.page(refusal=str(error), status=422)
        return download(name=made.name, content_type=made.content_type, content=made.content)

    @cached_property
    def purpose(self) -> str:
        asked = self.request.GET.get("objet", "")
        return asked if asked in Consent.Purpose.values else Consent.Purpose.NEWS.value

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def page(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        user: Any = self.request.user
        own = coordinated_consents(user).filter(purpose=self.purpose).select_related("user", "organisation")
        people = Paginator(own.order_by("user__last_name", "user__first_name", "pk"), SHOWN)
        context = self.get_context_data(
            purposes=Consent.Purpose.choices,
            purpose=self.purpose,
            people=people.get_page(self.request.GET.get("p")),
            file_types=[(each.value, each.label) for each in (FileType.XLSX, FileType.CSV)],
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)
