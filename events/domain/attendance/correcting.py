"""A closed sheet that was wrong: a new version says what is right, and why; the one before stays."""

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import registration as registrations
from events.domain import seats
from events.domain.attendance.countersigning import countersign_at_once
from events.domain.attendance.reading import current_sheet, obstacle
from events.domain.attendance.writing import (
    Content,
    Marks,
    Minutes,
    State,
    confirmed,
    digest,
    settle,
    write,
    write_sheet,
)
from events.domain.people import Person
from events.models import AttendanceSheet, Slot
from members.models import User

REASON_LENGTH = 240


def correct_sheet(
    *,
    slot: Slot,
    marks: Marks,
    reason: str,
    by: User,
    minutes: Minutes | None = None,
    seen: int | None = None,
    forgotten: Person | None = None,
) -> AttendanceSheet:
    """Settle ``slot`` anew. What depends on it follows through ``certificates.domain.closing``.

    Marked may be whoever is confirmed, and whoever the last version holds. ``seen`` is the version that
    the corrections start from: if another one came since, they are refused. ``forgotten`` is somebody who
    was there and is not on the sheet.
    """
    reason = _checked(reason)
    with transaction.atomic():
        if forgotten is not None:  # before the session is held: see ``seats.lock``
            added = registrations.add_walk_in(session=slot.session, person=forgotten, by=by, corrects=True)
            marks = {**marks, added.pk: State.PRESENT}
        last = _hold(slot, seen)
        people = correctable(slot, last)
        write(slot, marks, by=by, minutes=minutes, rest=State.ABSENT, people=people)
        said = settle(slot, people)
        if digest(said) == last.content_hash:
            raise DomainError("Rien ne change : la feuille dit déjà cela.")
        sheet = write_sheet(slot, said=said, version=last.version + 1, reason=reason, by=by)
        log(
            instance=slot.session,
            action="escale.correct_sheet",
            user=by,
            data={
                "slot": slot.pk,
                "version": sheet.version,
                "hash": sheet.content_hash,
                "corrected": changed(last.content, said),
            },
        )
        countersign_at_once(sheet=sheet, user=by)
        return sheet


def _hold(slot: Slot, seen: int | None) -> AttendanceSheet:
    """The version to correct, its session held."""
    slot.session = seats.lock(session_id=slot.session_id)
    last = current_sheet(slot)
    if last is None:
        raise DomainError("La feuille de ce créneau n’est pas encore close : notez-y les présences.")
    if refusal := obstacle(slot=slot):
        raise DomainError(refusal)
    if seen is not None and seen != last.version:
        raise DomainError("Cette feuille vient d’être corrigée par quelqu’un d’autre : relisez-la.")
    return last


def correctable(slot: Slot, sheet: AttendanceSheet) -> set[int]:
    """Registrations that a new version speaks of: nobody whom a sheet holds drops out of it."""
    return confirmed(slot) | {line["registration"] for line in sheet.content}


def _checked(reason: str) -> str:
    reason = " ".join(reason.replace("\0", " ").split())
    if not reason:
        raise DomainError("Dites pourquoi vous corrigez cette feuille.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise DomainError(f"Le motif tient en {REASON_LENGTH} signes.", field="reason")
    return reason


def changed(before: Content, after: Content) -> list[int]:
    """Registrations of which ``after`` says something else."""
    old = {line["registration"]: line for line in before}
    return [line["registration"] for line in after if old.get(line["registration"]) != line]
