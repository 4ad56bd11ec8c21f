"""How the documents of an organisation read: its logo, who signs, the texts, with a preview beside."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from certificates.domain import sealing
from certificates.domain.wording import settings_of, templates_of
from certificates.forms.documents import DocumentsForm
from certificates.models import DocumentSettings, DocumentTemplate
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events.admin.form_sections import Section, bound
from events.admin.scoping import CoordinatorMixin
from members.access import coordinated_organisations
from members.models import Organisation

TITLE = "Modèles de documents"


class OrganisationsView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """Whoever coordinates one organisation goes straight to its page."""

    http_method_names = ["get", "head", "options"]
    template_name = "certificates/admin/wordings.html"
    page_title = TITLE
    header_icon = "doc-full"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = list(coordinated_organisations(request.user).order_by("name", "pk"))  # type: ignore[arg-type]
        if len(own) == 1:
            return redirect("document_wording", own[0].pk)
        return self.render_to_response(self.get_context_data(organisations=own))  # type: ignore[no-any-return]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": TITLE}]


class OwnDocumentsMixin(CoordinatorMixin):
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def organisation(self) -> Organisation:
        own = coordinated_organisations(self.request.user)  # type: ignore[arg-type]
        return get_object_or_404(own, pk=self.kwargs["pk"])

    def form(self, data: Any = None) -> DocumentsForm:
        return DocumentsForm(
            data,
            instance=self._settings(),
            templates=templates_of(self.organisation),
            user=self.request.user,
            sealable=sealing.has_key(self.organisation.slug),
        )

    def _settings(self) -> DocumentSettings:
        settings = settings_of(self.organisation)
        settings.organisation = self.organisation
        return settings


class WordingView(OwnDocumentsMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "certificates/admin/wording.html"
    page_title = TITLE
    header_icon = "doc-full"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            form.save(by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            return self._page(form, status=409 if form.stored else 422)
        messages.success(
            request, "C’est enregistré. Les documents déjà délivrés ne changent pas ; les prochains, si."
        )
        return redirect("document_wording", pk)

    def get_page_subtitle(self) -> str:
        return self.organisation.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("document_wordings"), "label": TITLE},
            {"url": "", "label": self.organisation.short_name},
        ]

    def _page(self, form: DocumentsForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            media=form.media,
            organisation=self.organisation,
            sections=_sections(form),
            previews=DocumentTemplate.Kind.choices,
        )
        return self.render_to_response(context, status=status)  # type: ignore[no-any-return]


class PreviewView(OwnDocumentsMixin, View):
    """The PDF: as it stands (GET), or as it is typed (POST, which stores nothing)."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        settings = self._settings()
        return self._pdf(settings, templates_of(self.organisation).get(kind), self.organisation.signatory)

    def post(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        form = self.form(request.POST)
        form.is_valid()
        template = form.typed(kind) if kind in form.templates else None
        return self._pdf(form.instance, template, form.cleaned_data.get("signatory", ""))

    def _pdf(
        self, settings: DocumentSettings, template: DocumentTemplate | None, signatory: str
    ) -> HttpResponse:
        if template is None:
            raise Http404
        # Loads WeasyPrint, which takes a second.
        from certificates.domain.previews import preview

        pdf = preview(settings=settings, template=template, signatory=signatory)
        return HttpResponse(
            pdf,
            content_type=PDF_TYPE,
            headers={"Content-Disposition": 'inline; filename="apercu.pdf"', "Cache-Control": "no-store"},
        )


def _sections(form: DocumentsForm) -> list[Section]:
    seals = ["seals"] if "seals" in form.fields else []
    return [
        Section("structure", "La structure", bound(form, ["legal_name", "logo", "legal_line"])),
        Section("signature", "La signature", bound(form, ["signatory", "signatory_role", "place", *seals])),
        Section(
            "formations", "Pour les formations", bound(form, ["declaration_number", "declaration_region"])
        ),
        *(
            Section(
                kind,
                str(template.get_kind_display()),
                bound(form, [name for name in form.fields if name.startswith(f"{kind}_")]),
                folded=True,
            )
            for kind, template in form.templates.items()
        ),
    ]


urlpatterns: list[URLPattern] = [
    path("modeles/", OrganisationsView.as_view(), name="document_wordings"),
    path("modeles/<int:pk>/", WordingView.as_view(), name="document_wording"),
    path("modeles/<int:pk>/apercu/<str:kind>/", PreviewView.as_view(), name="document_preview"),
]
