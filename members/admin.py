"""Organisations and their coordinators in the Wagtail admin: for administrators only."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.permission_policies import BasePermissionPolicy

from common.admin import TrimmedViewSet
from common.errors import DomainError
from common.versions import StaleError
from members.domain.coordination import edit_organisation, end_coordination, name_by_email
from members.domain.organisations import open_organisation
from members.models import Membership, Organisation, User

FIELDS = (
    *("name", "short_name", "slug", "kind", "parent", "email", "city", "department", "school_zone"),
    *("signatory", "signs_on_screen"),
)
# Membership only ends: who coordinated, and when, is kept.
ACTIONS = {"add", "change", "view"}


class AdministratorsPolicy(BasePermissionPolicy):
    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        return action in ACTIONS and user.is_active and user.is_superuser

    def user_has_any_permission(self, user: User | AnonymousUser, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return (
            User.objects.filter(is_active=True, is_superuser=True)
            if ACTIONS & set(actions)
            else User.objects.none()
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Model]:
        allowed = self.user_has_any_permission(user, actions)
        return self.model._default_manager.all() if allowed else self.model._default_manager.none()


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = FIELDS
        help_texts = {
            "slug": "En minuscules, sans espace : cpts-grand-havre. Il entre dans les adresses des pages."
        }

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def save(self, *, by: User) -> Organisation:  # type: ignore[override]
        seen = self.cleaned_data.pop("version") or 0
        if self.instance.pk:
            return edit_organisation(organisation=self.instance, seen=seen, by=by)
        return self.open(by=by)

    def open(self, *, by: User) -> Organisation:
        return open_organisation(**self.cleaned_data, by=by)

    def refuse(self, error: DomainError) -> None:
        """The domain's sentence; when somebody saved meanwhile, what stands now beside what differs."""
        self.add_error(error.field if error.field in self.fields else None, str(error))
        if isinstance(error, StaleError):
            self.show_what_stands(error.stored)  # type: ignore[arg-type]

    def show_what_stands(self, stored: Organisation) -> None:
        self.data = self.data.copy()
        self.data["version"] = str(stored.version)  # saving again keeps what was typed
        for name in FIELDS:
            if getattr(stored, name) != getattr(self.instance, name):
                display = getattr(stored, f"get_{name}_display", None)
                value = display() if display else getattr(stored, name)
                said = ("oui" if value else "non") if isinstance(value, bool) else value or "rien"
                self[name].help_text = f"Enregistré entre-temps : {said}."


class CoordinatorForm(forms.Form):
    email = forms.EmailField(
        label="Adresse e-mail",
        error_messages={
            "required": "Indiquez l’adresse e-mail de la personne.",
            "invalid": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr.",
        },
    )
    first_name = forms.CharField(label="Prénom", max_length=80, required=False)
    last_name = forms.CharField(label="Nom", max_length=80, required=False)


class SavesThroughTheDomain:
    request: HttpRequest

    def form_valid(self, form: OrganisationForm) -> HttpResponse:
        try:
            organisation = form.save(by=self.request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            self.produced_error_code = "validation_error"
            self.produced_error_message = "La structure n’est pas enregistrée."
            return self.form_invalid(form)  # type: ignore[attr-defined, no-any-return]
        messages.success(self.request, f"« {organisation.name} » est enregistrée.")
        return redirect("organisations:inspect", organisation.pk)


class OrganisationCreateView(SavesThroughTheDomain, generic.CreateView):
    page_title = "Ouvrir une structure"
    submit_button_label = "Ouvrir la structure"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": self.page_title}]


class OrganisationEditView(SavesThroughTheDomain, generic.EditView):
    page_title = "Modifier"


class OrganisationIndexView(generic.IndexView):
    add_item_label = "Ouvrir une structure"


class OrganisationInspectView(generic.InspectView):
    template_name = "members/admin/organisation_inspect.html"
    page_title = "Structure"
    coordinator_form: CoordinatorForm | None = None
    named = "{user} coordonne « {organisation} »."

    def name(self, person: dict[str, str]) -> User:
        membership = name_by_email(organisation=self.object, by=self.request.user, **person)  # type: ignore[arg-type]
        return membership.user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        coordinations = (
            self.object.memberships.filter(role=Membership.Role.COORDINATOR, until__isnull=True)
            .select_related("user")
            .order_by("user__last_name", "user__first_name", "pk")
        )
        return {
            **super().get_context_data(**kwargs),
            "organisation": self.object,
            "coordinations": coordinations,
            "form": self.coordinator_form or CoordinatorForm(),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Name a coordinator; an account is opened for an address that has none."""
        form = CoordinatorForm(request.POST)
        if form.is_valid():
            try:
                user = self.name(form.cleaned_data)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, self.named.format(user=user, organisation=self.object.short_name))
                return redirect("organisations:inspect", self.object.pk)
        self.coordinator_form = form
        return self.render_to_response(self.get_context_data(), status=422)


class EndCoordinationView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        membership = get_object_or_404(Membership, pk=pk, role=Membership.Role.COORDINATOR)
        end_coordination(membership=membership, by=request.user)  # type: ignore[arg-type]
        messages.success(
            request, f"{membership.user} ne coordonne plus « {membership.organisation.short_name} »."
        )
        return redirect("organisations:inspect", membership.organisation_id)


class OrganisationViewSet(TrimmedViewSet):
    """Registered by ``pages``, which opens an organisation's page with it."""

    model = Organisation
    name = "organisations"
    url_prefix = "structures"
    icon = "group"
    menu_label = "Structures"
    menu_order = 140
    add_to_admin_menu = True
    inspect_view_enabled = True
    list_display = ["name", "kind", "city"]
    search_fields = ["name", "short_name", "city"]
    kept = frozenset({"index", "index_results", "add", "edit", "inspect", "history", "history_results"})
    index_view_class = OrganisationIndexView
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView
    inspect_view_class = OrganisationInspectView

    def get_form_class(self, for_update: bool = False) -> type[OrganisationForm]:
        return OrganisationForm

    def get_edit_handler(self) -> None:
        return None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("coordination/<int:pk>/terminer/", EndCoordinationView.as_view(), name="end_coordination"),
        ]
