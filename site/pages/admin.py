"""Organisations in the admin: opening one opens its page, where its coordinators write."""

from members.admin import OrganisationCreateView, OrganisationForm, OrganisationViewSet
from members.models import Organisation, User
from pages.domain.site_pages import open_organisation_with_page


class OpeningForm(OrganisationForm):
    def save(self, *, by: User) -> Organisation:  # type: ignore[override]
        return open_organisation_with_page(**self.cleaned_data, by=by)


class OpeningView(OrganisationCreateView):
    def get_form_class(self) -> type[OpeningForm]:
        return OpeningForm


class OrganisationsAndPages(OrganisationViewSet):
    add_view_class = OpeningView


organisation_viewset = OrganisationsAndPages()
