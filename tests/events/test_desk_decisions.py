"""Deciding about one person: the screen shows (GET), the rule acts (POST), nothing is overwritten."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain.registration import withdraw
from events.models import Answer, JournalEntry, Message, Question, QuestionSet, Registration, Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Registration.State
SCREENS = ["approve", "decline", "move", "promote", "withdraw"]


@pytest.fixture
def activity() -> Any:
    return factories.make_activity(title="Café du port")


@pytest.fixture
def desk(activity: Any) -> Client:
    return signed_in(coordinator(activity.organisation))


def at(name: str, pk: int) -> str:
    return reverse(f"registrations:{name}", args=[pk])


def state_of(registration: Registration) -> str:
    registration.refresh_from_db()
    return registration.state


def full_session(activity: Any, waiting: int = 2) -> tuple[Session, list[Registration]]:
    session = factories.make_session(activity, capacity=1)
    return session, [factories.make_registration(session) for _ in range(1 + waiting)]


def request_to(activity: Any, **rules: Any) -> Registration:
    return factories.make_registration(factories.make_session(activity, approval=True, **rules))


@pytest.mark.parametrize("name", SCREENS)
def test_looking_at_a_screen_changes_nothing(activity: Any, desk: Client, name: str) -> None:
    registration = request_to(activity)
    assert desk.get(at(name, registration.pk)).status_code == 200
    assert state_of(registration) == State.PENDING
    assert not JournalEntry.objects.filter(object_id=str(registration.pk), user__isnull=False).exists()


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_person_of_another_organisation_does_not_exist(desk: Client, name: str, method: str) -> None:
    stranger = request_to(factories.make_activity())
    response = getattr(desk, method)(at(name, stranger.pk), {"reason": "x", "session": stranger.session_id})
    assert response.status_code == 404
    assert state_of(stranger) == State.PENDING


def test_accepting_a_request_gives_the_place(activity: Any, desk: Client) -> None:
    registration = request_to(activity)
    response = desk.post(at("approve", registration.pk), {"state": "pending"}, follow=True)
    assert state_of(registration) == State.CONFIRMED
    assert "est acceptée. État : confirmée." in response.content.decode()


def test_refusing_a_request_mails_the_reason(activity: Any, desk: Client) -> None:
    registration = request_to(activity)
    desk.post(
        at("decline", registration.pk), {"state": "pending", "reason": "Soirée réservée aux sages-femmes."}
    )
    assert state_of(registration) == State.DECLINED
    assert "Soirée réservée aux sages-femmes." in Message.objects.get(kind="declined").body


def test_two_coordinators_the_second_is_told_and_nothing_is_overwritten(activity: Any, desk: Client) -> None:
    registration = request_to(activity)
    shown = desk.get(at("decline", registration.pk)).content.decode()
    assert 'name="state" value="pending"' in shown
    signed_in(coordinator(activity.organisation)).post(at("approve", registration.pk), {"state": "pending"})
    late = desk.post(at("decline", registration.pk), {"state": "pending", "reason": "Trop tard"})
    assert late.status_code == 422
    page = late.content.decode()
    assert "a changé entre-temps : elle est maintenant « Confirmée »" in page
    assert state_of(registration) == State.CONFIRMED
    assert not Message.objects.filter(kind="declined").exists()


def test_a_decision_that_does_not_say_what_was_shown_changes_nothing(activity: Any, desk: Client) -> None:
    _session, [first, second, _third] = full_session(activity)
    for data in ({}, {"state": ""}):
        assert desk.post(at("withdraw", first.pk), data).status_code == 422
        assert desk.post(at("promote", second.pk), data | {"reason": "Vite"}).status_code == 422
    assert (state_of(first), state_of(second)) == (State.CONFIRMED, State.WAITLISTED)


def test_somebody_promoted_meanwhile_is_not_withdrawn_by_a_stale_screen(activity: Any, desk: Client) -> None:
    _session, [first, second, _third] = full_session(activity)
    withdraw(registration=first)
    late = desk.post(at("withdraw", second.pk), {"state": "waitlisted"})
    assert late.status_code == 422
    assert state_of(second) == State.CONFIRMED
    page = late.content.decode()
    assert 'name="state" value="confirmed"' in page  # a second click decides about what is shown


def test_promoting_out_of_order_asks_for_a_reason_and_logs_it(activity: Any, desk: Client) -> None:
    session, [_first, _second, third] = full_session(activity)
    refused = desk.post(at("promote", third.pk), {"state": "waitlisted", "reason": " "})
    assert refused.status_code == 422
    assert "Indiquez pourquoi cette personne passe avant les autres." in refused.content.decode()
    assert state_of(third) == State.WAITLISTED
    desk.post(at("promote", third.pk), {"state": "waitlisted", "reason": "Elle anime l’atelier suivant"})
    assert state_of(third) == State.CONFIRMED
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting, session.excess) == (2, 1, 1)
    page = desk.get(at("inspect", third.pk)).content.decode()
    assert "Elle anime l’atelier suivant" in page


def test_moving_offers_the_coming_sessions_of_the_organisation_same_activity_first(
    activity: Any, desk: Client
) -> None:
    here = factories.make_session(activity, title="Ici", days=10)
    other = factories.make_activity(activity.organisation, title="Autre dispositif")
    factories.make_session(other, title="Ailleurs chez nous", days=2)
    factories.make_session(activity, title="Même café", days=30)
    factories.make_session(activity, title="Déjà passée", days=-4)
    factories.make_session(activity, title="Encore secrète", days=9, status=Session.Status.DRAFT)
    factories.make_session(title="Chez les voisins", days=5)
    registration = factories.make_registration(here)
    page = desk.get(at("move", registration.pk)).content.decode()
    assert page.index("Même café") < page.index("Ailleurs chez nous")
    for absent in ("Déjà passée", "Encore secrète", "Chez les voisins"):
        assert absent not in page


def test_moving_tells_the_person_once_and_gives_the_seat_to_the_next(activity: Any, desk: Client) -> None:
    _session, [first, second, _third] = full_session(activity)
    there = factories.make_session(activity, title="Plus tard", days=40)
    sent = Message.objects.filter(recipient=first.email).count()
    desk.post(at("move", first.pk), {"state": "confirmed", "session": there.pk})
    moved = there.registrations.get()
    assert (moved.user_id, moved.state) == (first.user_id, State.CONFIRMED)
    assert state_of(first) == State.CANCELLED
    assert state_of(second) == State.CONFIRMED
    assert Message.objects.filter(recipient=first.email).count() == sent + 1


def test_nobody_is_moved_to_another_organisation(activity: Any, desk: Client) -> None:
    registration = factories.make_registration(factories.make_session(activity))
    stranger = factories.make_session()
    late = desk.post(at("move", registration.pk), {"state": "confirmed", "session": stranger.pk})
    assert late.status_code == 422
    assert "Choisissez une session de la liste." in late.content.decode()
    assert state_of(registration) == State.CONFIRMED
    assert not stranger.registrations.exists()


def test_withdrawing_on_behalf_goes_back_where_one_came_from(activity: Any, desk: Client) -> None:
    registration = factories.make_registration(factories.make_session(activity))
    back = reverse("registrations:index") + "?state=confirmed"
    response = desk.post(at("withdraw", registration.pk), {"state": "confirmed", "next": back})
    assert response["Location"] == back
    outside = desk.post(at("withdraw", registration.pk), {"next": "https://example.org/"})
    assert "example.org" not in outside.get("Location", "")


def test_what_is_decided_already_shows_no_button(activity: Any, desk: Client) -> None:
    registration = factories.make_registration(factories.make_session(activity))
    page = desk.get(at("approve", registration.pk)).content.decode()
    assert "il n’y a plus rien à décider ici" in page
    assert "Accepter la demande</button>" not in page


def person_data(**changes: Any) -> dict[str, Any]:
    return {
        "first_name": "Nora",
        "last_name": "Benali",
        "email": "Nora@Example.org",
        "profession": "60",
    } | changes


def test_adding_a_person_passes_over_the_rules_and_says_so(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity, professions=["50"], approval=True)
    Session.objects.filter(pk=session.pk).update(closes_at=timezone.now() - timedelta(days=1))
    url = at("add", session.pk)
    page = desk.get(url).content.decode()
    assert "passe outre les règles" in page
    assert "Les inscriptions du public sont closes" in page
    desk.post(url, person_data())
    registration = session.registrations.get()
    assert (registration.state, registration.source) == (State.CONFIRMED, Registration.Source.STAFF)
    assert registration.email == "nora@example.org"


def test_adding_keeps_the_answers_and_leaves_questions_free(activity: Any, desk: Client) -> None:
    questions = QuestionSet.objects.create(organisation=activity.organisation, name="Repas")
    question = Question.objects.create(
        question_set=questions, label="Votre repas", required=True, sort_order=0
    )
    session = factories.make_session(activity, question_set=questions)
    desk.post(at("add", session.pk), person_data(**{f"question_{question.pk}": "Sans gluten"}))
    assert Answer.objects.get().value == "Sans gluten"
    desk.post(at("add", session.pk), person_data(email="autre@example.org"))
    assert session.registrations.count() == 2
    page = desk.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    assert "Votre repas" in page
    assert "Sans gluten" in page


def test_adding_somebody_twice_changes_nothing_and_says_so(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity)
    desk.post(at("add", session.pk), person_data())
    page = desk.post(at("add", session.pk), person_data(), follow=True).content.decode()
    assert "était déjà sur la liste (confirmée) : rien n’a changé." in page
    assert session.registrations.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "pas une adresse"}, "ne semble pas valable"),
        ({"email": ""}, "adresse e-mail"),
        ({"last_name": ""}, "Indiquez votre nom."),
        ({"last_name": "a\x00b"}, "caractère"),
        ({"profession": "999"}, "Choisissez une profession de la liste."),
        ({"rpps": "123"}, "11 chiffres"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_loses_nothing(
    activity: Any, desk: Client, changes: dict[str, Any], sentence: str
) -> None:
    session = factories.make_session(activity)
    response = desk.post(at("add", session.pk), person_data(first_name="Zoé « la » 😀") | changes)
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "Zoé « la » 😀" in page
    assert not session.registrations.exists()


def test_a_full_session_without_a_queue_refuses_with_its_sentence(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity, capacity=1, waiting_list=False)
    factories.make_registration(session)
    response = desk.post(at("add", session.pk), person_data())
    assert response.status_code == 422
    assert "complète" in response.content.decode()
    assert session.registrations.count() == 1


def seats(desk: Client, session: Session, capacity: str, version: int | str) -> Any:
    url = reverse("sessions:seats", args=[session.pk])
    return desk.post(url, {"capacity": capacity, "version": version})


def test_more_places_let_in_those_who_wait(activity: Any, desk: Client) -> None:
    session, [_first, second, third] = full_session(activity)
    session.refresh_from_db()
    page = desk.post(
        reverse("sessions:seats", args=[session.pk]),
        {"capacity": "2", "version": session.version},
        follow=True,
    ).content.decode()
    assert "compte maintenant 2 places. Une personne quitte la liste d’attente" in page
    assert (state_of(second), state_of(third)) == (State.CONFIRMED, State.WAITLISTED)


def test_places_changed_by_somebody_else_meanwhile_are_not_overwritten(activity: Any, desk: Client) -> None:
    session = factories.make_session(activity, capacity=10)
    session.refresh_from_db()
    assert seats(desk, session, "12", session.version).status_code == 302
    late = seats(desk, session, "8", session.version)
    assert late.status_code == 422
    page = late.content.decode()
    assert "Rien n’est enregistré" in page.replace("&#x27;", "’")
    assert "Il y a maintenant 12 places." in page
    assert 'value="8"' in page
    session.refresh_from_db()
    assert session.capacity == 12


@pytest.mark.parametrize("capacity", ["", "0", "-1", "douze", str(10**20)])
def test_an_impossible_number_of_places_is_refused(activity: Any, desk: Client, capacity: str) -> None:
    session = factories.make_session(activity, capacity=10)
    session.refresh_from_db()
    assert seats(desk, session, capacity, session.version).status_code == 422
    session.refresh_from_db()
    assert session.capacity == 10
