"""Seats that are offered: decent hours, one answer, and on to the next person."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain import outbox
from events.domain.offers import add_decent_hours
from events.domain.registration import (
    accept_offer,
    decline_offer,
    expire_offers,
    register,
    withdraw,
)
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.domain.upkeep import wrong_counters
from events.models import JournalEntry, Message, Registration, Session
from tests.clock import Clock, clock, paris
from tests.factories import make_person, make_registration, make_session

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
State = Registration.State
FAR = paris(2030, 1, 1)


def states(*registrations: Registration) -> list[str]:
    for registration in registrations:
        registration.refresh_from_db()
    assert wrong_counters() == []
    return [registration.state for registration in registrations]


def offering(people: int = 3, **fields: object) -> tuple[Session, list[Registration]]:
    """One seat, taken; the others wait; the first of them has just been offered the seat."""
    session = make_session(capacity=1, promotion="offer", **fields)
    first, *waiting = [make_registration(session) for _ in range(people + 1)]
    withdraw(registration=first)
    session.refresh_from_db()
    return session, waiting


def told(registration: Registration) -> list[str]:
    return list(
        Message.objects.filter(registration=registration).order_by("pk").values_list("kind", flat=True)
    )


# --- Decent hours -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (paris(2026, 11, 24, 9), 3, paris(2026, 11, 24, 12)),
        (paris(2026, 11, 24, 9), 11, paris(2026, 11, 24, 20)),
        (paris(2026, 11, 24, 19), 2, paris(2026, 11, 25, 9)),
        (paris(2026, 11, 24, 3), 1, paris(2026, 11, 24, 9)),
        (paris(2026, 11, 24, 23), 1, paris(2026, 11, 25, 9)),
        (paris(2026, 11, 24, 9), 24, paris(2026, 11, 26, 9)),
        (paris(2026, 11, 28, 19), 2, paris(2026, 11, 30, 9)),  # over a Sunday
        (paris(2026, 12, 24, 19), 2, paris(2026, 12, 26, 9)),  # over Christmas
        (paris(2027, 5, 5, 19), 2, paris(2027, 5, 7, 9)),  # over Ascension Day, which moves
        (paris(2027, 3, 27, 19), 2, paris(2027, 3, 30, 9)),  # summer time on Easter Sunday, then Monday
        (paris(2026, 10, 24, 19), 2, paris(2026, 10, 26, 9)),  # winter time on a Sunday
    ],
)
def test_hours_are_counted_from_8_to_20_on_working_days(start, hours, end):
    assert add_decent_hours(start, hours, latest=FAR) == end
    assert add_decent_hours(start.astimezone(UTC), hours, latest=FAR) == end


def test_an_offer_never_lasts_beyond_the_last_promotion():
    assert add_decent_hours(paris(2026, 11, 24, 9), 24, latest=paris(2026, 11, 25, 7)) == paris(
        2026, 11, 25, 7
    )
    assert add_decent_hours(paris(2026, 11, 22, 9), 1, latest=paris(2026, 11, 22, 12)) == paris(
        2026, 11, 22, 12
    )


def test_an_offer_stored_says_until_when(clock: Clock):
    clock.set(2026, 11, 24, 18)
    _session, [first, *_] = offering(days=30, offer_hours=4)
    first.refresh_from_db()
    assert first.offered_until == paris(2026, 11, 25, 10)


def test_an_offer_ends_with_the_promotions(clock: Clock):
    clock.set(2026, 11, 24, 9)
    _session, [first, *_] = offering(days=2, offer_hours=48, promotion_cutoff_hours=24)
    first.refresh_from_db()
    assert first.offered_until == paris(2026, 11, 25, 19)


# --- Offering -----------------------------------------------------------------------------------


def test_a_freed_seat_is_offered_to_the_first_in_line_and_held_for_them():
    session, [first, second, third] = offering()
    assert states(first, second, third) == [State.OFFERED, State.WAITLISTED, State.WAITLISTED]
    assert (session.seats_taken, session.waiting) == (1, 2)
    assert told(first)[-1] == "offered"
    assert told(second) == ["waitlisted"]
    entry = JournalEntry.objects.for_instance(first).get(action="escale.offer")
    assert entry.data["reason"] == "order_of_arrival"


def test_a_newcomer_does_not_get_the_seat_that_is_offered():
    session, _waiting = offering()
    assert make_registration(session).state == State.WAITLISTED


def test_a_newcomer_takes_a_free_seat_at_once_when_nobody_waits():
    assert make_registration(make_session(promotion="offer")).state == State.CONFIRMED


def test_accepting_confirms_once_with_an_invitation():
    session, [first, *_] = offering()
    for _ in range(2):
        accept_offer(registration=first)
    assert states(first) == [State.CONFIRMED]
    assert first.offered_until is None
    assert told(first).count("confirmed") == 1
    assert Message.objects.get(registration=first, kind="confirmed").calendar_method == "REQUEST"
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (1, 2)


def test_declining_offers_the_seat_to_the_next_at_once():
    session, [first, second, _third] = offering()
    for _ in range(2):
        decline_offer(registration=first)
    assert states(first, second) == [State.WITHDRAWN, State.OFFERED]
    assert told(first).count("offer_declined") == 1
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (1, 1)


def test_withdrawing_declines_too():
    _session, [first, second, _third] = offering()
    withdraw(registration=first)
    assert states(first, second) == [State.WITHDRAWN, State.OFFERED]


def test_an_offer_without_answer_expires_and_goes_on_to_the_next(clock: Clock):
    clock.set(2026, 11, 24, 9)
    _session, [first, second, third] = offering(offer_hours=2)
    clock.move(hours=1, minutes=59)
    assert expire_offers() == 0
    clock.move(minutes=1)
    assert expire_offers() == 1
    assert states(first, second, third) == [State.EXPIRED, State.OFFERED, State.WAITLISTED]
    assert told(first)[-1] == "offer_expired"
    assert told(second)[-1] == "offered"
    assert expire_offers() == 0


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_an_answer_that_comes_too_late_is_refused_and_the_next_person_has_the_offer(clock: Clock, answer):
    clock.set(2026, 11, 24, 9)
    _session, [first, second, _third] = offering(offer_hours=2)
    clock.move(hours=3)
    with pytest.raises(DomainError, match="expiré"):
        answer(registration=first)
    assert states(first, second) == [State.EXPIRED, State.OFFERED]
    with pytest.raises(DomainError, match="expiré"):
        answer(registration=first)
    assert told(first).count("offer_expired") == 1


def test_whoever_was_not_offered_a_seat_accepts_none():
    _session, [_first, second, _third] = offering()
    with pytest.raises(DomainError, match="Aucune place"):
        accept_offer(registration=second)
    assert states(second) == [State.WAITLISTED]


def test_a_session_that_came_closer_takes_its_offers_along(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session, [first, *_] = offering(days=30, offer_hours=100)
    Session.objects.filter(pk=session.pk).update(starts_at=paris(2026, 11, 25, 9))
    clock.set(2026, 11, 25, 9)
    with pytest.raises(DomainError, match="expiré"):
        accept_offer(registration=first)


def test_nobody_is_offered_anything_after_the_last_promotion(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session, [first, second, _third] = offering(days=2, offer_hours=200, promotion_cutoff_hours=12)
    clock.set(2026, 11, 26, 7)
    assert expire_offers() == 1
    assert states(first, second) == [State.EXPIRED, State.WAITLISTED]
    session.refresh_from_db()
    assert session.seats_taken == 0
    assert make_registration(session).state == State.WAITLISTED  # the coordination chooses


def test_automatic_promotion_stops_at_its_hour(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session = make_session(capacity=1, days=2, promotion_cutoff_hours=12)
    first, second = make_registration(session), make_registration(session)
    clock.set(2026, 11, 26, 6, 59)
    withdraw(registration=first)
    assert states(second) == [State.CONFIRMED]
    third = make_registration(session)
    clock.set(2026, 11, 26, 7)
    withdraw(registration=second)
    assert states(third) == [State.WAITLISTED]


def test_a_raised_capacity_offers_as_many_seats_as_it_adds():
    session, [first, second, third] = offering()
    session.capacity = 2
    slot = session.slots.get()
    save_session(session=session, slots=[SlotTimes(slot.starts_at, slot.ends_at)], by=None)
    assert states(first, second, third) == [State.OFFERED, State.OFFERED, State.WAITLISTED]


def test_a_lowered_capacity_keeps_the_offer_and_offers_no_other():
    session = make_session(capacity=2, promotion="offer")
    people = [make_registration(session) for _ in range(4)]
    withdraw(registration=people[0])
    session.refresh_from_db()
    session.capacity = 1
    slot = session.slots.get()
    save_session(session=session, slots=[SlotTimes(slot.starts_at, slot.ends_at)], by=None)
    decline_offer(registration=people[2])
    assert states(*people) == [State.WITHDRAWN, State.CONFIRMED, State.WITHDRAWN, State.WAITLISTED]


def test_cancelling_the_session_ends_its_offers():
    session, people = offering()
    cancel_session(session=session, reason="", by=None)
    assert set(states(*people)) == {State.CANCELLED}
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (0, 0)


def test_whoever_let_an_offer_pass_may_register_again_at_the_end_of_the_line(clock: Clock):
    clock.set(2026, 11, 24, 9)
    session = make_session(capacity=1, promotion="offer", offer_hours=1)
    person = make_person()
    first = make_registration(session)
    late = register(session=session, person=person).registration
    make_registration(session)
    withdraw(registration=first)
    clock.move(hours=2)
    expire_offers()
    again = register(session=session, person=person)
    assert again.created
    assert states(late, again.registration) == [State.EXPIRED, State.WAITLISTED]


def test_an_offer_that_was_not_sent_in_time_is_dropped(clock: Clock):
    clock.set(2026, 11, 24, 9)
    _session, [first, *_] = offering(offer_hours=1)
    clock.move(hours=2)
    expire_offers()
    message = Message.objects.select_related("registration__session").get(registration=first, kind="offered")
    assert not outbox.still_applies(message, now=timezone.now())


def test_one_session_whose_offer_fails_to_expire_does_not_hold_the_others(clock: Clock):
    clock.set(2026, 11, 24, 9)
    offers = [offering(people=1, offer_hours=1)[1][0] for _ in range(2)]
    clock.move(hours=2)
    assert expire_offers(now=clock() - timedelta(hours=1, minutes=30)) == 0
    assert expire_offers() == 2
    assert states(*offers) == [State.EXPIRED] * 2
