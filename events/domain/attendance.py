"""Who came: marks while the sheet is open, then a sheet that never changes.

Marking and closing both hold the session's row, so that no mark slips in once a sheet is closed.
What a closed sheet says, and nothing else, makes surveys and certificates.
"""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common import moments
from common.errors import DomainError
from events.domain import registration as registrations
from events.domain import seats
from events.domain.people import Person
from events.models import Attendance, AttendanceSheet, Registration, Session, Slot
from events.models.attendance import CAME
from members.models import User

State = Attendance.State
Content = list[dict[str, Any]]


def obstacle(*, slot: Slot) -> str:
    """Why attendance cannot be taken for ``slot`` now, whether or not its sheet is closed; or nothing."""
    if slot.session.status == Session.Status.CANCELLED:
        return "Cette session est annulée."
    if slot.session.status != Session.Status.PUBLISHED:
        return "Cette session n’est pas encore publiée."
    if timezone.localdate() < timezone.localdate(slot.starts_at):
        return f"L’émargement ouvre le jour même, le {moments.day(slot.starts_at)}."
    return ""


def is_closed(slot: Slot) -> bool:
    return slot.sheets.exists()


def current_sheet(slot: Slot) -> AttendanceSheet | None:
    """The last version: the one that counts."""
    return slot.sheets.select_related("closed_by").order_by("-version").first()


def mark(*, slot: Slot, marks: dict[int, str], by: User | None, rest: str = "") -> int:
    """Note who came, by registration; returns how many marks changed.

    ``rest`` is noted for every confirmed person who has no mark yet.
    """
    with transaction.atomic():
        _lock_open(slot)
        return _write(slot, marks, by=by, rest=rest)


def welcome_walk_in(*, slot: Slot, person: Person, by: User) -> Registration:
    """Somebody came without a place, or from the waiting list: confirmed, and present at this slot."""
    with transaction.atomic():
        session = _lock_open(slot)
        registration = registrations.add_walk_in(session=session, person=person, by=by)
        _write(slot, {registration.pk: State.PRESENT}, by=by)
        return registration


def close_sheet(*, slot: Slot, by: User) -> AttendanceSheet:
    """Settle the slot for good: whoever has no mark is absent. The last slot completes the session."""
    with transaction.atomic():
        session = _lock_open(slot)
        _write(slot, {}, by=by, rest=State.ABSENT)
        sheet = _write_sheet(slot, version=1, source="sheet", by=by)
        log(
            instance=session,
            action="escale.close_sheet",
            user=by,
            data={"slot": slot.pk, "version": sheet.version, "hash": sheet.content_hash},
        )
        _complete(session, slot)
        return sheet


def mark_imported(*, slot: Slot, marks: dict[int, str], by: User | None) -> int:
    """What a spreadsheet says of an imported session, closed or not; then comes ``settle_imported_sheet``."""
    with transaction.atomic():
        _lock_imported(slot)
        return _write(slot, marks, by=by)


def settle_imported_sheet(*, slot: Slot, by: User | None) -> AttendanceSheet:
    """Close an imported slot, in a new version if a later file says something else; repeatable."""
    with transaction.atomic():
        session = _lock_imported(slot)
        _write(slot, {}, by=by, rest=State.ABSENT)
        last = current_sheet(slot)
        if last and last.content_hash == _hash(_content(slot)):
            return last
        sheet = _write_sheet(slot, version=last.version + 1 if last else 1, source="import", by=by)
        _complete(session, slot)
        return sheet


def attended(*, session: Session) -> dict[int, list[Slot]]:
    """Per registration, the slots of closed sheets where the person was present or late, in order."""
    sheets = AttendanceSheet.objects.filter(slot__session=session).select_related("slot")
    latest = {sheet.slot_id: sheet for sheet in sheets.order_by("slot__starts_at", "slot_id", "version")}
    came: dict[int, list[Slot]] = {}
    for sheet in latest.values():
        for line in sheet.content:
            if line["state"] in CAME:
                came.setdefault(line["registration"], []).append(sheet.slot)
    return came


def _lock_open(slot: Slot) -> Session:
    session = seats.lock(session_id=slot.session_id)
    slot.session = session
    if reason := obstacle(slot=slot):
        raise DomainError(reason)
    if is_closed(slot):
        raise DomainError("La feuille de ce créneau est déjà close : elle ne change plus.")
    return session


def _lock_imported(slot: Slot) -> Session:
    session = seats.lock(session_id=slot.session_id)
    if not session.imported:
        raise DomainError("Cette session n’a pas été importée : sa feuille se tient sur place.")
    return session


def _confirmed(slot: Slot) -> set[int]:
    return set(
        Registration.objects.filter(
            session_id=slot.session_id, state=Registration.State.CONFIRMED
        ).values_list("pk", flat=True)
    )


def _write(slot: Slot, marks: dict[int, str], *, by: User | None, rest: str = "") -> int:
    """Store the marks that change something, in three queries however many they are."""
    confirmed = _confirmed(slot)
    if not set(marks) <= confirmed:
        raise DomainError("Une personne pointée n’est plus confirmée à cette session : rechargez la page.")
    if not {*marks.values(), rest or State.ABSENT} <= set(State.values):
        raise DomainError("Choisissez une présence dans la liste.")
    known = {mark.registration_id: mark for mark in Attendance.objects.filter(slot=slot)}
    wanted = dict(marks)
    if rest:
        wanted |= {pk: rest for pk in confirmed if pk not in marks and pk not in known}
    changes = {pk: state for pk, state in wanted.items() if pk not in known or known[pk].state != state}
    if not changes:
        return 0
    stamp = {"marked_at": timezone.now(), "marked_by": by}
    Attendance.objects.bulk_create(
        [Attendance(slot=slot, registration_id=pk, state=state, **stamp) for pk, state in changes.items()],
        update_conflicts=True,
        unique_fields=["registration", "slot"],
        update_fields=["state", "marked_at", "marked_by"],
    )
    before = {pk: known[pk].state if pk in known else None for pk in changes}
    log(
        instance=slot.session,
        action="escale.attendance",
        user=by,
        data={"slot": slot.pk, "marks": {str(pk): [before[pk], str(changes[pk])] for pk in sorted(changes)}},
    )
    return len(changes)


def _content(slot: Slot) -> Content:
    marks = Attendance.objects.filter(slot=slot, registration__in=_confirmed(slot))
    return [
        {"registration": pk, "state": state}
        for pk, state in marks.order_by("registration").values_list("registration", "state")
    ]


def _hash(content: Content) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _write_sheet(slot: Slot, *, version: int, source: str, by: User | None) -> AttendanceSheet:
    content = _content(slot)
    return AttendanceSheet.objects.create(
        slot=slot,
        version=version,
        source=source,
        closed_at=timezone.now(),
        closed_by=by,
        content=content,
        content_hash=_hash(content),
    )


def _complete(session: Session, slot: Slot) -> None:
    """Date the moment when the last slot was settled."""
    if session.completed_at is None and not session.slots.filter(sheets__isnull=True).exists():
        session.completed_at = timezone.now()
        session.save(update_fields=["completed_at"])
    slot.session = session
