"""The pages where a person corrects what they state, and finds the address of their calendar."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.domain.links import calendar_token
from members.models import Membership, User
from tests.factories import make_organisation, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PROFILE, CALENDAR = "/mon-espace/profil/", "/mon-espace/agenda/"


@pytest.fixture
def user() -> User:
    return make_user(first_name="Élodie", last_name="Martin")


@pytest.fixture
def space(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "first_name": "Élodie",
        "last_name": "Martin",
        "profession": "60",
        "civility": "",
        "rpps": "",
    } | changes


@pytest.mark.parametrize("url", [PROFILE, CALENDAR])
def test_a_stranger_is_asked_to_sign_in_and_nothing_is_stored(client: Client, url: str) -> None:
    for method in (client.get, client.post):
        assert method(url)["Location"].startswith("/compte/login/")


@pytest.mark.parametrize("url", [PROFILE, CALENDAR])
def test_the_page_is_not_stored_and_a_get_changes_nothing(space: Client, user: User, url: str) -> None:
    before = User.objects.filter(pk=user.pk).values().get()
    assert "no-store" in space.get(url, typed(last_name="Autre"))["Cache-Control"]
    after = User.objects.filter(pk=user.pk).values().get()
    assert before == after


def test_a_correction_is_stored_and_said(space: Client, user: User) -> None:
    registration = make_registration(make_session(), email=user.email, last_name="Martin")
    page = space.post(PROFILE, typed(last_name="Dupont"), follow=True).text
    assert "C’est enregistré." in page
    user.refresh_from_db()
    assert (user.last_name, user.profession) == ("Dupont", "60")
    registration.refresh_from_db()
    assert registration.last_name == "Martin"


def test_a_refusal_stands_beside_its_field_and_loses_nothing(space: Client, user: User) -> None:
    response = space.post(PROFILE, typed(last_name="", rpps="12 34", first_name="Zoé"))
    assert response.status_code == 422
    assert 'value="Zoé"' in response.text
    assert "Indiquez votre nom." in response.text
    user.refresh_from_db()
    assert user.first_name == "Élodie"


def test_a_doubtful_rpps_is_kept_with_a_warning(space: Client, user: User) -> None:
    page = space.post(PROFILE, typed(rpps="10756590105"), follow=True).text
    assert "semble contenir une faute de frappe" in page
    user.refresh_from_db()
    assert user.rpps == "10756590105"


@pytest.mark.parametrize("count", [1, 3])
def test_memberships_are_shown_and_cannot_be_changed_here(
    space: Client, user: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    places = [make_organisation() for _ in range(count)]
    for place in places:
        Membership.objects.create(user=user, organisation=place, since=date(2025, 9, 1))
    with django_assert_num_queries(5):  # session, user, memberships, navigation, retention (notice)
        page = space.get(PROFILE).text
    assert all(place.name in page for place in places)
    assert "depuis le 1er septembre 2025" in page.replace("\N{NO-BREAK SPACE}", " ")
    space.post(PROFILE, typed(memberships="", organisation=str(make_organisation().pk)))
    assert user.memberships.count() == count


def test_the_calendar_shows_its_address_for_each_program(space: Client, user: User) -> None:
    page = space.get(CALENDAR).text
    address = f"/agendas/personnels/{calendar_token(user)}.ics"
    assert f"http://localhost:8000{address}" in page
    assert f"webcal://localhost:8000{address}" in page
    assert space.get(address).status_code == 200


def test_changing_the_address_ends_the_old_one_at_once(space: Client, user: User) -> None:
    old = f"/agendas/personnels/{calendar_token(user)}.ics"
    assert "nouvelle adresse" in space.post(CALENDAR, follow=True).text
    assert space.get(old).status_code == 404
    user.refresh_from_db()
    assert space.get(f"/agendas/personnels/{calendar_token(user)}.ics").status_code == 200
