"""The coordinator's activities: their list, their settings."""

from typing import Any

import pytest
from django.urls import reverse

from events.domain.activity_settings import save_settings, settings_of
from events.models import ActivitySettings, QuestionSet
from tests import factories
from tests.events.test_admin_sessions import coordinator, form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
RULES = {"promotion": "automatic", "waiting_list": "on", "version": "0"}


@pytest.fixture
def own() -> Any:
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def test_own_activities_are_listed_with_their_next_session(own: Any) -> None:
    activity, client = own
    factories.make_session(activity)
    factories.make_activity(title="Activité des voisins")
    page = client.get(reverse("activities")).content.decode()
    assert "Café du port" in page
    assert "à 19\N{NO-BREAK SPACE}h" in page
    assert "Activité des voisins" not in page
    assert reverse("activity_settings", args=[activity.pk]) in page
    assert f"{reverse('sessions:plan')}?activity={activity.pk}" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three_activities(
    number: int, django_assert_num_queries: Any
) -> None:
    organisation = factories.make_organisation()
    for _ in range(number):
        factories.make_session(factories.make_activity(organisation))
    client = signed_in(coordinator(organisation))
    client.get(reverse("activities"))
    with django_assert_num_queries(11):
        client.get(reverse("activities"))


def test_settings_are_saved_and_read_again(own: Any) -> None:
    activity, client = own
    url = reverse("activity_settings", args=[activity.pk])
    data = RULES | {"professions": ["60", "10"], "members_first_days": "7", "season_limit": "3"}
    assert client.post(url, data).status_code == 302
    settings = ActivitySettings.objects.get()
    assert (settings.professions, settings.members_first_days) == (["10", "60"], 7)
    assert settings.season_limit == 3
    assert 'name="version" value="1"' in client.get(url).content.decode()


def test_the_second_of_two_coordinators_is_warned_and_sees_what_stands(own: Any) -> None:
    activity, client = own
    url = reverse("activity_settings", args=[activity.pk])
    client.post(url, RULES | {"season_limit": "3"})
    response = client.post(url, RULES | {"season_limit": "5"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Enregistré entre-temps : <strong>3</strong>" in page
    assert client.post(url, RULES | {"season_limit": "5", "version": "1"}).status_code == 302
    assert ActivitySettings.objects.get().season_limit == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"season_limit": "0"}, "La limite va de 1 à 100 sessions par saison."),
        ({"members_first_days": "9999999999999999999999"}, "Le nombre de jours va de 0 à 365."),
        ({"promotion_cutoff_hours": "721"}, "La dernière promotion se place de 0 à 720 heures"),
        ({"promotion": "offer", "offer_hours": "0"}, "Le délai de réponse va de 1 à 240 heures."),
        ({"overbooking_percent": "101"}, "La surréservation va de 0 à 100 pour cent."),
        ({"professions": ["chamane"]}, "Choisissez des professions de la liste."),
        ({"promotion": "au hasard"}, "Choisissez comment une place libérée est attribuée."),
        ({"question_set": str(10**30)}, "Choisissez un jeu de questions de votre structure."),
        ({"version": "x"}, "Rechargez la page"),
    ],
)
def test_bad_input_gets_a_sentence(own: Any, changes: dict[str, Any], sentence: str) -> None:
    activity, client = own
    response = client.post(reverse("activity_settings", args=[activity.pk]), RULES | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ActivitySettings.objects.exists()


def test_questions_of_another_organisation_are_neither_offered_nor_taken(own: Any) -> None:
    activity, client = own
    foreign = QuestionSet.objects.create(organisation=factories.make_organisation(), name="Voisins")
    url = reverse("activity_settings", args=[activity.pk])
    assert "Voisins" not in client.get(url).content.decode()
    assert client.post(url, RULES | {"question_set": foreign.pk}).status_code == 422


def test_the_settings_of_a_neighbour_do_not_exist(own: Any) -> None:
    _activity, client = own
    stranger = factories.make_activity()
    assert client.get(reverse("activity_settings", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("activity_settings", args=[stranger.pk]), RULES).status_code == 404


def test_settings_are_applied_to_coming_sessions_on_demand_only(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    url = reverse("activity_settings", args=[activity.pk])
    assert "Appliquer aussi à la session à venir" in client.get(url).content.decode()
    client.post(url, RULES | {"approval": "on"})
    session.refresh_from_db()
    assert not session.approval
    client.post(url, RULES | {"approval": "on", "version": "1", "apply_to_coming": "on"})
    session.refresh_from_db()
    assert session.approval


def test_the_form_of_a_new_session_shows_the_rules_of_its_activity(own: Any) -> None:
    activity, client = own
    settings = settings_of(activity)
    settings.overbooking_percent, settings.members_first_days = 15, 7
    save_settings(settings=settings, seen=0, apply_to_coming=False, by=None)
    factories.make_activity(activity.organisation, title="Un autre")
    page = client.get(f"{reverse('sessions:add')}?activity={activity.pk}").content.decode()
    assert 'name="overbooking_percent" value="15"' in page
    assert "jusqu’à 7 jours avant, comme le prévoit le dispositif" in page
    assert client.get(f"{reverse('sessions:add')}?activity=99999999999999999999").status_code == 200


def test_an_activity_chosen_in_the_form_brings_its_rules_before_anything_is_saved(own: Any) -> None:
    activity, client = own
    settings = settings_of(activity)
    settings.approval, settings.members_first_days = True, 7
    save_settings(settings=settings, seen=0, apply_to_coming=False, by=None)
    data = form_data(activity, title="Tapé")
    response = client.post(reverse("sessions:add"), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Ce dispositif a ses règles" in page
    assert 'value="Tapé"' in page
    again = data | {"rules_of": activity.pk, "approval": "on", "members_first_planned": "on"}
    assert client.post(reverse("sessions:add"), again).status_code == 302
    session = activity.sessions.get()
    assert session.approval
    assert (session.starts_at - session.members_first_until).days == 7
