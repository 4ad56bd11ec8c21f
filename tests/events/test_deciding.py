"""What the coordination decides of one person: approve, decline, promote, move, withdraw."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from common.errors import DomainError
from events.domain import mails
from events.domain.registration import approve, decline, move, promote, register, withdraw
from events.domain.sessions import cancel_session
from events.domain.upkeep import wrong_counters
from events.domain.waiting import waiting_position
from events.models import Answer, JournalEntry, Message, Question, Registration, Session
from members.models import User
from tests.factories import (
    make_activity,
    make_coordinator,
    make_person,
    make_question_set,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def by() -> User:
    return make_user()


def state(registration: Registration) -> str:
    registration.refresh_from_db()
    assert wrong_counters() == []
    return registration.state


def counters(session: Session) -> tuple[int, int, int]:
    session.refresh_from_db()
    return session.seats_taken, session.waiting, session.excess


def told(registration: Registration, kind: str) -> Message:
    return Message.objects.get(registration=registration, kind=kind)


def plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def logged(registration: Registration, action: str) -> JournalEntry:
    return JournalEntry.objects.for_instance(registration).get(action=action)


# --- Approve, decline ---------------------------------------------------------------------------


def test_an_approved_person_has_the_free_seat_and_an_invitation(by: User):
    session = make_session(approval=True)
    registration = make_registration(session)
    approve(registration=registration, by=by)
    assert state(registration) == State.CONFIRMED
    assert "acceptée et votre place est confirmée" in plain(told(registration, "approved").body)
    assert told(registration, "approved").calendar_method == "REQUEST"
    assert logged(registration, "escale.approve").user == by
    assert counters(session) == (1, 0, 0)


def test_approved_people_wait_in_the_order_in_which_they_asked(by: User):
    session = make_session(approval=True, capacity=1)
    first, second, third = (make_registration(session) for _ in range(3))
    approve(registration=first, by=by)
    approve(registration=third, by=by)
    approve(registration=second, by=by)
    assert [state(each) for each in (first, second, third)] == ["confirmed", "waitlisted", "waitlisted"]
    assert [waiting_position(second), waiting_position(third)] == [1, 2]
    assert second.waited
    assert "1re position" in plain(told(second, "approved").body)
    withdraw(registration=first)
    assert [state(second), state(third)] == [State.CONFIRMED, State.WAITLISTED]


def test_without_waiting_list_nobody_is_approved_into_a_full_session(by: User):
    session = make_session(approval=True, capacity=1, waiting_list=False)
    first, second = make_registration(session), make_registration(session)
    approve(registration=first, by=by)
    with pytest.raises(DomainError, match="complète"):
        approve(registration=second, by=by)
    assert state(second) == State.PENDING


def test_a_refusal_is_told_with_its_reason(by: User):
    session = make_session(approval=True)
    with_reason, without = make_registration(session), make_registration(session)
    decline(registration=with_reason, reason="  Groupe déjà constitué. ", by=by)
    decline(registration=without, reason="", by=by)
    assert [state(with_reason), state(without)] == [State.DECLINED] * 2
    assert "Motif : Groupe déjà constitué." in plain(told(with_reason, "declined").body)
    assert "Motif" not in told(without, "declined").body
    assert "Groupe" not in str(logged(with_reason, "escale.decline").data)


@pytest.mark.parametrize("rule", [approve, decline])
def test_a_request_is_answered_once(by: User, rule: Any):
    session = make_session(approval=True)
    registration = make_registration(session)
    rule(registration=registration, by=by)
    for each in (approve, decline):
        with pytest.raises(DomainError, match="déjà reçu une réponse"):
            each(registration=registration, by=by)
    assert Message.objects.filter(registration=registration).count() == 2


def test_nobody_is_approved_into_a_session_that_is_cancelled_or_over(by: User):
    session = make_session(approval=True)
    registration = make_registration(session)
    Session.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(days=1), ends_at=timezone.now() - timedelta(hours=20)
    )
    with pytest.raises(DomainError, match="passée"):
        approve(registration=registration, by=by)
    with pytest.raises(DomainError, match="passée"):
        promote(registration=registration, reason="x", by=by)


# --- Promote ------------------------------------------------------------------------------------


def test_out_of_turn_somebody_goes_beyond_the_seats_on_the_record(by: User):
    session = make_session(capacity=1)
    _confirmed, first, second = (make_registration(session) for _ in range(3))
    promote(registration=second, reason="Interprète de la session", by=by)
    assert [state(first), state(second)] == [State.WAITLISTED, State.CONFIRMED]
    assert counters(session) == (2, 1, 1)
    entry = logged(second, "escale.promote")
    assert entry.user == by
    assert entry.data == {
        "reason": "Interprète de la session",
        "before": "waitlisted",
        "position": 2,
        "beyond_seats": True,
        "after": "confirmed",
    }
    assert told(second, "confirmed").calendar_method == "REQUEST"


def test_a_promotion_out_of_turn_takes_the_seat_that_is_free(by: User):
    session = make_session(capacity=1, promotion_cutoff_hours=720)
    confirmed, _first, second = (make_registration(session) for _ in range(3))
    withdraw(registration=confirmed)
    promote(registration=second, reason="Urgence", by=by)
    assert counters(session) == (1, 1, 0)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_promotion_out_of_turn_needs_a_reason(by: User, reason: str):
    session = make_session(capacity=1)
    _confirmed, waiting = make_registration(session), make_registration(session)
    with pytest.raises(DomainError) as refusal:
        promote(registration=waiting, reason=reason, by=by)
    assert refusal.value.field == "reason"
    assert state(waiting) == State.WAITLISTED


def test_somebody_who_was_offered_a_seat_keeps_that_one(by: User):
    session = make_session(capacity=1, promotion="offer")
    first, second = make_registration(session), make_registration(session)
    withdraw(registration=first)
    promote(registration=second, reason="A répondu par téléphone", by=by)
    assert state(second) == State.CONFIRMED
    assert second.offered_until is None
    assert counters(session) == (1, 0, 0)


def test_somebody_who_gave_up_is_not_promoted(by: User):
    registration = make_registration(make_session())
    withdraw(registration=registration)
    with pytest.raises(DomainError, match="n’attend plus"):
        promote(registration=registration, reason="x", by=by)


# --- Move to another session --------------------------------------------------------------------


def twins(**fields: Any) -> tuple[Session, Session]:
    activity = make_activity()
    return make_session(activity, title="Yoga", **fields), make_session(activity, title="Chant", days=21)


def test_somebody_moved_is_told_once_and_their_calendar_follows(by: User):
    source, target = twins()
    old = make_registration(source, first_name="Zoé")
    new = move(registration=old, session=target, by=by)
    assert (state(old), state(new)) == (State.CANCELLED, State.CONFIRMED)
    assert (counters(source)[0], counters(target)[0]) == (0, 1)
    assert [m.kind for m in Message.objects.order_by("pk")] == ["confirmed", "transferred"]
    message = told(new, "transferred")
    assert "Yoga" in message.body
    assert "Chant" in plain(message.body)
    invited, cancelled = [
        Calendar.from_ical(part + "END:VCALENDAR\r\n")
        for part in message.calendar.split("END:VCALENDAR\r\n")[:-1]
    ]
    assert (invited["method"], cancelled["method"]) == ("REQUEST", "CANCEL")
    assert str(source.uid) in cancelled.walk("VEVENT")[0]["uid"]
    mail = mails.build(message)
    assert [kind for _text, kind in mail.alternatives] == ["text/calendar; method=REQUEST"]
    assert [name for name, *_ in mail.attachments] == ["invitation.ics", "annulation.ics"]


def test_the_seat_that_was_left_goes_to_the_next(by: User):
    source, target = twins(capacity=1)
    old, waiting = make_registration(source), make_registration(source)
    move(registration=old, session=target, by=by)
    assert state(waiting) == State.CONFIRMED


def test_a_full_session_takes_the_person_moved_on_its_waiting_list(by: User):
    source, target = twins()
    Session.objects.filter(pk=target.pk).update(capacity=1)
    make_registration(target)
    new = move(registration=make_registration(source), session=target, by=by)
    assert state(new) == State.WAITLISTED
    assert new.waited
    message = told(new, "transferred")
    assert "1re position" in plain(message.body)
    assert Calendar.from_ical(message.calendar)["method"] == "CANCEL"


def test_somebody_who_waited_may_be_moved_and_has_nothing_to_cancel(by: User):
    source, target = twins(capacity=1)
    make_registration(source)
    new = move(registration=make_registration(source), session=target, by=by)
    assert counters(source) == (1, 0, 0)
    assert Calendar.from_ical(told(new, "transferred").calendar)["method"] == "REQUEST"


def test_rules_passed_over_by_a_move_are_on_the_record(by: User):
    source, target = twins()
    Session.objects.filter(pk=target.pk).update(professions=["50"], approval=True)
    new = move(registration=make_registration(source), session=target, by=by)
    assert new.state == State.CONFIRMED
    data = logged(new, "escale.transfer").data
    assert data["overruled"] == ["professions"]
    assert data["from"]["session"] == source.pk
    assert data == logged(Registration.objects.get(session=source), "escale.transfer").data


def test_answers_to_the_same_questions_follow(by: User):
    source, target = twins()
    questions = make_question_set(
        {"label": "Repas ?", "is_need": True}, organisation=source.activity.organisation
    )
    Session.objects.update(question_set=questions)
    source.refresh_from_db()
    target.refresh_from_db()
    question = Question.objects.get()
    old = register(session=source, person=make_person(), answers={question.pk: "Sans gluten"}).registration
    new = move(registration=old, session=target, by=by)
    assert [(a.registration_id, a.value, a.is_need) for a in Answer.objects.order_by("pk")] == [
        (old.pk, "Sans gluten", True),
        (new.pk, "Sans gluten", True),
    ]


def test_nobody_is_moved_to_where_they_cannot_go(by: User):
    source, target = twins()
    person = make_person()
    old = register(session=source, person=person).registration
    with pytest.raises(DomainError, match="même structure"):
        move(registration=old, session=make_session(), by=by)
    with pytest.raises(DomainError, match="autre session"):
        move(registration=old, session=source, by=by)
    register(session=target, person=person)
    with pytest.raises(DomainError, match="déjà inscrite"):
        move(registration=old, session=target, by=by)
    cancelled = make_session(source.activity)
    cancel_session(session=cancelled, reason="", by=None)
    with pytest.raises(DomainError, match="annulée"):
        move(registration=old, session=cancelled, by=by)
    full = make_session(source.activity, title="Plein", capacity=1, waiting_list=False)
    make_registration(full)
    with pytest.raises(DomainError, match="complète"):
        move(registration=old, session=full, by=by)
    assert state(old) == State.CONFIRMED
    assert counters(source) == (1, 0, 0)


def test_nobody_is_moved_once_their_presence_is_noted(by: User):
    source, target = twins()
    old = make_registration(source)
    Session.objects.filter(pk=source.pk).update(completed_at=timezone.now())
    with pytest.raises(DomainError, match="présence"):
        move(registration=old, session=target, by=by)


# --- Withdraw on behalf -------------------------------------------------------------------------


def test_somebody_withdrawn_by_the_coordination_is_not_thanked_for_telling():
    session = make_session()
    registration = make_registration(session)
    withdraw(registration=registration, by=make_coordinator(session.activity.organisation))
    message = told(registration, "withdrawn_by_staff")
    assert "La coordination a retiré votre inscription" in plain(message.body)
    assert "Merci" not in message.body
    assert message.calendar_method == "CANCEL"
    assert not Message.objects.filter(kind="withdrawn").exists()
