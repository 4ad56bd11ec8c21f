"""Having the certificates of sessions made: which ones, how far it is, and fetching the files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton

from certificates.access import coordinated_batches
from certificates.domain import batches
from certificates.domain.fetching import fetch
from certificates.forms.issuing import IssueForm
from certificates.models import Certificate, IssueBatch
from common.downloads import download
from common.errors import DomainError
from events.admin.scoping import CoordinatorMixin
from events.models import Registration


class BatchIndexView(CoordinatorMixin, generic.IndexView):
    """What was asked for lately."""

    model = IssueBatch
    page_title = "Attestations"
    header_icon = "doc-full"
    template_name = "certificates/admin/batches.html"
    index_url_name = "certificates_batches"
    default_ordering = "-created_at"
    any_permission_required: list[str] = []
    permission_policy = None
    paginate_by = 20
    is_searchable = False

    def get_base_queryset(self) -> Any:
        return coordinated_batches(self.request.user)  # type: ignore[arg-type]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label="Sessions", get_url=_url),
            Column("state", label="État", accessor="get_state_display"),
            Column("done", label="Documents", accessor=_progress),
            DateColumn("created_at", label="Demandé", sort_key="created_at"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton("Délivrer", url=reverse("certificates_issue"), icon_name="plus")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return []

    def get_list_buttons(self, instance: IssueBatch) -> list[Button]:
        return []


class IssueView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """?session= or ?activity=, ?since=, ?until= say which sessions are offered; POST asks for theirs."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "certificates/admin/issue.html"
    page_title = "Délivrer des attestations"
    header_icon = "doc-full"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(IssueForm(user=request.user, asked=request.GET))  # type: ignore[arg-type]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IssueForm(request.POST, user=request.user, asked=request.GET)  # type: ignore[arg-type]
        if form.is_valid():
            try:
                batch = form.ask(by=request.user)  # type: ignore[arg-type]
            except DomainError as error:
                form.refuse(error)
            else:
                return redirect("certificates_batch", batch.pk)
        return self._page(form, status=422)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("certificates_batches"), "label": "Attestations"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def _page(self, form: IssueForm, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


class BatchMixin(CoordinatorMixin):
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def batch(self) -> IssueBatch:
        return get_object_or_404(coordinated_batches(self.request.user), pk=self.kwargs["pk"])  # type: ignore[arg-type]


class BatchView(BatchMixin, WagtailAdminTemplateMixin, View):
    """How far it is; a script asks again for the part that changes, a link does without one."""

    http_method_names = ["get", "head", "options"]
    template_name = "certificates/admin/batch.html"
    page_title = "Attestations demandées"
    header_icon = "doc-full"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch
        numbers = [each["certificate"] for each in batch.problems]
        missing = Registration.objects.filter(certificates__in=numbers).order_by(
            "last_name", "first_name", "pk"
        )
        kinds = [str(Certificate.Kind(kind).label) for kind in batch.kinds]
        context = {
            "batch": batch,
            "kinds": kinds,
            "is_ready": batches.is_ready(batch),
            "is_running": batch.state in batches.UNFINISHED,
            "missing": missing,
        }
        return self.render_to_response(self.get_context_data(**context))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("certificates_batches"), "label": "Attestations"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.batch.title}]


class BatchFileView(BatchMixin, View):
    """A file of names leaves by POST, because leaving writes a line."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int, which: str) -> HttpResponse:
        return redirect("certificates_batch", self.batch.pk)

    def post(self, request: HttpRequest, pk: int, which: str) -> HttpResponseBase:
        try:
            file = fetch(batch=self.batch, which=which, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.warning(request, str(error))
            return redirect("certificates_batch", self.batch.pk)
        name = f"{slugify(f'attestations {self.batch.title}')[:90]}.{which}"
        return download(name=name, content_type=TYPES[which], content=file)


TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


def _url(batch: IssueBatch) -> str:
    return reverse("certificates_batch", args=[batch.pk])


def _progress(batch: IssueBatch) -> str:
    return f"{batch.done} sur {batch.total}"


urlpatterns = [
    path("attestations/", BatchIndexView.as_view(), name="certificates_batches"),
    path("attestations/delivrer/", IssueView.as_view(), name="certificates_issue"),
    path("attestations/lot/<int:pk>/", BatchView.as_view(), name="certificates_batch"),
    path(
        "attestations/lot/<int:pk>/<str:which>/",
        BatchFileView.as_view(),
        name="certificates_file",
    ),
]
