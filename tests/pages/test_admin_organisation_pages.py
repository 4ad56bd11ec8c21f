"""A coordinator speaks for their own organisation in the explorer, and for no other."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Organisation, User
from pages.models import OrganisationPage
from tests import factories
from tests.access_world import Place, client_of, open_place

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def place() -> Place:
    return open_place("a", "Alpha")


@pytest.fixture
def stranger() -> Organisation:
    return factories.make_organisation(name="Une autre structure")


def posted(organisation: Organisation, **fields: Any) -> dict[str, Any]:
    facts = {
        "title": "Notre page",
        "slug": "notre-page",
        "organisation": organisation.pk,
        "summary": "Une structure",
        "body-count": 0,
        "figures-count": "0",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "action-publish": "1",
    }
    return facts | fields


def sentence(client: Client, url: str, data: dict[str, Any]) -> str:
    return client.post(url, data, follow=True).content.decode()


def test_a_coordinator_does_not_give_their_page_to_another_organisation(
    place: Place, stranger: Organisation
) -> None:
    client = client_of(place.coordinator)
    url = reverse("wagtailadmin_pages:edit", args=[place.page.pk])
    assert stranger.name not in client.get(url).content.decode()
    client.post(url, posted(stranger))
    page = OrganisationPage.objects.get()
    assert (page.title, page.organisation) == ("Notre page", place.organisation)


def test_nobody_opens_one_in_the_explorer(place: Place, stranger: Organisation) -> None:
    """It opens with its organisation; the explorer does not even offer it."""
    url = reverse("wagtailadmin_pages:add", args=["pages", "organisationpage", place.page.pk])
    for user in (place.coordinator, factories.make_admin()):
        client = client_of(user)
        offered = client.get(reverse("wagtailadmin_pages:add_subpage", args=[place.page.pk])).content.decode()
        assert "Page de structure" not in offered
        client.post(url, posted(stranger))
    assert OrganisationPage.objects.get() == place.page


def test_the_page_of_an_organisation_is_not_copied(place: Place) -> None:
    url = reverse("wagtailadmin_pages:copy", args=[place.page.pk])
    data = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": place.page.pk}
    for user in (place.coordinator, factories.make_admin()):
        assert "elle ne se copie pas" in sentence(client_of(user), url, data)


FACTS = {
    "name": "CPTS du Grand Large",
    "short_name": "Grand Large",
    "slug": "grand-large",
    "kind": "cpts",
    "parent": "",
    "email": "contact@large.example.org",
    "city": "Fécamp",
    "school_zone": "B",
    "signatory": "",
}


def test_a_coordinator_of_a_new_organisation_creates_its_first_activity(place: Place, client: Client) -> None:
    client.force_login(factories.make_admin())
    client.post(reverse("organisations:add"), FACTS)
    organisation = Organisation.objects.get(slug="grand-large")
    client.post(reverse("organisations:inspect", args=[organisation.pk]), {"email": "nadia@example.org"})
    nadia = Client()
    nadia.force_login(User.objects.get(email="nadia@example.org"))
    own = OrganisationPage.objects.get(organisation=organisation)
    assert own.live
    url = reverse("wagtailadmin_pages:add", args=["events", "eventpage", own.pk])
    assert nadia.get(url).status_code == 200


def test_an_identifier_that_another_page_has_is_refused(place: Place, client: Client) -> None:
    client.force_login(factories.make_admin())
    taken = OrganisationPage.objects.first()
    assert taken is not None
    taken.slug = "prise"
    taken.save()
    response = client.post(reverse("organisations:add"), FACTS | {"slug": taken.slug})
    assert "Une page du site porte déjà cet identifiant." in response.content.decode()
    assert not Organisation.objects.filter(name=FACTS["name"]).exists()
