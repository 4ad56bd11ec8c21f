"""Sets of registration questions: list, form, copy, preview."""

from typing import Any

from django.db.models import Count, QuerySet
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView

from common.admin import TrimmedViewSet
from events.access import coordinated_question_sets
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
from events.domain.questions import copy_question_set, delete_question_set, uses
from events.forms.question_set import PLACEHOLDER, QuestionSetForm
from events.forms.questions import QuestionsPreview
from events.models import QuestionSet

REMINDER = (
    "<p>Ne demandez que ce qui sert à organiser la session, et <strong>pas d’information de santé</strong>. "
    "Un besoin alimentaire ou d’accès est effacé une semaine après la session. Un consentement n’est jamais "
    "coché d’avance.</p>"
)
QUESTION_PANELS = [
    FieldPanel("label"),
    FieldPanel("kind"),
    FieldPanel("help_text", help_text="Sous la question, facultatif."),
    FieldPanel(
        "options",
        classname="escale-options",
        widget=Textarea(attrs={"rows": 4, "placeholder": PLACEHOLDER}),
        help_text="Pour « un choix » et « plusieurs choix » seulement.",
    ),
    FieldRowPanel([FieldPanel("required"), FieldPanel("is_need")]),
    FieldRowPanel(
        [
            FieldPanel("shown_if_number", help_text="Une question placée avant celle-ci."),
            FieldPanel("shown_if_answer", help_text="Un de ses choix, ou « oui » pour une case."),
        ],
        heading="Poser cette question",
    ),
]


class OwnSetsMixin(OwnRowsMixin):
    def own_rows(self) -> QuerySet[QuestionSet]:
        return coordinated_question_sets(self.request.user)  # type: ignore[arg-type]


class IndexView(OwnSetsMixin, generic.IndexView):
    page_title = "Questions d’inscription"
    add_item_label = "Créer un jeu de questions"
    default_ordering = "name"
    search_fields = ["name"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[QuestionSet]:
        return self.own_rows().annotate(
            asked=Count("questions", distinct=True),
            used=Count("sessions", distinct=True),
            begun=Count("activity_settings", distinct=True),
        )

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label="Nom", sort_key="name", get_url=self.get_edit_url),
            Column("asked", label="Questions", sort_key="asked"),
            Column("used", label="Sessions", sort_key="used"),
            Column("begun", label="Dispositifs", sort_key="begun"),
            Column("organisation", label="Structure", accessor="organisation.short_name"),
        ]


class FormMixin(OwnSetsMixin, AskedFormMixin):
    place = "question_sets"

    def after(self, saved: QuestionSet) -> HttpResponse:
        messages.success(
            self.request,
            f"« {saved.name} » est enregistré.",
            buttons=[messages.button(reverse("question_sets:preview", args=[saved.pk]), "Aperçu")],
        )
        return redirect("question_sets:edit", saved.pk)


class AddView(AskedAddMixin, FormMixin, generic.CreateView):
    page_title = "Créer un jeu de questions"
    above = IndexView.page_title


class EditView(AskedEditMixin, FormMixin, generic.EditView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "uses": uses(question_set=self.object)}


class DeleteView(AskedDeleteMixin, OwnSetsMixin, generic.DeleteView):
    place = "question_sets"
    confirmation_message = "Supprimer ce jeu de questions ? Les réponses déjà données sont gardées."

    def delete_row(self) -> None:
        delete_question_set(question_set=self.object, by=self.request.user)  # type: ignore[arg-type]


class CopyView(OwnSetsMixin, View):
    """Says what the copy is for; only the POST makes it."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "events/admin/question_set_copy.html", {"question_set": self.get_object()})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        copied = copy_question_set(question_set=self.get_object(), by=request.user)  # type: ignore[arg-type]
        return ready(request, copied, "question_sets")


class PreviewView(OwnSetsMixin, View):
    """The questions as people see them on the session's page; nothing can be sent from here."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        question_set = self.get_object()
        form = QuestionsPreview(question_set=question_set)
        return render(
            request, "events/question_set_preview.html", {"question_set": question_set, "form": form}
        )


class SetHistoryView(AskedHistoryMixin, OwnSetsMixin, HistoryView):
    """What happened to one of one's own."""


class QuestionSetViewSet(TrimmedViewSet):
    """Without a usage view: the form itself says where a set is asked."""

    model = QuestionSet
    name = "question_sets"
    url_prefix = "questions"
    icon = "help"
    menu_label = "Questions"
    menu_order = 130
    add_to_admin_menu = True
    index_view_class = IndexView
    add_view_class = AddView
    edit_view_class = EditView
    delete_view_class = DeleteView
    history_view_class = SetHistoryView
    search_fields = IndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit", "delete", "history", "history_results"})

    def get_edit_handler(self) -> ObjectList:
        asked = asked_panels(reminder=REMINDER, questions=QUESTION_PANELS, form=QuestionSetForm)
        return asked.bind_to_model(QuestionSet)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("copy/<int:pk>/", CopyView.as_view(), name="copy"),
            path("preview/<int:pk>/", PreviewView.as_view(), name="preview"),
        ]


question_set_viewset = QuestionSetViewSet()
