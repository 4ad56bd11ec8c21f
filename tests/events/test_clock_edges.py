"""The edges of the clock: a cut-off over the night when it changes, offers of sessions that move or end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.errors import DomainError
from events.domain.offers import promotion_ends
from events.domain.registration import accept_offer, expire_offers, fill_due, seating, withdraw
from events.domain.session_slots import SlotTimes
from events.domain.sessions import cancel_session, save_session
from events.domain.upkeep import wrong_counters
from events.models import Message, Registration, Session
from tests.clock import Clock, clock, paris
from tests.factories import make_registration, make_session

__all__ = ["clock"]

pytestmark = pytest.mark.django_db


def an_evening(start: datetime) -> list[SlotTimes]:
    return [SlotTimes(start, start + timedelta(hours=2))]


def an_offer(start: datetime, **fields: object) -> tuple[Session, Registration, Registration]:
    """One seat, offered to somebody; somebody else waits."""
    session = make_session(slots=an_evening(start), capacity=1, promotion="offer", **fields)
    leaving, offered, waiting = (make_registration(session) for _ in range(3))
    withdraw(registration=leaving)
    offered.refresh_from_db()
    assert offered.state == "offered"
    session.refresh_from_db()
    return session, offered, waiting


@pytest.mark.parametrize("start", [paris(2027, 3, 28, 10), paris(2027, 10, 31, 10)])
def test_the_cut_off_is_the_same_whether_the_start_comes_from_a_form_or_from_the_database(start: datetime):
    in_form = Session(starts_at=start, promotion_cutoff_hours=24)
    stored = Session(starts_at=start.astimezone(UTC), promotion_cutoff_hours=24)
    assert promotion_ends(in_form) == promotion_ends(stored) == start.astimezone(UTC) - timedelta(hours=24)


def test_a_capacity_raised_after_the_cut_off_of_a_night_that_loses_an_hour_promotes_nobody(clock: Clock):
    """On the Sunday when summer time begins, 24 hours before 10:00 are 9:00 on Saturday's clock."""
    clock.set(2027, 3, 1)
    slots = an_evening(paris(2027, 3, 28, 10))
    session = make_session(slots=slots, capacity=1, promotion_cutoff_hours=24)
    make_registration(session)
    waiting = make_registration(session)

    clock.set(2027, 3, 27, 9, 30)
    session.capacity = 2
    save_session(session=session, slots=slots, by=None)

    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"


def test_a_session_cancelled_with_an_offer_outstanding_lets_nobody_accept_and_tells_each_once(clock: Clock):
    clock.set(2027, 3, 1, 9)
    session, offered, waiting = an_offer(paris(2027, 3, 18, 19))
    cancel_session(session=session, reason="", by=None)

    with pytest.raises(DomainError, match="Aucune place"):
        accept_offer(registration=offered)
    clock.move(days=10)
    assert (expire_offers(), fill_due()) == (0, 0)

    told = Message.objects.filter(kind="cancelled").values_list("registration", flat=True)
    assert sorted(told) == [offered.pk, waiting.pk]
    assert not Message.objects.filter(kind="offer_expired").exists()
    assert wrong_counters() == []


def test_a_session_moved_before_the_answer_was_due_ends_the_offer_at_its_new_start(clock: Clock):
    clock.set(2027, 3, 1, 9)
    session, offered, waiting = an_offer(paris(2027, 3, 18, 19), offer_hours=24)
    save_session(session=session, slots=an_evening(paris(2027, 3, 1, 19)), by=None)

    clock.set(2027, 3, 1, 19)
    with pytest.raises(DomainError, match="expiré"):
        accept_offer(registration=offered)
    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"  # the session has begun: nobody is promoted
    assert wrong_counters() == []


def test_an_offer_ends_at_its_minute_and_not_before(clock: Clock):
    clock.set(2027, 3, 1, 9)
    _session, offered, _waiting = an_offer(paris(2027, 3, 18, 19))
    end = offered.offered_until
    clock.time = end - timedelta(microseconds=1)
    assert expire_offers() == 0
    clock.time = end
    assert expire_offers() == 1
    with pytest.raises(DomainError, match="expiré"):
        accept_offer(registration=offered)


def test_members_first_until_a_date_that_is_over_changes_nothing(clock: Clock):
    clock.set(2027, 3, 10, 9)
    session = make_session(
        slots=an_evening(paris(2027, 3, 18, 19)), capacity=1, members_first_until=paris(2027, 3, 10, 9)
    )
    assert make_registration(session).state == "confirmed"


def test_a_session_that_fails_does_not_keep_the_seats_of_another_from_those_who_wait(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    clock.set(2027, 3, 1, 9)
    waiting = []
    for day in (18, 19):
        session = make_session(
            slots=an_evening(paris(2027, 3, day, 19)), members_first_until=paris(2027, 3, 2, 9)
        )
        waiting.append(make_registration(session))
    clock.set(2027, 3, 2, 9)
    honest = seating.tell_all

    def failing(session: Session, *args: Any) -> None:
        if session.pk == waiting[0].session_id:
            raise RuntimeError
        honest(session, *args)

    monkeypatch.setattr(seating, "tell_all", failing)
    assert fill_due() == 1
    assert [Registration.objects.get(pk=each.pk).state for each in waiting] == ["waitlisted", "confirmed"]
    assert wrong_counters() == []
