"""Programmes: gathered by coordinators, of their own activities only."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from common.errors import DomainError
from common.versions import StaleError
from events.domain.programmes import save_programme
from events.models import ActivityPage, JournalEntry, Programme
from members.models import Organisation, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
INDEX, ADD = reverse("programmes:index"), reverse("programmes:add")


@pytest.fixture
def organisation() -> Organisation:
    return factories.make_organisation()


@pytest.fixture
def activity(organisation: Organisation) -> ActivityPage:
    return factories.make_activity(organisation, title="Café du matin")


@pytest.fixture
def client(organisation: Organisation) -> Client:
    return signed_in(factories.make_coordinator(organisation))


def signed_in(user: User) -> Client:
    group, _created = Group.objects.get_or_create(name="accès")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def programme_of(*activities: ActivityPage, name: str = "Prendre soin") -> Programme:
    programme = Programme(organisation=activities[0].organisation, name=name)
    return save_programme(programme=programme, activities=activities, seen=None, by=None)


def test_a_coordinator_gathers_activities(client: Client, activity: ActivityPage) -> None:
    other = factories.make_activity(activity.organisation)
    response = client.post(ADD, {"name": " Prendre  soin ", "activities": [activity.pk, other.pk]})
    assert response["Location"] == INDEX
    programme = Programme.objects.get()
    assert programme.name == "Prendre soin"
    assert set(programme.activities.all()) == {activity, other}
    entry = JournalEntry.objects.get(action="escale.create_programme")
    assert entry.organisation_id == activity.organisation_id
    assert entry.data["after"]["activities"] == sorted([activity.pk, other.pk])


def test_an_activity_of_another_organisation_is_no_choice(client: Client, activity: ActivityPage) -> None:
    theirs = factories.make_activity(title="Chez les voisins")
    assert "Chez les voisins" not in client.get(ADD).content.decode()
    response = client.post(ADD, {"name": "Prendre soin", "activities": [theirs.pk]})
    assert response.status_code == 422
    assert not Programme.objects.exists()


def test_the_domain_refuses_activities_of_two_organisations(activity: ActivityPage) -> None:
    with pytest.raises(DomainError, match="même structure"):
        programme_of(activity, factories.make_activity())


def test_a_programme_of_another_organisation_does_not_exist(client: Client, activity: ActivityPage) -> None:
    theirs = programme_of(factories.make_activity(), name="Programme des voisins")
    assert "Programme des voisins" not in client.get(INDEX).content.decode()
    for name in ("edit", "delete"):
        url = reverse(f"programmes:{name}", args=[theirs.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "Pris"}).status_code == 404
    assert Programme.objects.get().name == "Programme des voisins"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Prendre soin"}, "Cochez au moins un dispositif."),
        ({"name": "", "activities": ["1"]}, "Donnez un nom à ce programme."),
        ({"name": "x", "activities": ["abc"]}, "Choisissez des dispositifs de la liste."),
        ({"name": "x", "activities": ["9" * 30]}, "Choisissez des dispositifs de la liste."),
    ],
)
def test_a_wrong_form_comes_back_with_a_sentence(
    client: Client, activity: ActivityPage, typed: dict[str, object], said: str
) -> None:
    response = client.post(ADD, typed)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_name_is_taken_once(client: Client, activity: ActivityPage) -> None:
    programme_of(activity)
    response = client.post(ADD, {"name": "prendre soin", "activities": [activity.pk]})
    assert response.status_code == 422
    assert "porte déjà ce nom" in response.content.decode()


def test_the_second_editor_is_warned_and_loses_nothing(client: Client, activity: ActivityPage) -> None:
    programme = programme_of(activity)
    url = reverse("programmes:edit", args=[programme.pk])
    first = {"name": "Premier", "activities": [activity.pk], "version": "1"}
    assert client.post(url, first).status_code == 302
    response = client.post(url, first | {"name": "Second"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enregistré entre-temps : « Premier »" in page
    assert 'value="Second"' in page
    assert Programme.objects.get().name == "Premier"
    blind = {"name": "À l’aveugle", "activities": [activity.pk]}
    for version in ({}, {"version": ""}):
        assert client.post(url, blind | version).status_code == 422
    assert Programme.objects.get().name == "Premier"
    assert client.post(url, first | {"name": "Second", "version": "2"}).status_code == 302
    assert Programme.objects.get().name == "Second"


def test_the_domain_refuses_a_version_that_was_not_the_last(activity: ActivityPage) -> None:
    programme = programme_of(activity)
    save_programme(programme=programme, activities=[activity], seen=1, by=None)
    with pytest.raises(StaleError):
        save_programme(programme=programme, activities=[activity], seen=1, by=None)


def test_deleting_takes_a_post_and_leaves_a_line(client: Client, activity: ActivityPage) -> None:
    url = reverse("programmes:delete", args=[programme_of(activity).pk])
    assert client.get(url).status_code == 200
    assert Programme.objects.exists()
    assert client.post(url)["Location"] == INDEX
    assert not Programme.objects.exists()
    assert JournalEntry.objects.filter(action="escale.delete_programme").exists()
    assert ActivityPage.objects.filter(pk=activity.pk).exists()


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    client: Client, activity: ActivityPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(INDEX)
    for names in (["Un"], ["Deux", "Trois"]):
        for name in names:
            programme_of(activity, name=name)
        with django_assert_num_queries(12):
            client.get(INDEX)
