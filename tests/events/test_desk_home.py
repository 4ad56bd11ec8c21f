"""The home panel and the session's page: what asks for a hand, and what one sees of a session."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.admin.panels import mended_at
from events.domain import overview
from events.domain.alerts import Alert, Kind, alerts
from events.models import Message, Registration, Session, Survey, SurveyInvitation, SurveyResponse, SurveyText
from members.models import Organisation
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def activity() -> Any:
    return factories.make_activity(title="Café du port")


@pytest.fixture
def desk(activity: Any) -> Client:
    return signed_in(coordinator(activity.organisation))


def found(activity: Any) -> list[Alert]:
    own = Session.objects.filter(activity__organisation=activity.organisation)
    return alerts(sessions=own, organisations=Organisation.objects.filter(pk=activity.organisation_id))


def kinds(activity: Any) -> list[Kind]:
    return [alert.kind for alert in found(activity)]


def test_a_calm_desk_says_nothing(activity: Any) -> None:
    factories.make_session(activity)
    assert found(activity) == []


def test_a_full_session_with_people_waiting_leads_to_its_places(activity: Any) -> None:
    session = factories.make_session(activity, capacity=1)
    for _ in range(3):
        factories.make_registration(session)
    [alert] = found(activity)
    assert "complet, 2 personnes attendent." in alert.sentence
    assert mended_at(alert) == reverse("sessions:inspect", args=[session.pk]) + "#places"


def test_a_session_hardly_filled_a_week_before_is_told(activity: Any) -> None:
    soon = factories.make_session(activity, days=5, capacity=4)
    factories.make_session(activity, days=9, capacity=4)
    factories.make_session(activity, days=5, capacity=4, status=Session.Status.DRAFT)
    factories.make_registration(soon)
    [alert] = found(activity)
    assert (alert.kind, alert.session) == (Kind.UNDERFILLED, soon)
    assert "1 sur 4 places" in alert.sentence
    factories.make_registration(soon)
    assert found(activity) == []


def test_messages_that_fail_lead_to_them(activity: Any) -> None:
    factories.make_registration(factories.make_session(activity))
    Message.objects.update(state=Message.State.FAILED)
    [alert] = found(activity)
    assert alert.sentence == "1 message n’est pas parti."
    assert mended_at(alert) == reverse("messages:index") + "?state=failed"


def test_messages_that_wait_for_a_mail_server_for_an_hour_lead_to_them(activity: Any) -> None:
    for _ in range(2):
        factories.make_registration(factories.make_session(activity))
    assert found(activity) == []
    Message.objects.update(created_at=timezone.now() - timedelta(hours=1, minutes=1))
    [alert] = found(activity)
    assert alert.sentence == (
        "2 messages attendent depuis plus d’une heure et repartiront tout seuls. "
        "Si cela dure, prévenez l’administration."
    )
    assert mended_at(alert) == reverse("messages:index") + "?state=queued"


def test_a_sheet_left_open_for_two_days_leads_to_it(activity: Any) -> None:
    factories.make_session(activity, days=-1)
    assert kinds(activity) == []
    late = factories.make_session(activity, days=-3)
    [alert] = found(activity)
    assert alert.kind == Kind.SHEET
    assert mended_at(alert) == reverse("events:attendance", args=[late.slots.get().pk])


def test_requests_without_an_answer_for_two_days_lead_to_them(activity: Any) -> None:
    session = factories.make_session(activity, approval=True)
    for _ in range(2):
        factories.make_registration(session)
    assert kinds(activity) == []
    Registration.objects.update(state_changed_at=timezone.now() - timedelta(days=2, hours=1))
    [alert] = found(activity)
    assert "2 demandes sans réponse depuis deux jours." in alert.sentence
    assert mended_at(alert).endswith(f"?session={session.pk}&state=pending")


def test_a_copied_session_whose_messages_are_paused_is_told(activity: Any) -> None:
    session = factories.make_session(activity)
    Session.objects.filter(pk=session.pk).update(messages_paused=True)
    [alert] = found(activity)
    assert alert.kind == Kind.PAUSED
    assert mended_at(alert).endswith("#messages")


def busy(activity: Any, number: int) -> None:
    for _ in range(number):
        full = factories.make_session(activity, capacity=1)
        for _n in range(2):
            factories.make_registration(full)
        asked = factories.make_session(activity, approval=True, days=5)
        factories.make_registration(asked)
        factories.make_session(activity, days=-4)
    Registration.objects.filter(state="pending").update(state_changed_at=timezone.now() - timedelta(days=3))


def test_the_home_shows_own_alerts_only_each_with_its_link(activity: Any, desk: Client) -> None:
    busy(activity, 1)
    busy(factories.make_activity(title="Chez les voisins"), 1)
    stranger = factories.make_session(title="Session des voisins", days=2)
    page = desk.get("/admin/").content.decode()
    assert "À regarder" in page
    for link in ("Ajouter des places", "Répondre", "Clore la feuille"):
        assert page.count(f">{link}</a>") == 1
    assert "voisins" not in page
    assert f"/{stranger.pk}/" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_home_costs_the_same_for_one_and_for_three_of_everything(
    activity: Any, desk: Client, number: int, django_assert_num_queries: Any
) -> None:
    busy(activity, number)
    desk.get("/admin/")
    with django_assert_num_queries(23):
        desk.get("/admin/")


def test_a_session_with_many_people_names_the_first_and_counts_the_others(
    activity: Any, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "SHOWN", 2)
    session = factories.make_session(activity, capacity=10)
    for name in ("Alpha", "Bravo", "Charlie"):
        factories.make_registration(session, last_name=name)
    page = desk.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    assert "Personnes confirmées (3)" in page
    assert "Et 1 autre" in page
    assert "Charlie" not in page


def test_the_session_page_says_each_persons_place_and_why_they_wait(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity, capacity=1)
    for name in ("Alpha", "Bravo", "Charlie"):
        factories.make_registration(session, last_name=name)
    page = desk.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    assert "Liste d’attente (2)" in page
    assert page.index("Bravo") < page.index("Charlie")
    assert "La session est complète. Dès qu’une place se libère" in page
    assert "personne attend avant." in page.replace("\xa0", " ")
    for name in ("registrations:add", "messages:write", "sessions:copy", "sessions:cancel", "events:session"):
        assert reverse(name, args=[session.pk]) in page


def test_no_mark_of_a_survey_is_on_the_session_page(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity)
    registration = factories.make_registration(session)
    now = timezone.now()
    survey = Survey.objects.create(session=session, opened_at=now, closes_at=now + timedelta(days=3))
    SurveyInvitation.objects.create(survey=survey, registration=registration, answered=True)
    SurveyResponse.objects.create(survey=survey, score=7)
    SurveyText.objects.create(survey=survey, key="mot", text="Remarque secrète")
    page = desk.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    assert "1 réponse sur 1 invitation" in page
    assert "Remarque secrète" not in page
    assert "1 réponse sur 1 invitation" in desk.get("/admin/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_session_page_costs_the_same_for_few_and_many(
    activity: Any, desk: Client, number: int, django_assert_num_queries: Any
) -> None:
    session = factories.make_session(activity, capacity=number)
    for _ in range(2 * number):
        factories.make_registration(session)
    url = reverse("sessions:inspect", args=[session.pk])
    desk.get(url)
    with django_assert_num_queries(31):
        desk.get(url)


def test_the_home_leads_to_a_season_even_when_nothing_is_planned(activity: Any, desk: Client) -> None:
    assert reverse("sessions:plan") in desk.get("/admin/").content.decode()
    session = factories.make_session(activity, capacity=3)
    factories.make_registration(session)
    page = desk.get("/admin/").content.decode()
    assert reverse("sessions:plan") in page
    assert "1 place prise sur 3" in page


def test_the_home_sends_nobody_to_a_guide_in_english(desk: Client) -> None:
    assert "guide.wagtail.org" not in desk.get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["question_sets:add", "programmes:add", "sessions:index"])
def test_a_page_of_the_desk_is_called_by_its_own_name(desk: Client, name: str) -> None:
    page = desk.get(reverse(name)).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert "Escale" in title
    assert "Wagtail" not in title
    assert "Nouvel(le)" not in page
