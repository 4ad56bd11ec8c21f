"""Questionnaires of surveys: list, form, copy, preview."""

from typing import Any

from django.db.models import Count, QuerySet
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import Button

from common.admin import TrimmedViewSet
from events.access import coordinated_questionnaires
from events.admin.asked_sets import (
    AskedAddMixin,
    AskedDeleteMixin,
    AskedEditMixin,
    AskedFormMixin,
    AskedHistoryMixin,
    asked_panels,
    ready,
)
from events.admin.scoping import OwnRowsMixin
from events.admin.standard_questionnaire import CopyStandardView, StandardPreviewView, preview_page
from events.domain.questionnaire_editing import copy_questionnaire, delete_questionnaire, uses
from events.domain.questionnaires import snapshot
from events.forms.question_set import QuestionnaireForm
from events.models import Questionnaire

REMINDER = (
    "<p>Les réponses sont <strong>anonymes</strong> et ne se lisent qu’à partir de cinq : ne demandez rien "
    "qui désigne quelqu’un (nom, lieu d’exercice, ancienneté), ni d’information de santé. La première note "
    "de 0 à 10 fait la moyenne du bilan, et se choisit d’un geste dans l’e-mail.</p>"
)
QUESTION_PANELS = [
    FieldPanel("label"),
    FieldPanel("kind"),
    FieldPanel("help_text", help_text="Sous la question, facultatif."),
    FieldPanel(
        "options",
        classname="escale-options",
        widget=Textarea(attrs={"rows": 4, "placeholder": "Le midi\nEn soirée\nLe samedi matin"}),
        help_text="Pour « un choix » et « plusieurs choix » seulement.",
    ),
    FieldPanel(
        "rows",
        classname="escale-rows",
        widget=Textarea(attrs={"rows": 4, "placeholder": "Le rythme convenait\nLes échanges étaient libres"}),
        help_text="Pour une grille seulement.",
    ),
    FieldPanel("required"),
]


class OwnQuestionnairesMixin(OwnRowsMixin):
    def own_rows(self) -> QuerySet[Questionnaire]:
        return coordinated_questionnaires(self.request.user)  # type: ignore[arg-type]


class IndexView(OwnQuestionnairesMixin, generic.IndexView):
    page_title = "Questionnaires"
    add_item_label = "Créer un questionnaire"
    default_ordering = "name"
    search_fields = ["name"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[Questionnaire]:
        return self.own_rows().annotate(
            asked=Count("questions", distinct=True),
            sent=Count("surveys", distinct=True),
            chosen=Count("asked_before", distinct=True)
            + Count("asked_after", distinct=True)
            + Count("asked_delayed", distinct=True),
        )

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [
            Button(
                "Aperçu de celui d’Escale", reverse("questionnaires:standard"), icon_name="view", priority=5
            ),
            Button("Copier celui d’Escale", reverse("questionnaires:copy_standard"), icon_name="copy"),
        ]

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label="Nom", sort_key="name", get_url=self.get_edit_url),
            Column("asked", label="Questions", sort_key="asked"),
            Column("chosen", label="Choisi", accessor=_chosen, sort_key="chosen"),
            Column("sent", label="Envois", sort_key="sent"),
            Column("organisation", label="Structure", accessor="organisation.short_name"),
        ]


def _chosen(row: Any) -> str:
    if not row.chosen:
        return "nulle part"
    return f"{row.chosen} fois"


class FormMixin(OwnQuestionnairesMixin, AskedFormMixin):
    place = "questionnaires"
    template_name = "events/admin/questionnaire_form.html"

    def after(self, saved: Questionnaire) -> HttpResponse:
        messages.success(
            self.request,
            f"« {saved.name} » est enregistré. Choisissez-le dans les réglages d’un dispositif.",
            buttons=[
                messages.button(reverse("questionnaires:preview", args=[saved.pk]), "Aperçu"),
                messages.button(reverse("activities"), "Dispositifs"),
            ],
        )
        return redirect("questionnaires:edit", saved.pk)


class AddView(AskedAddMixin, FormMixin, generic.CreateView):
    page_title = "Créer un questionnaire"
    above = IndexView.page_title


class EditView(AskedEditMixin, FormMixin, generic.EditView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "uses": uses(questionnaire=self.object)}


class DeleteView(AskedDeleteMixin, OwnQuestionnairesMixin, generic.DeleteView):
    place = "questionnaires"
    confirmation_message = "Supprimer ce questionnaire ? Ce qui a été demandé et répondu est gardé."

    def delete_row(self) -> None:
        delete_questionnaire(questionnaire=self.object, by=self.request.user)  # type: ignore[arg-type]


class CopyView(OwnQuestionnairesMixin, View):
    """Says what the copy is for; only the POST makes it."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        original = self.get_object()
        context = {"name": original.name, "back": reverse("questionnaires:edit", args=[pk])}
        return render(request, "events/admin/questionnaire_copy.html", {**context, "organisations": []})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        copied = copy_questionnaire(questionnaire=self.get_object(), by=request.user)  # type: ignore[arg-type]
        return ready(request, copied, "questionnaires")


class PreviewView(OwnQuestionnairesMixin, View):
    """The questions as people see them; nothing can be sent from here."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        questionnaire = self.get_object()
        back = reverse("questionnaires:edit", args=[pk])
        return preview_page(request, snapshot(questionnaire), questionnaire.name, back, questionnaire)


class QuestionnaireHistoryView(AskedHistoryMixin, OwnQuestionnairesMixin, HistoryView):
    """What happened to one of one's own."""


class QuestionnaireViewSet(TrimmedViewSet):
    """Without a usage view: the form itself says where a questionnaire is asked."""

    model = Questionnaire
    name = "questionnaires"
    url_prefix = "questionnaires"
    icon = "form"
    menu_label = "Questionnaires"
    menu_order = 331
    add_to_admin_menu = True
    index_view_class = IndexView
    add_view_class = AddView
    edit_view_class = EditView
    delete_view_class = DeleteView
    history_view_class = QuestionnaireHistoryView
    search_fields = IndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit", "delete", "history", "history_results"})

    def get_edit_handler(self) -> ObjectList:
        asked = asked_panels(reminder=REMINDER, questions=QUESTION_PANELS, form=QuestionnaireForm)
        return asked.bind_to_model(Questionnaire)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("copy/<int:pk>/", CopyView.as_view(), name="copy"),
            path("preview/<int:pk>/", PreviewView.as_view(), name="preview"),
            path("escale/", StandardPreviewView.as_view(), name="standard"),
            path("escale/copier/", CopyStandardView.as_view(), name="copy_standard"),
        ]


questionnaire_viewset = QuestionnaireViewSet()
