"""Administrators open organisations, name coordinators and keep accounts; nobody else does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.access import coordinated_organisations
from members.domain.organisations import open_organisation
from members.models import Membership, Organisation, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FACTS = {
    "name": "CPTS du Grand Large",
    "short_name": "Grand Large",
    "slug": "grand-large",
    "kind": "cpts",
    "parent": "",
    "email": " Contact@Large.example.org ",
    "city": "Fécamp",
    "school_zone": "B",
    "signatory": "",
}


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.make_admin())
    return client


@pytest.fixture
def organisation() -> Organisation:
    return open_organisation(name="CPTS A", short_name="A", slug="a", email="a@example.org", by=None)


def test_an_administrator_opens_an_organisation(client: Client) -> None:
    response = client.post(reverse("organisations:add"), FACTS)
    organisation = Organisation.objects.get()
    assert response["Location"] == reverse("organisations:inspect", args=[organisation.pk])
    assert organisation.group is not None
    assert organisation.email == "contact@large.example.org"


def test_an_identifier_that_is_taken_is_refused(client: Client, organisation: Organisation) -> None:
    page = client.post(reverse("organisations:add"), FACTS | {"slug": "a"}).content.decode()
    assert "existe déjà" in page
    assert "CPTS du Grand Large" in page
    assert Organisation.objects.count() == 1


def test_an_organisation_is_no_branch_of_itself(client: Client, organisation: Organisation) -> None:
    data = FACTS | {"slug": "a", "parent": organisation.pk, "version": 1}
    page = client.post(reverse("organisations:edit", args=[organisation.pk]), data).content.decode()
    assert "Une structure n’est pas sa propre antenne." in page


def test_a_coordinator_is_named_by_address_and_may_enter_the_admin(
    client: Client, organisation: Organisation
) -> None:
    url = reverse("organisations:inspect", args=[organisation.pk])
    client.post(url, {"email": "Lou@Example.org", "first_name": "Lou", "last_name": "Petit"})
    user = User.objects.get(email="lou@example.org")
    assert list(coordinated_organisations(user)) == [organisation]
    theirs = Client()
    theirs.force_login(user)
    assert theirs.get(reverse("wagtailadmin_home")).status_code == 200
    assert "Lou Petit" in client.get(url).content.decode()


@pytest.mark.parametrize("email", ["", "pas une adresse", "a\x00@example.org", "ı@example.org", "x" * 10_000])
def test_a_bad_address_is_refused_with_a_sentence(
    client: Client, organisation: Organisation, email: str
) -> None:
    response = client.post(reverse("organisations:inspect", args=[organisation.pk]), {"email": email})
    assert response.status_code == 422
    assert not Membership.objects.exists()


@pytest.mark.parametrize("days", [0, 30])
def test_a_coordination_ends_at_once(client: Client, organisation: Organisation, days: int) -> None:
    user = factories.make_coordinator(organisation)
    user.groups.add(organisation.group)
    membership = Membership.objects.get()
    Membership.objects.update(since=timezone.localdate() - timedelta(days=days))
    client.post(reverse("organisations:end_coordination", args=[membership.pk]))
    assert not coordinated_organisations(user).exists()
    assert not user.groups.exists()


@pytest.mark.parametrize("name", ["index", "index_results", "add"])
def test_a_coordinator_does_not_see_the_organisations(organisation: Organisation, name: str) -> None:
    user = factories.make_coordinator(organisation)
    user.groups.add(organisation.group)
    client = Client()
    client.force_login(user)
    assert client.get(reverse(f"organisations:{name}")).status_code in (302, 403, 404)
    assert "Structures" not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    client: Client, number: int, django_assert_num_queries
) -> None:
    for _ in range(number):
        factories.make_organisation()
    client.get(reverse("organisations:index"))
    with django_assert_num_queries(9):
        client.get(reverse("organisations:index"))


def test_an_administrator_adds_and_edits_an_account(client: Client) -> None:
    data = {"email": "Nouvelle@Example.org", "first_name": "Nora", "last_name": "Velle"}
    assert client.get(reverse("wagtailusers_users:add")).status_code == 200
    assert client.post(reverse("wagtailusers_users:add"), data).status_code == 302
    user = User.objects.get(email="nouvelle@example.org")
    assert not user.is_superuser
    url = reverse("wagtailusers_users:edit", args=[user.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, data | {"first_name": "Norah", "is_active": "on"}).status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.email) == ("Norah", "nouvelle@example.org")


def test_an_address_typed_in_capitals_is_the_same_account(client: Client) -> None:
    factories.make_user(email="une@example.org")
    response = client.post(
        reverse("wagtailusers_users:add"), {"email": "UNE@example.org", "first_name": "U", "last_name": "Ne"}
    )
    assert response.status_code == 200
    assert User.objects.filter(email__iexact="une@example.org").count() == 1


def test_an_account_with_registrations_is_not_deleted(client: Client) -> None:
    registration = factories.make_registration(factories.make_session())
    client.post(reverse("wagtailusers_users:delete", args=[registration.user_id]))
    assert User.objects.filter(pk=registration.user_id).exists()


def test_an_administrator_says_whether_people_sign_on_the_screen(
    client: Client, organisation: Organisation
) -> None:
    assert not organisation.signs_on_screen
    edit = reverse("organisations:edit", args=[organisation.pk])
    assert 'name="signs_on_screen"' in client.get(edit).content.decode()

    client.post(edit, FACTS | {"slug": "a", "version": 1, "signs_on_screen": "on"})
    organisation.refresh_from_db()
    assert organisation.signs_on_screen
    stale = client.post(edit, FACTS | {"slug": "a", "version": 1}).content.decode()
    assert "Enregistré entre-temps : oui." in stale
    assert client.post(reverse("organisations:add"), FACTS | {"signs_on_screen": "on"}).status_code == 302
    assert Organisation.objects.filter(signs_on_screen=True).count() == 2
