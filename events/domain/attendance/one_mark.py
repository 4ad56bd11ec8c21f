"""One mark, sent by a phone at each tap: what ``sync_marks`` does, in five statements written once.

A guarded write decides, as for a seat: it notes the mark of somebody confirmed, on an open sheet, where what
the phone saw still stands. Whatever else the case is, nothing is written and ``sync_marks`` looks into it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common import planned
from common.errors import DomainError
from events.domain.attendance.holding import Taking, hold_for_attendance
from events.domain.attendance.marking import SeenMark, sync_marks
from events.domain.attendance.reading import last_change, obstacle
from events.domain.attendance.writing import Noted, check, in_journal, wanted
from events.models import JournalEntry, Session, Slot
from members.models import User

NOTE = """
INSERT INTO events_attendance (registration_id, slot_id, state, minutes, marked_at, marked_by_id)
SELECT who.id, %(slot)s, %(state)s, CAST(%(minutes)s AS integer), %(now)s, %(by)s
FROM events_registration who
WHERE who.id = %(who)s AND who.session_id = %(session)s AND who.state = 'confirmed'
    AND NOT EXISTS (SELECT 1 FROM events_attendancesheet WHERE slot_id = %(slot)s)
    AND (%(seen)s = '' OR EXISTS (
        SELECT 1 FROM events_attendance WHERE registration_id = %(who)s AND slot_id = %(slot)s))
ON CONFLICT (registration_id, slot_id) DO UPDATE
SET state = excluded.state, minutes = excluded.minutes,
    marked_at = excluded.marked_at, marked_by_id = excluded.marked_by_id
WHERE events_attendance.state = %(seen)s
    AND events_attendance.minutes IS NOT DISTINCT FROM CAST(%(seen_minutes)s AS integer)
"""


@dataclass(frozen=True)
class Synced:
    """``before`` and ``now``: when the sheet had last changed, and has (see ``last_change``).

    On PostgreSQL, whoever waited for another's tap may be told a ``before`` without it: their phone learns of
    it when it next asks for the whole sheet. Nothing is noted over: what was seen is compared in the write.
    """

    before: str
    now: str
    conflicts: dict[int, Noted | None] = field(default_factory=dict)


def sync_one(*, slot: int, mark: SeenMark, by: User) -> Synced:
    """Raises ``Slot.DoesNotExist`` for whoever may not take this attendance."""
    with transaction.atomic():
        taking = hold_for_attendance(by, slot)
        if taking is None:
            raise Slot.DoesNotExist
        if reason := obstacle(slot=taking.slot):
            raise DomainError(reason)
        before, now = last_change(taking.noted), timezone.now()
        if _note(taking, mark, by, now):
            return Synced(before, last_change(now))
        return Synced(before, before, sync_marks(slot=taking.slot, marks=[mark], by=by))


def _note(taking: Taking, mark: SeenMark, by: User, now: datetime) -> bool:
    slot, seen = taking.slot, (mark.seen, mark.seen_minutes)
    noted = _ordinary(slot, mark)
    if noted is None:
        return False
    state, spent = noted
    facts: dict[str, Any] = {
        "slot": slot.pk,
        "session": slot.session_id,
        "who": mark.registration,
        "state": state,
        "minutes": spent,
        "seen": mark.seen,
        "seen_minutes": mark.seen_minutes,
        "now": connection.ops.adapt_datetimefield_value(now),
        "by": by.pk,
    }
    with planned.cursor(connection) if planned.plans(connection) else connection.cursor() as cursor:
        cursor.execute(NOTE, facts)
        if cursor.rowcount != 1:
            return False
    told = [in_journal(seen if mark.seen else None), in_journal((state, spent))]
    JournalEntry.objects.note(
        of=Session,
        pk=slot.session_id,
        title=str(slot.session),
        action="escale.attendance",
        user_id=by.pk,
        organisation_id=taking.organisation,
        session_id=slot.session_id,
        data={"slot": slot.pk, "marks": {str(mark.registration): told}},
    )
    return True


def _ordinary(slot: Slot, mark: SeenMark) -> Noted | None:
    """What to note, if it may be and changes what was seen."""
    minutes, seen = {mark.registration: mark.minutes}, (mark.seen, mark.seen_minutes)
    try:
        check(slot, {mark.registration: mark.state}, "", minutes, {mark.registration})
    except DomainError:
        return None
    found = wanted(mark.state, mark.registration, {mark.registration: seen}, minutes, slot)
    unseen = not mark.seen and mark.seen_minutes is not None
    return None if found == seen or unseen else found
