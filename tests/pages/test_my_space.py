"""A person's own space: everything of theirs, nothing of anybody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from certificates.domain.links import certificate_token
from certificates.models import Certificate
from common.moments import moment
from events.domain.attendance import close_sheet, mark
from events.domain.links import invitation_token, registration_token
from events.domain.registration import withdraw
from events.domain.sessions import cancel_session
from events.domain.waiting import waiting_position, with_position
from events.models import Attendance, Registration, Session, SessionRole, Survey, SurveyInvitation
from members.models import User
from pages.domain.own_hours import hours_per_year
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_registration,
    make_session,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def make_certificate(registration: Registration, **fields: Any) -> Certificate:
    defaults = {"number": f"ESC-{registration.pk}-{fields.get('status', 'valid')}", "facts": {}}
    return Certificate.objects.create(
        registration=registration, issued_at=timezone.now(), **(defaults | fields)
    )


def make_invitation(
    registration: Registration, *, days: int = 7, answered: bool = False, moment: str = "after"
) -> SurveyInvitation:
    now = timezone.now()
    survey, _created = Survey.objects.get_or_create(
        session=registration.session,
        moment=moment,
        defaults={"opened_at": now - timedelta(days=10), "closes_at": now + timedelta(days=days)},
    )
    if moment != Survey.Moment.BEFORE:
        slot = registration.session.slots.first()
        Attendance.objects.get_or_create(
            registration=registration, slot=slot, defaults={"state": "present", "marked_at": now}
        )
    return SurveyInvitation.objects.create(survey=survey, registration=registration, answered=answered)


def came(user: User, **fields: Any) -> Registration:
    return make_registration(make_session(days=-5, **fields), email=user.email)


@pytest.fixture
def user() -> User:
    return make_user(first_name="Élodie")


@pytest.fixture
def space(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(space: Client) -> str:
    response = space.get("/mon-espace/")
    assert response.status_code == 200
    return response.text


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    response = client.get("/mon-espace/")
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/login/")


def test_an_empty_space_leads_to_the_calendar(space: Client) -> None:
    assert "Bonjour Élodie" in text(space)
    assert "Rien de prévu pour l’instant" in text(space)
    assert "/calendrier/" in text(space)


def test_an_upcoming_registration_leads_to_its_personal_page(space: Client, user: User) -> None:
    registration = make_registration(make_session(title="Sophro du soir"), email=user.email)
    assert "Sophro du soir" in text(space)
    assert f"/inscriptions/{registration_token(registration)}/" in text(space)


def test_a_waiting_position_is_shown(space: Client, user: User) -> None:
    session = make_session(capacity=1)
    make_registration(session)
    make_registration(session)
    make_registration(session, email=user.email)
    assert "Liste d’attente, position 2" in text(space)


def test_positions_in_one_query_are_those_of_the_rule() -> None:
    sessions = [make_session(capacity=1), make_session(capacity=2)]
    for session in sessions:
        for _ in range(5):
            make_registration(session)
    Registration.objects.filter(session=sessions[0]).update(registered_at=timezone.now())  # ties
    waiting = with_position(Registration.objects.filter(state="waitlisted"))
    positions = {r.pk: r.position for r in waiting}
    assert positions == {r.pk: waiting_position(r) for r in waiting}
    assert sorted(positions.values()) == [1, 1, 2, 2, 3, 3, 4]


def test_a_withdrawn_registration_is_gone(space: Client, user: User) -> None:
    registration = make_registration(make_session(title="Sophro du soir"), email=user.email)
    withdraw(registration=registration)
    assert "Sophro du soir" not in text(space)


def test_a_past_session_offers_its_valid_certificate(space: Client, user: User) -> None:
    registration = came(user)
    replaced = make_certificate(registration, status="replaced")
    valid = make_certificate(registration)
    page = text(space)
    assert f"/attestations/pdf/{certificate_token(valid)}/" in page
    assert certificate_token(replaced) not in page


def test_the_documents_of_a_training_stand_in_the_order_of_the_mail(space: Client, user: User) -> None:
    registration = came(user)
    kinds = Certificate.Kind.values
    made = {kind: make_certificate(registration, kind=kind, number=kind) for kind in reversed(kinds)}
    page = text(space)
    places = [page.index(f"/attestations/pdf/{certificate_token(made[kind])}/") for kind in kinds]
    assert places == sorted(places)


def test_a_survey_to_answer_is_offered(space: Client, user: User) -> None:
    invitation = make_invitation(came(user))
    assert f"/avis/{invitation_token(invitation)}/" in text(space)


def test_what_is_asked_before_and_weeks_later_is_offered_too(space: Client, user: User) -> None:
    before = make_registration(make_session(), email=user.email)
    links = [
        invitation_token(make_invitation(before, moment="before")),
        invitation_token(make_invitation(came(user), moment="delayed")),
    ]
    page = text(space)
    assert all(f"/avis/{link}/" in page for link in links)
    assert "Quelques questions pour la préparer" in page
    assert "avec le recul" in page

    withdraw(registration=before, by=None)
    page = text(space)
    assert links[0] not in page
    assert links[1] in page


def test_a_survey_is_not_offered_to_who_a_corrected_sheet_says_absent(space: Client, user: User) -> None:
    make_invitation(came(user))
    Attendance.objects.update(state=Attendance.State.ABSENT)
    assert "/avis/" not in text(space)


@pytest.mark.parametrize("fields", [{"answered": True}, {"days": -1}])
def test_a_survey_answered_or_closed_is_not_offered(
    space: Client, user: User, fields: dict[str, Any]
) -> None:
    make_invitation(came(user), **fields)
    assert "/avis/" not in text(space)


def test_nothing_of_anybody_else_is_shown(space: Client) -> None:
    other = make_user(first_name="Autre")
    upcoming = make_registration(make_session(title="Secret à venir"), email=other.email)
    past = came(other, title="Secret passé")
    certificate, invitation = make_certificate(past), make_invitation(past)
    page = text(space)
    for secret in (
        "Secret",
        other.email,
        registration_token(upcoming),
        certificate_token(certificate),
        invitation_token(invitation),
    ):
        assert secret not in page


def test_a_trainer_finds_the_sessions_they_lead(space: Client, user: User) -> None:
    assert "/animation/" not in text(space)
    SessionRole.objects.create(session=make_session(), user=user, role="formation", name="Élodie")
    assert "Sessions que j’anime" in text(space)


def test_a_coordinator_finds_the_administration(client: Client) -> None:
    client.force_login(make_coordinator(make_organisation()))
    assert 'href="/admin/"' in text(client)


def test_others_do_not_see_the_administration(space: Client) -> None:
    assert "/admin/" not in text(space)


def test_the_page_is_not_stored(space: Client) -> None:
    assert "no-store" in space.get("/mon-espace/")["Cache-Control"]


def test_a_past_session_leads_to_the_page_that_verifies_its_certificate(space: Client, user: User) -> None:
    certificate = make_certificate(came(user))
    assert f"/attestations/{certificate.number}/" in text(space)


def offered(user: User, **fields: Any) -> Registration:
    """Offered the seat that somebody else gave back."""
    session = make_session(capacity=1, promotion="offer", **fields)
    first = make_registration(session)
    waiting = make_registration(session, email=user.email)
    withdraw(registration=first)
    waiting.refresh_from_db()
    assert waiting.state == "offered"
    return waiting


def test_an_offer_comes_first_with_its_deadline_and_both_answers(space: Client, user: User) -> None:
    make_registration(make_session(title="Plus tôt", days=2), email=user.email)
    offer = offered(user, title="Proposée", days=20)
    page = text(space)
    token = registration_token(offer)
    assert page.index("On attend votre réponse") < page.index("Proposée") < page.index("Plus tôt")
    assert moment(offer.offered_until) in page
    for answer in ("accepter", "decliner"):
        assert f'action="/inscriptions/{token}/{answer}/"' in page
    space.post(f"/inscriptions/{token}/accepter/")
    assert "On attend votre réponse" not in text(space)


def test_leaving_is_one_gesture_with_its_deadline_said(space: Client, user: User) -> None:
    registration = make_registration(make_session(), email=user.email)
    page = text(space)
    assert f"C’est possible jusqu’au début, {moment(registration.session.starts_at)}" in page
    space.post(f"/inscriptions/{registration_token(registration)}/desistement/")
    assert "Rien de prévu pour l’instant" in text(space)


def test_a_waiting_person_reads_why(space: Client, user: User) -> None:
    session = make_session(capacity=1)
    make_registration(session)
    make_registration(session, email=user.email)
    assert "Dès qu’une place se libère" in text(space)


def test_a_cancelled_session_is_said_until_its_day(space: Client, user: User) -> None:
    registration = make_registration(make_session(title="Sophro du soir"), email=user.email)
    cancel_session(session=registration.session, reason="Intervenante souffrante.", by=None)
    page = text(space)
    assert "Session annulée" in page
    assert "Intervenante souffrante." in page


def test_the_past_is_shown_year_by_year(space: Client, user: User) -> None:
    for days, title in ((-10, "Récente"), (-400, "Ancienne")):
        came(user, title=title) if days == -10 else make_registration(
            make_session(days=days, title=title), email=user.email
        )
    assert "Ancienne" not in text(space)
    year = (timezone.localdate() - timedelta(days=400)).year
    assert "Ancienne" in space.get(f"/mon-espace/?annee={year}").text
    for nonsense in ("0", "x", "%00", "9" * 30, "2026-02-30", "../"):
        assert "Récente" in space.get(f"/mon-espace/?annee={nonsense}").text


def test_hours_are_those_of_closed_sheets_and_of_nobody_else(space: Client, user: User) -> None:
    activity = make_activity()
    coordinator = make_coordinator(activity.organisation)
    sheets = [
        (-5, 2, "present", True),
        (-6, 1.5, "late", True),
        (-7, 4, "absent", True),
        (-8, 3, "present", False),
    ]
    for days, hours, state, closed in sheets:
        session = make_session(activity, days=days, hours=hours)
        mine = make_registration(session, email=user.email)
        other = make_registration(session)
        slot = session.slots.get()
        mark(slot=slot, marks={mine.pk: state, other.pk: "present"}, by=coordinator)
        if closed:
            close_sheet(slot=slot, by=coordinator)
    years = hours_per_year(user)
    assert sum(year.total for year in years) == 210
    assert all(year.trainings == 0 for year in years)
    assert "Vos heures" in text(space)


@pytest.mark.parametrize("count", [1, 3])
def test_the_space_costs_the_same_however_much_it_holds(
    space: Client, user: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(count):
        past = came(user)
        make_certificate(past)
        make_invitation(past)
        session = make_session(days=3 + days, capacity=1, promotion="offer")
        make_registration(session)
        make_registration(session, email=user.email)
        offered(user, days=30 + days)
    assert Session.objects.count() == 3 * count
    # session, user, coming, slots, surveys, years, past, certificates, hours, of trainings,
    # completions, leads, coordinates, navigation
    with django_assert_num_queries(14):
        space.get("/mon-espace/")
