"""Changing the slots of a session: each stored slot keeps what was noted on it."""

from datetime import UTC, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain import attendance
from events.domain.sessions import SlotTimes, save_session
from events.models import Attendance, AttendanceSheet, JournalEntry, Session
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def hours(*starts: int) -> list[SlotTimes]:
    midnight = (timezone.localtime() + timedelta(days=10)).replace(hour=0, minute=0, second=0, microsecond=0)
    return [SlotTimes(midnight + at * HOUR, midnight + (at + 1) * HOUR) for at in starts]


def starts(session: Session) -> list[int]:
    return [timezone.localtime(slot.starts_at).hour for slot in session.slots.all()]


@pytest.mark.parametrize("wanted", [(9, 14, 15), (12, 14, 16), (8, 10, 12), (14,), (10, 11, 12, 13)])
def test_slots_may_take_each_others_place(wanted: tuple[int, ...]) -> None:
    session = make_session(slots=hours(10, 12, 14))
    save_session(session=session, slots=hours(*wanted), by=None)
    assert starts(session) == list(wanted)


def test_every_three_hours_can_become_any_other_three() -> None:
    session = make_session(slots=hours(9, 10, 11))
    for wanted in permutations(range(8, 13), 3):
        save_session(session=session, slots=hours(*wanted), by=None)
        assert starts(session) == sorted(wanted)


def test_a_slot_that_stays_keeps_its_marks_when_another_goes() -> None:
    now = timezone.now()
    first, second = (SlotTimes(now - n * HOUR, now - (n - 1) * HOUR) for n in (3, 2))
    session = make_session(slots=[first, second])
    registration = make_registration(session, i=1)
    kept = session.slots.get(starts_at=second.starts_at)
    attendance.mark(slot=kept, marks={registration.pk: Attendance.State.PRESENT}, by=None)
    save_session(session=session, slots=[second], by=None)
    assert session.slots.get().pk == kept.pk
    assert kept.attendances.get().registration == registration


def test_a_slot_that_moves_keeps_its_identity_in_calendars() -> None:
    session = make_session(slots=hours(10))
    before = session.slots.get().pk
    save_session(session=session, slots=hours(18), by=None)
    assert session.slots.get().pk == before


def test_the_log_keeps_the_times_before_and_after() -> None:
    session = make_session(slots=hours(10))
    save_session(session=session, slots=hours(18), by=None)
    change = JournalEntry.objects.get(action="escale.edit").data["slots"]
    assert hours(10)[0].starts_at.astimezone(UTC).isoformat() in change["before"]
    assert hours(18)[0].starts_at.astimezone(UTC).isoformat() in change["after"]


def test_no_slot_is_removed_once_a_sheet_is_closed() -> None:
    session = make_session(slots=hours(10, 14))
    first = session.slots.first()
    AttendanceSheet.objects.create(
        slot=first, closed_at=timezone.now(), closed_by=None, content=[], content_hash=""
    )
    with pytest.raises(DomainError, match="déjà close"):
        save_session(session=session, slots=hours(10), by=None)
    assert starts(session) == [10, 14]
