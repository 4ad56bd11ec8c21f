"""Who is admitted, and when: approval, reserved professions, members first, a season's limit."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.registration import fill_due, register, withdraw
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.domain.upkeep import wrong_counters
from events.domain.waiting import queue, waiting_position, with_position
from events.models import ActivitySettings, JournalEntry, Message, Registration, Session
from members.models import User
from tests.clock import Clock, clock, paris
from tests.factories import make_activity, make_coordinator, make_person, make_session, make_user

__all__ = ["clock"]
pytestmark = [pytest.mark.django_db, pytest.mark.today(2026, 11, 20, 12)]
State = Registration.State


def enter(session: Session, **fields: Any) -> Registration:
    return register(session=session, person=make_person(**fields)).registration


def member(session: Session) -> Registration:
    return enter(session, is_member=True)


def kinds(registration: Registration) -> list[str]:
    return sorted(Message.objects.filter(registration=registration).values_list("kind", flat=True))


def counters(session: Session) -> tuple[int, int, int]:
    session.refresh_from_db()
    assert wrong_counters() == []
    return session.seats_taken, session.waiting, session.excess


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def coordinator_of(session: Session) -> User:
    return make_coordinator(session.activity.organisation)


def logged(registration: Registration, action: str) -> dict[str, Any]:
    return JournalEntry.objects.for_instance(registration).get(action=action).data


# --- Approval -----------------------------------------------------------------------------------


def test_a_request_takes_no_seat_and_is_told_so():
    session = make_session(capacity=1, approval=True)
    registration = enter(session)
    assert registration.state == State.PENDING
    assert kinds(registration) == ["pending"]
    assert counters(session) == (0, 0, 0)


def test_several_people_may_ask_for_the_last_seat():
    session = make_session(capacity=1, approval=True)
    assert [enter(session).state for _ in range(3)] == [State.PENDING] * 3


def test_whom_the_coordination_registers_is_approved():
    session = make_session(approval=True)
    outcome = register(session=session, person=make_person(), by=coordinator_of(session))
    assert outcome.registration.state == State.CONFIRMED


def test_a_request_may_be_withdrawn_and_made_again():
    session, person = make_session(approval=True), make_person()
    withdraw(registration=register(session=session, person=person).registration)
    assert register(session=session, person=person).created
    assert counters(session) == (0, 0, 0)


def test_cancelling_a_session_reaches_those_who_asked():
    session = make_session(approval=True)
    registration = enter(session)
    cancel_session(session=session, reason="Neige", by=None)
    registration.refresh_from_db()
    assert registration.state == State.CANCELLED
    assert "cancelled" in kinds(registration)


# --- Reserved professions -----------------------------------------------------------------------


def test_a_reserved_session_refuses_others_and_names_who_is_admitted():
    session = make_session(professions=["50", "60"])
    with pytest.raises(DomainError, match="sage-femme / maïeuticien, infirmier·ère") as refusal:
        enter(session, profession="10")
    assert refusal.value.field == "profession"
    assert enter(session, profession="60").state == State.CONFIRMED
    assert not User.objects.filter(profession="10").exists()


def test_a_reservation_decided_a_moment_ago_holds_for_a_page_opened_before():
    session = make_session()
    Session.objects.filter(pk=session.pk).update(professions=["50"])
    with pytest.raises(DomainError, match="réservée"):
        enter(session, profession="10")


def test_the_coordination_may_pass_over_a_reservation_and_the_journal_says_so():
    session = make_session(professions=["50"])
    by = coordinator_of(session)
    registration = register(session=session, person=make_person(profession="10"), by=by).registration
    assert registration.state == State.CONFIRMED
    assert logged(registration, "escale.register") == {"overruled": ["professions"]}


def test_nothing_is_said_to_be_passed_over_when_nothing_was():
    session = make_session(professions=["60"])
    registration = register(session=session, person=make_person(), by=coordinator_of(session)).registration
    assert "overruled" not in logged(registration, "escale.register")


# --- Members first ------------------------------------------------------------------------------


def test_before_the_date_members_take_seats_and_others_wait_although_seats_are_free():
    session = make_session(capacity=3, members_first_until=in_days(5))
    other, adherent = enter(session), member(session)
    assert (other.state, adherent.state) == (State.WAITLISTED, State.CONFIRMED)
    assert other.waited
    assert not adherent.waited
    assert counters(session) == (1, 1, 0)


def test_at_the_date_those_who_wait_are_confirmed_in_order_of_arrival_while_seats_are_free(clock: Clock):
    session = make_session(capacity=3, members_first_until=in_days(5))
    others = [enter(session) for _ in range(3)]
    member(session)
    assert fill_due() == 0
    clock.move(days=5)
    assert fill_due() == 2
    for each in others:
        each.refresh_from_db()
    assert [each.state for each in others] == [State.CONFIRMED, State.CONFIRMED, State.WAITLISTED]
    assert counters(session) == (3, 1, 0)
    assert fill_due() == 0
    assert logged(others[0], "escale.promote")["reason"] == "order_of_arrival"


def test_before_the_date_a_freed_seat_goes_to_the_member_who_waits_and_not_to_the_first_arrived():
    session = make_session(capacity=1, members_first_until=in_days(5))
    first = member(session)
    other, adherent = enter(session), member(session)
    assert [each.pk for each in queue(session)] == [adherent.pk, other.pk]
    withdraw(registration=first)
    other.refresh_from_db()
    adherent.refresh_from_db()
    assert (other.state, adherent.state) == (State.WAITLISTED, State.CONFIRMED)
    assert logged(adherent, "escale.promote")["reason"] == "members_first"


def test_before_the_date_a_freed_seat_stays_for_the_members_to_come():
    session = make_session(capacity=1, members_first_until=in_days(5))
    first, other = member(session), enter(session)
    withdraw(registration=first)
    other.refresh_from_db()
    assert other.state == State.WAITLISTED
    assert member(session).state == State.CONFIRMED


def test_after_the_date_order_of_arrival_decides_alone(clock: Clock):
    session = make_session(capacity=1, members_first_until=in_days(5))
    first = member(session)
    other, _adherent = enter(session), member(session)
    clock.move(days=6)
    withdraw(registration=first)
    other.refresh_from_db()
    assert other.state == State.CONFIRMED


def test_a_rank_is_the_same_alone_and_in_a_list(clock: Clock):
    session = make_session(capacity=1, members_first_until=in_days(5))
    member(session)
    people = [enter(session), member(session), enter(session), member(session)]
    for expected in ([3, 1, 4, 2], [1, 2, 3, 4]):
        assert [waiting_position(Registration.objects.get(pk=each.pk)) for each in people] == expected
        listed = {each.pk: each.position for each in with_position(session.registrations.all())}
        assert [listed[each.pk] for each in people] == expected
        clock.move(days=6)


def test_without_waiting_list_others_are_told_when_to_come_back():
    session = make_session(members_first_until=paris(2030, 12, 1, 9), waiting_list=False, days=3000)
    with pytest.raises(DomainError, match=r"commencent le dimanche 1er.décembre 2030 à 9.h") as refusal:
        enter(session)
    assert refusal.value.field == "is_member"
    assert member(session).state == State.CONFIRMED


def test_the_coordination_may_seat_a_non_member_early_on_the_record():
    session = make_session(members_first_until=in_days(5))
    registration = register(session=session, person=make_person(), by=coordinator_of(session)).registration
    assert registration.state == State.CONFIRMED
    assert logged(registration, "escale.register") == {"overruled": ["members_first"]}


def test_even_the_coordination_lets_nobody_overtake_those_who_wait():
    session = make_session(members_first_until=in_days(5))
    enter(session)
    by = coordinator_of(session)
    assert register(session=session, person=make_person(), by=by).registration.state == State.WAITLISTED


def test_moving_the_date_to_now_confirms_those_who_wait():
    session = make_session(members_first_until=in_days(5))
    other = enter(session)
    session.refresh_from_db()
    session.members_first_until = None
    slot = session.slots.get()
    save_session(session=session, slots=[SlotTimes(slot.starts_at, slot.ends_at)], by=None)
    other.refresh_from_db()
    assert other.state == State.CONFIRMED


# --- So many sessions a season ------------------------------------------------------------------


def limited(limit: int = 1) -> Any:
    activity = make_activity()
    ActivitySettings.objects.create(activity=activity, season_limit=limit)
    return activity


def on(activity: Any, day: datetime, **fields: Any) -> Session:
    start = day.replace(hour=19)
    return make_session(activity, slots=[SlotTimes(start, start + timedelta(hours=2))], **fields)


def test_the_limit_stops_a_signed_in_person_with_a_sentence(clock: Clock):
    clock.set(2026, 9, 15)
    activity, user = limited(), make_user()
    register(session=on(activity, paris(2026, 10, 1)), person=make_person(), user=user)
    with pytest.raises(DomainError, match=r"déjà 1.inscription à ce dispositif cette saison"):
        register(session=on(activity, paris(2027, 8, 31)), person=make_person(), user=user)
    assert Registration.objects.count() == 1


def test_the_limit_tells_only_the_owner_of_the_address(clock: Clock):
    clock.set(2026, 9, 15)
    activity, person = limited(), make_person()
    register(session=on(activity, paris(2026, 10, 1)), person=person)
    second = on(activity, paris(2026, 11, 5))
    outcome = register(session=second, person=person)
    assert (outcome.created, outcome.limited) == (False, True)
    assert counters(second) == (0, 0, 0)
    message = Message.objects.get(kind="season_limit")
    assert (message.recipient, message.registration) == (person.email, None)
    register(session=second, person=person)
    assert Message.objects.filter(kind="season_limit").count() == 1


def test_a_season_goes_from_september_to_august_in_paris(clock: Clock):
    clock.set(2026, 8, 1)
    activity, user = limited(), make_user()
    for day in (paris(2026, 8, 31), paris(2026, 9, 1), paris(2027, 9, 1)):
        assert register(session=on(activity, day), person=make_person(), user=user).created


def test_a_seat_given_back_counts_no_more_and_one_that_was_kept_counts_for_ever(clock: Clock):
    clock.set(2026, 9, 15)
    activity, user = limited(), make_user()
    first, second, third = (on(activity, paris(2026, month, 1)) for month in (10, 11, 12))
    withdraw(registration=register(session=first, person=make_person(), user=user).registration)
    register(session=second, person=make_person(), user=user)
    clock.set(2026, 11, 15)
    with pytest.raises(DomainError, match="cette saison"):
        register(session=third, person=make_person(), user=user)


def test_somebody_who_waited_in_vain_did_not_use_their_season(clock: Clock):
    clock.set(2026, 9, 15)
    activity, user = limited(), make_user()
    full = on(activity, paris(2026, 10, 1), capacity=1)
    enter(full)
    assert register(session=full, person=make_person(), user=user).registration.state == State.WAITLISTED
    clock.set(2026, 10, 15)
    assert register(session=on(activity, paris(2026, 11, 1)), person=make_person(), user=user).created


def test_other_activities_and_other_people_do_not_count(clock: Clock):
    clock.set(2026, 9, 15)
    activity, user = limited(), make_user()
    register(session=on(make_activity(), paris(2026, 10, 1)), person=make_person(), user=user)
    enter(on(activity, paris(2026, 10, 2)))
    assert register(session=on(activity, paris(2026, 10, 3)), person=make_person(), user=user).created


def test_registering_again_to_the_same_session_stays_harmless():
    activity, user = limited(), make_user()
    session = make_session(activity)
    assert register(session=session, person=make_person(), user=user).created
    assert not register(session=session, person=make_person(), user=user).created


def test_the_coordination_may_pass_over_the_limit_on_the_record():
    activity, person = limited(), make_person()
    register(session=make_session(activity), person=person)
    second = make_session(activity, days=15)
    outcome = register(session=second, person=person, by=coordinator_of(second))
    assert outcome.created
    assert logged(outcome.registration, "escale.register") == {"overruled": ["season_limit"]}


def test_an_ordinary_registration_needs_few_statements(django_assert_num_queries):
    session = make_session(capacity=2)
    with django_assert_num_queries(10):
        register(session=session, person=make_person())
