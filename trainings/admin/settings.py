"""« Régler la formation »: the rule of completion, in words, beside the settings of the activity."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from common.errors import DomainError
from events.admin.form_sections import Section, bound
from events.admin.scoping import CoordinatorMixin
from trainings.access import coordinated_trainings
from trainings.domain.completion import settings_of
from trainings.domain.rule_words import rule_in_words, standing_rule_in_words
from trainings.domain.training_settings import nearest_sessions
from trainings.forms.training_settings import TrainingSettingsForm
from trainings.models import TrainingPage, TrainingSettings


class TrainingSettingsView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """POST stores; with « voir » it only says what the typed rule asks, with « extrait » nothing but that."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "trainings/admin/settings.html"
    page_title = "Régler la formation"
    header_icon = "cog"

    @cached_property
    def training(self) -> TrainingPage:
        return get_object_or_404(coordinated_trainings(self.request.user), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request.POST)
        if "extrait" in request.POST:
            return render(request, "trainings/admin/rule.html", self._said(form))
        if not form.is_valid():
            return self._page(form, status=422)
        if "voir" in request.POST:
            return self._page(form)
        try:
            form.save(by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            return self._page(form, status=409 if form.stored else 422)
        messages.success(request, f"Les réglages de « {self.training.title} » sont enregistrés.")
        return redirect("training_settings", pk)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("activity_settings", args=[self.training.pk])
        return [HeaderButton("Règles d’inscription", url=url, icon_name="cog")]

    def get_page_subtitle(self) -> str:
        return self.training.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("activities"), "label": "Dispositifs"},
            {"url": "", "label": self.page_title, "sublabel": self.training.title},
        ]

    def _form(self, data: Any = None) -> TrainingSettingsForm:
        settings = settings_of(self.training.pk)
        settings.activity = self.training
        return TrainingSettingsForm(data, settings=settings, by=self.request.user)

    def _page(self, form: TrainingSettingsForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            training=self.training,
            sections=[
                Section("achevement", "Achever la formation", bound(form, [*RULE])),
                Section("documents", "Ce que disent ses documents", bound(form, ["nature", "dpc_number"])),
            ],
            **self._said(form),
        )
        return self.render_to_response(context, status=status)  # type: ignore[no-any-return]

    def _said(self, form: TrainingSettingsForm) -> dict[str, Any]:
        """What the typed rule asks; while it cannot be read, what the stored one does."""
        rule = form.asked() if form.is_bound and form.is_valid() else None
        settings = rule or (form.settings if not form.is_bound else None)
        return {
            "rule": standing_rule_in_words(settings) if settings else "",
            "applied": _applied(settings, self.training) if settings else [],
            "settings": settings,
        }


RULE = ("rule", "slots", "hours", "evaluation_required", "names_referent")


def _applied(settings: TrainingSettings, training: TrainingPage) -> list[tuple[Any, str]]:
    return [
        (session, rule_in_words(settings, list(session.slots.all())))
        for session in nearest_sessions(training)
    ]


urlpatterns = [
    path("dispositifs/<int:pk>/formation/", TrainingSettingsView.as_view(), name="training_settings"),
]
