"""What the screens of registration questions and of questionnaires share: a name, and questions below."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, ObjectList, Panel
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import Button

from common.admin import SavesThroughTheDomain
from common.errors import DomainError
from common.versions import StaleError


class AskedFormMixin(SavesThroughTheDomain):
    """``place`` is where the addresses of the viewset stand."""

    place = ""
    template_name = "events/admin/question_set_form.html"

    def save_row(self, form: Any) -> Model:
        saved: Model = form.save_set(by=self.request.user)
        return saved

    def refuse(self, form: Any, error: DomainError) -> str:
        said = super().refuse(form, error)
        if isinstance(error, StaleError):
            form.show_what_stands(error.stored)
        return said


class AskedAddMixin:
    place: str
    page_title: str
    breadcrumbs_items: list[dict[str, Any]]
    above = ""

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse(f"{self.place}:index"), "label": self.above}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_object(self, queryset: Any = None) -> None:
        return None


class AskedEditMixin:
    place: str
    object: Any

    @property
    def header_more_buttons(self) -> list[Button]:
        def button(label: str, name: str, icon: str, priority: int) -> Button:
            url = reverse(f"{self.place}:{name}", args=[self.object.pk])
            return Button(label, url=url, icon_name=icon, priority=priority)

        return [
            button("Aperçu", "preview", "view", 5),
            button("Copier", "copy", "copy", 10),
            button("Supprimer", "delete", "bin", 20),
        ]


class AskedDeleteMixin:
    request: HttpRequest
    object: Any
    place = ""
    success_message = "« %(object)s » est supprimé."

    def delete_row(self) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.delete_row()
        except DomainError as error:
            messages.error(self.request, str(error))
            return redirect(f"{self.place}:edit", self.object.pk)
        messages.success(self.request, self.get_success_message())  # type: ignore[attr-defined]
        return redirect(f"{self.place}:index")


class AskedHistoryMixin:
    def get_base_queryset(self) -> Any:
        """The lines about one row, which is one's own."""
        return HistoryView.get_base_queryset(self)


def asked_panels(*, reminder: str, questions: list[Panel], form: type) -> ObjectList:
    panels = [
        HelpPanel(reminder),
        FieldPanel("name", help_text="Pour le retrouver ; personne d’autre ne le lit."),
        FieldPanel("organisation"),
        InlinePanel("questions", panels=questions, heading="Questions", label="Question"),
    ]
    return ObjectList(panels, base_form_class=form)


def ready(request: HttpRequest, copied: Any, place: str) -> HttpResponse:
    """A copy, to be adapted."""
    messages.success(request, f"« {copied.name} » est prêt : adaptez-le.")
    return redirect(f"{place}:edit", copied.pk)
