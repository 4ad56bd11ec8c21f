"""Settling a slot for good."""

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.attendance.countersigning import Strokes, countersign_at_once
from events.domain.attendance.reading import current_sheet
from events.domain.attendance.writing import (
    Marks,
    State,
    complete,
    confirmed,
    digest,
    lock_open,
    settle,
    write,
    write_sheet,
)
from events.models import AttendanceSheet, Session, Slot
from members.models import User


def close_sheet(*, slot: Slot, by: User, strokes: Strokes = ()) -> AttendanceSheet:
    """Settle the slot for good: whoever has no mark is absent. The last slot completes the session.

    Who leads countersigns by closing; ``strokes`` are their signature by hand, if they drew one.
    """
    with transaction.atomic():
        session = lock_open(slot)
        write(slot, {}, by=by, rest=State.ABSENT)
        sheet = write_sheet(slot, said=settle(slot, confirmed(slot)), by=by)
        log(
            instance=session,
            action="escale.close_sheet",
            user=by,
            data={"slot": slot.pk, "version": sheet.version, "hash": sheet.content_hash},
        )
        countersign_at_once(sheet=sheet, user=by, strokes=strokes)
        complete(session, slot)
        return sheet


def mark_imported(*, slot: Slot, marks: Marks, by: User | None) -> int:
    """What a spreadsheet says of an imported session, closed or not; then comes ``settle_imported_sheet``."""
    with transaction.atomic():
        _lock_imported(slot)
        return write(slot, marks, by=by)


def settle_imported_sheet(*, slot: Slot, by: User | None) -> AttendanceSheet:
    """Close an imported slot, in a new version if a later file says something else; repeatable."""
    with transaction.atomic():
        session = _lock_imported(slot)
        write(slot, {}, by=by, rest=State.ABSENT)
        last = current_sheet(slot)
        said = settle(slot, confirmed(slot))
        if last and last.content_hash == digest(said):
            return last
        version = last.version + 1 if last else 1
        sheet = write_sheet(slot, said=said, version=version, source="import", by=by)
        complete(session, slot)
        return sheet


def _lock_imported(slot: Slot) -> Session:
    session = seats.lock(session_id=slot.session_id)
    slot.session = session
    if not session.imported:
        raise DomainError("Cette session n’a pas été importée : sa feuille se tient sur place.")
    return session
