"""Programmes: activities that are reported on together."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from common.admin import SavesThroughTheDomain, TrimmedViewSet
from events.access import coordinated_programmes
from events.admin.scoping import OwnRowsMixin
from events.domain.programmes import delete_programme
from events.forms.programme import ProgrammeForm
from events.models import Programme

WHAT = (
    "<p>Un programme réunit des dispositifs pour en faire <strong>un seul bilan</strong>. Une personne venue "
    "à plusieurs de ses dispositifs n’y compte qu’une fois parmi les participants.</p>"
)


class OwnProgrammesMixin(OwnRowsMixin):
    def own_rows(self) -> QuerySet[Programme]:
        return coordinated_programmes(self.request.user)  # type: ignore[arg-type]


def gathered(programme: Programme) -> str:
    return ", ".join(activity.title for activity in programme.activities.all())


class IndexView(OwnProgrammesMixin, generic.IndexView):
    page_title = "Programmes"
    add_item_label = "Créer un programme"
    default_ordering = "name"
    search_fields = ["name"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[Programme]:
        return self.own_rows().prefetch_related("activities")

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label="Nom", sort_key="name", get_url=self.get_edit_url),
            Column("activities", label="Dispositifs", accessor=gathered),
            Column("organisation", label="Structure", accessor="organisation.short_name"),
        ]


class FormMixin(OwnProgrammesMixin, SavesThroughTheDomain):
    request: HttpRequest
    template_name = "events/admin/programme_form.html"

    def save_row(self, form: ProgrammeForm) -> Programme:
        return form.save_programme(by=self.request.user)  # type: ignore[arg-type]

    def after(self, saved: Programme) -> HttpResponse:
        report = f"{reverse('report')}?about=programme-{saved.pk}"
        messages.success(
            self.request, f"« {saved.name} » est enregistré.", buttons=[messages.button(report, "Son bilan")]
        )
        return redirect("programmes:index")


class AddView(FormMixin, generic.CreateView):
    page_title = "Créer un programme"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("programmes:index"), "label": IndexView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_object(self, queryset: Any = None) -> None:
        return None


class EditView(FormMixin, generic.EditView):
    @property
    def header_more_buttons(self) -> list[Button]:
        report = f"{reverse('report')}?about=programme-{self.object.pk}"
        delete = reverse("programmes:delete", args=[self.object.pk])
        return [
            Button("Bilan", url=report, icon_name="clipboard-list", priority=10),
            Button("Supprimer", url=delete, icon_name="bin", priority=20),
        ]


class DeleteView(OwnProgrammesMixin, generic.DeleteView):
    success_message = "« %(object)s » est supprimé."
    confirmation_message = "Supprimer ce programme ? Ses dispositifs et leurs chiffres restent."

    def form_valid(self, form: Any) -> HttpResponse:
        delete_programme(programme=self.object, by=self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, self.get_success_message())
        return redirect("programmes:index")


class ProgrammeViewSet(TrimmedViewSet):
    model = Programme
    name = "programmes"
    url_prefix = "programmes"
    icon = "folder-open-inverse"
    menu_label = "Programmes"
    menu_order = 330
    add_to_admin_menu = True
    index_view_class = IndexView
    add_view_class = AddView
    edit_view_class = EditView
    delete_view_class = DeleteView
    search_fields = IndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit", "delete"})

    def get_edit_handler(self) -> ObjectList:
        panels = [HelpPanel(WHAT), FieldPanel("name"), FieldPanel("organisation"), FieldPanel("activities")]
        return ObjectList(panels, base_form_class=ProgrammeForm).bind_to_model(Programme)


programme_viewset = ProgrammeViewSet()
