"""Organisations in the admin: opening one opens its page and invites those who will coordinate it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views import View
from wagtail.admin import messages

from common.errors import DomainError
from members.admin import (
    OrganisationCreateView,
    OrganisationForm,
    OrganisationInspectView,
    OrganisationViewSet,
)
from members.emails import is_usable, normalise_email
from members.models import Organisation, User
from pages.domain.invitations import Invited, invite
from pages.domain.site_pages import open_organisation_with_page, open_page_of
from pages.models import OrganisationPage

_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
MANY = 20


class InvitedField(forms.CharField):
    """People, one a line: an address, with or without a name, in the ways that mail programs write them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **kwargs)

    def clean(self, value: Any) -> list[Invited]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MANY:
            raise forms.ValidationError(f"Pas plus de {MANY} personnes à la fois.")
        return list({person.email: person for person in map(self._person, lines)}.values())

    def _person(self, line: str) -> Invited:
        found = _ADDRESS.search(line)
        email = normalise_email(found[0]) if found else ""
        if not is_usable(email):
            raise forms.ValidationError(f"« {line[:60]} » : indiquez une adresse e-mail par ligne.")
        names = re.sub(r"[\"<>,;]", " ", line.replace(found[0], " ")).split() if found else []
        return Invited(email, " ".join(names[:1])[:80], " ".join(names[1:])[:80])


class OpeningForm(OrganisationForm):
    coordinators = InvitedField(
        label="Qui la coordonne",
        required=False,
        help_text="Une personne par ligne : « Anne Le Roux, anne@exemple.fr », ou l’adresse seule. "
        "Chacune reçoit un courriel qui lui dit comment entrer.",
    )

    def open(self, *, by: User) -> Organisation:
        return open_organisation_with_page(**self.cleaned_data, by=by)


class OpeningView(OrganisationCreateView):
    def get_form_class(self) -> type[OpeningForm]:
        return OpeningForm


class InspectView(OrganisationInspectView):
    named = "{user} coordonne « {organisation} », et le sait par courriel."

    def name(self, person: dict[str, str]) -> User:
        return invite(organisation=self.object, person=Invited(**person), by=self.request.user)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = OrganisationPage.objects.filter(organisation=self.object).first()
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "page_url": reverse("wagtailadmin_explore", args=[page.pk]) if page else "",
        }


class OpenPageView(View):
    """For an organisation that was opened before it had a page of its own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        organisation = get_object_or_404(Organisation, pk=pk)
        try:
            open_page_of(organisation=organisation, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"La page de « {organisation.short_name} » est ouverte.")
        return redirect("organisations:inspect", organisation.pk)


class OrganisationsAndPages(OrganisationViewSet):
    add_view_class = OpeningView
    inspect_view_class = InspectView

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("page/<int:pk>/ouvrir/", OpenPageView.as_view(), name="open_page"),
        ]


organisation_viewset = OrganisationsAndPages()
