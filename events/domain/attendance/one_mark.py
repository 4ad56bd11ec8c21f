"""One mark, sent by a phone at each tap: what ``sync_marks`` does, in few statements written once.

A guarded write decides, as for a seat: it notes the mark of somebody confirmed, on an open sheet that nobody
else changed, where what the phone saw still stands. Whatever else the case is, nothing is written and
``sync_marks`` looks into it. PostgreSQL holds the session from the first statement on, and the second writes
the mark with its line of the journal: a line for each mark noted, so none where none was. SQLite has one lock
for all who write: it is held for the two writes alone, and the guard says again what was read before.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common import planned
from common.errors import DomainError
from events.domain.attendance.holding import Taking, hold_for_attendance, read_for_attendance, still
from events.domain.attendance.marking import SeenMark, sync_marks
from events.domain.attendance.reading import last_change, obstacle
from events.domain.attendance.writing import Noted, check, in_journal, wanted
from events.models import JournalEntry, Session, Slot
from events.models.journal import ReadyEntry
from members.models import User

NOTE = """
INSERT INTO events_attendance (registration_id, slot_id, state, minutes, marked_at, marked_by_id)
SELECT who.id, %(slot)s, %(state)s, CAST(%(minutes)s AS integer), %(now)s, %(by)s
FROM events_registration who
WHERE who.id = %(who)s AND who.session_id = %(session)s AND who.state = 'confirmed'
    AND EXISTS (SELECT 1 FROM events_slot WHERE id = %(slot)s AND session_id = %(session)s
        AND starts_at = %(starts)s AND ends_at = %(ends)s)
    AND NOT EXISTS (SELECT 1 FROM events_attendancesheet WHERE slot_id = %(slot)s)
    AND (%(seen)s = '' OR EXISTS (
        SELECT 1 FROM events_attendance WHERE registration_id = %(who)s AND slot_id = %(slot)s))
    AND (SELECT MAX(marked_at) FROM events_attendance WHERE slot_id = %(slot)s)
        IS NOT DISTINCT FROM %(noted)s
    AND {still}
ON CONFLICT (registration_id, slot_id) DO UPDATE
SET state = excluded.state, minutes = excluded.minutes,
    marked_at = excluded.marked_at, marked_by_id = excluded.marked_by_id
WHERE events_attendance.state = %(seen)s
    AND events_attendance.minutes IS NOT DISTINCT FROM CAST(%(seen_minutes)s AS integer)
"""


@dataclass(frozen=True)
class Synced:
    """``before`` and ``now``: when the sheet had last changed, and has (see ``last_change``)."""

    before: str
    now: str
    conflicts: dict[int, Noted | None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Ready:
    """All that is written, made before anything is held."""

    statement: str
    facts: dict[str, Any]
    journal: ReadyEntry | None  # unless the statement writes it too
    synced: Synced


def sync_one(*, slot: int, mark: SeenMark, by: User) -> Synced:
    """Raises ``Slot.DoesNotExist`` for whoever may not take this attendance."""
    if not connection.features.has_select_for_update:
        return _at_once(read_for_attendance(by, slot), mark, by) or _looked_into(slot, mark, by)
    with transaction.atomic():
        return _at_once(hold_for_attendance(by, slot), mark, by) or _looked_into(slot, mark, by)


def _at_once(taking: Taking | None, mark: SeenMark, by: User) -> Synced | None:
    if taking is None:
        raise Slot.DoesNotExist
    if reason := obstacle(slot=taking.slot):
        raise DomainError(reason)
    ready = _ready(taking, mark, by)
    return ready.synced if ready and _note(ready) else None


def _looked_into(slot: int, mark: SeenMark, by: User) -> Synced:
    with transaction.atomic():
        taking = hold_for_attendance(by, slot)
        if taking is None:
            raise Slot.DoesNotExist
        before = last_change(taking.noted)
        return Synced(before, before, sync_marks(slot=taking.slot, marks=[mark], by=by))


def _note(ready: _Ready) -> bool:
    with transaction.atomic(savepoint=False):
        with planned.cursor(connection) if planned.plans(connection) else connection.cursor() as cursor:
            cursor.execute(ready.statement, ready.facts)
            if cursor.rowcount != 1:
                return False
        if ready.journal:
            ready.journal.write()
    return True


def _ready(taking: Taking, mark: SeenMark, by: User) -> _Ready | None:
    slot, seen, now = taking.slot, (mark.seen, mark.seen_minutes), timezone.now()
    noted = _ordinary(slot, mark)
    if noted is None:
        return None
    held = connection.features.has_select_for_update
    condition, facts = ("TRUE", {}) if held else still(by, slot.session_id)
    (state, spent), adapted = noted, connection.ops.adapt_datetimefield_value
    facts |= {
        "slot": slot.pk,
        "session": slot.session_id,
        "who": mark.registration,
        "state": state,
        "minutes": spent,
        "seen": mark.seen,
        "seen_minutes": mark.seen_minutes,
        "starts": adapted(slot.starts_at),
        "ends": adapted(slot.ends_at),
        "noted": adapted(taking.noted),
        "now": adapted(now),
        "by": by.pk,
    }
    told = [in_journal(seen if mark.seen else None), in_journal(noted)]
    journal = JournalEntry.objects.ready(
        of=Session,
        pk=slot.session_id,
        title=str(slot.session),
        action="escale.attendance",
        user_id=by.pk,
        organisation_id=taking.organisation,
        session_id=slot.session_id,
        data={"slot": slot.pk, "marks": {str(mark.registration): told}},
    )
    synced = Synced(last_change(taking.noted), last_change(now))
    if not held:
        return _Ready(_guarded(NOTE, condition), facts, journal, synced)
    line, values = journal.following("noted")
    return _Ready(_both(_guarded(NOTE, condition), line), facts | values, None, synced)


@cache
def _guarded(note: str, condition: str) -> str:
    return note.format(still=condition)


@cache
def _both(note: str, line: str) -> str:
    """Says how many lines were written: as many as marks."""
    return f"WITH noted AS ({note} RETURNING slot_id) {line}"


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
