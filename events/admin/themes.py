"""The list of themes, in the admin: for administrators only."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from common.admin import SavesThroughTheDomain, TrimmedViewSet
from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.themes import delete_theme, save_theme
from events.models import Theme
from members.admin import AdministratorsPolicy
from members.models import User


class ThemesPolicy(AdministratorsPolicy):
    """A theme that nothing is about may go."""

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        return super().user_has_permission(user, "change" if action == "delete" else action)


class ThemeForm(RefusableForm, forms.ModelForm):
    class Meta:
        model = Theme
        fields = ("name",)
        labels = {"name": "Nom"}
        help_texts = {
            "name": "Court, et qui parle à tout le monde : les soignants filtrent le calendrier par thème."
        }
        error_messages = {
            "name": {
                "required": "Donnez un nom à ce thème.",
                "max_length": "Le nom compte au plus 60 caractères.",
                "unique": "Un thème porte déjà ce nom.",
            }
        }


def used_by(theme: Any) -> str:
    """Its unit with it: on a phone, no heading stands above."""
    return f"{theme.used} dispositif{'s' if theme.used > 1 else ''}" if theme.used else "aucun dispositif"


class IndexView(generic.IndexView):
    page_title = "Thèmes"
    add_item_label = "Ajouter un thème"
    default_ordering = "name"
    search_fields = ["name"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[Theme]:
        return Theme.objects.annotate(used=Count("activities"))

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label="Nom", sort_key="name", get_url=self.get_edit_url),
            Column("used", label="Utilisé par", accessor=used_by),
        ]


class FormMixin(SavesThroughTheDomain):
    error_message = "Le thème n’est pas enregistré : corrigez ce qui est signalé plus bas."

    def save_row(self, form: ThemeForm) -> Theme:
        return save_theme(theme=form.instance, by=self.request.user)  # type: ignore[arg-type]

    def after(self, saved: Theme) -> HttpResponse:
        messages.success(self.request, f"« {saved.name} » est enregistré.")
        return redirect("themes:index")


class AddView(FormMixin, generic.CreateView):
    page_title = "Ajouter un thème"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("themes:index"), "label": IndexView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]


class EditView(FormMixin, generic.EditView):
    @property
    def header_more_buttons(self) -> list[Button]:
        delete = reverse("themes:delete", args=[self.object.pk])
        return [Button("Supprimer", url=delete, icon_name="bin", priority=20)]


class DeleteView(generic.DeleteView):
    confirmation_message = "Supprimer ce thème ? Aucun dispositif ne doit en parler."

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            delete_theme(theme=self.object, by=self.request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, f"« {self.object.name} » est supprimé.")
        return redirect("themes:index")


class ThemeViewSet(TrimmedViewSet):
    model = Theme
    name = "themes"
    url_prefix = "themes"
    icon = "tag"
    menu_label = "Thèmes"
    menu_order = 150
    add_to_admin_menu = True
    index_view_class = IndexView
    add_view_class = AddView
    edit_view_class = EditView
    delete_view_class = DeleteView
    search_fields = IndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit", "delete"})

    def get_form_class(self, for_update: bool = False) -> type[ThemeForm]:
        return ThemeForm

    def get_edit_handler(self) -> None:
        return None


theme_viewset = ThemeViewSet()
