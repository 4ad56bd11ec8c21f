"""What the rules of this package share: the session held, marks and versions of a sheet written."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.attendance.reading import Standing, is_closed, obstacle, standing
from events.models import Attendance, AttendanceSheet, Registration, Session, Signature, Slot
from members.models import User

State = Attendance.State
PARTIAL = (State.LATE, State.LEFT)
Content = list[dict[str, Any]]
Marks = Mapping[int, str]
# Of who came late or left early; None: the whole slot after all.
Minutes = Mapping[int, int | None]
Noted = tuple[str, int | None]
CLOSED = "La feuille de ce créneau est déjà close : une erreur se corrige dans une nouvelle version."


def lock_open(slot: Slot) -> Session:
    _hold(slot)
    if is_closed(slot):
        raise DomainError(CLOSED)
    return slot.session


def open_standing(slot: Slot) -> Standing:
    """``lock_open``, and what stands on the sheet, in two queries."""
    _hold(slot)
    found = standing(slot)
    if found.closed:
        raise DomainError(CLOSED)
    return found


def _hold(slot: Slot) -> None:
    slot.session = seats.lock(session_id=slot.session_id)
    if reason := obstacle(slot=slot):
        raise DomainError(reason)


def confirmed(slot: Slot) -> set[int]:
    return set(
        Registration.objects.filter(
            session_id=slot.session_id, state=Registration.State.CONFIRMED
        ).values_list("pk", flat=True)
    )


def noted(slot: Slot) -> dict[int, Noted]:
    rows = Attendance.objects.filter(slot=slot).values_list("registration", "state", "minutes")
    return {pk: (state, minutes) for pk, state, minutes in rows}


def write(
    slot: Slot,
    marks: Marks,
    *,
    by: User | None,
    rest: str = "",
    minutes: Minutes | None = None,
    people: set[int] | None = None,
    stands: Standing | None = None,
) -> int:
    """Store the marks that change something, in three queries however many they are.

    Needs the session held. ``people`` who may be marked: by default, those who are confirmed. ``stands``
    is what was read meanwhile, instead of reading again.
    """
    if stands is not None:
        people, known = set(stands.marks), {pk: mark for pk, mark in stands.marks.items() if mark}
    else:
        people, known = confirmed(slot) if people is None else people, noted(slot)
    check(slot, marks, rest, minutes or {}, people)
    changes = {pk: wanted(state, pk, known, minutes or {}, slot) for pk, state in marks.items()}
    if rest:
        changes |= {pk: (rest, None) for pk in people if pk not in marks and pk not in known}
    changes = {pk: found for pk, found in changes.items() if known.get(pk) != found}
    if not changes:
        return 0
    stamp = {"marked_at": timezone.now(), "marked_by": by}
    Attendance.objects.bulk_create(
        [
            Attendance(slot=slot, registration_id=pk, state=state, minutes=spent, **stamp)
            for pk, (state, spent) in changes.items()
        ],
        update_conflicts=True,
        unique_fields=["registration", "slot"],
        update_fields=["state", "minutes", "marked_at", "marked_by"],
    )
    told = {str(pk): [in_journal(known.get(pk)), in_journal(changes[pk])] for pk in sorted(changes)}
    log(instance=slot.session, action="escale.attendance", user=by, data={"slot": slot.pk, "marks": told})
    return len(changes)


def settle(slot: Slot, people: set[int]) -> Content:
    """What is settled of ``people``; minutes only where they are less than the slot.

    From now on the stored marks of the slot say the same as its sheet: queries may count them.
    """
    marks = noted(slot)
    if strays := set(marks) - people:
        Attendance.objects.filter(slot=slot, registration__in=strays).delete()
    if any(minutes is not None and minutes >= slot.minutes for _state, minutes in marks.values()):
        Attendance.objects.filter(slot=slot, minutes__gte=slot.minutes).update(minutes=None)
    signed = dict(Signature.objects.filter(slot=slot, sheet=None).values_list("registration", "digest"))
    return [_line(slot, pk, marks[pk], signed.get(pk)) for pk in sorted(people & set(marks))]


def digest(said: Any) -> str:
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_sheet(
    slot: Slot,
    *,
    said: Content,
    version: int = 1,
    source: str = "sheet",
    reason: str = "",
    by: User | None,
) -> AttendanceSheet:
    return AttendanceSheet.objects.create(
        slot=slot,
        version=version,
        source=source,
        reason=reason,
        closed_at=timezone.now(),
        closed_by=by,
        content=said,
        content_hash=digest(said),
    )


def complete(session: Session, slot: Slot) -> None:
    """Date the moment when the last slot was settled."""
    if session.completed_at is None and not session.slots.filter(sheets__isnull=True).exists():
        session.completed_at = timezone.now()
        session.save(update_fields=["completed_at"])
    slot.session = session


def check(slot: Slot, marks: Marks, rest: str, minutes: Minutes, people: set[int]) -> None:
    if not set(marks) <= people:
        raise DomainError("Une personne pointée n’est plus confirmée à cette session : rechargez la page.")
    if not {*marks.values(), rest or State.ABSENT} <= set(State.values):
        raise DomainError("Choisissez une présence dans la liste.")
    for pk, spent in minutes.items():
        if spent is None:
            continue
        if marks.get(pk) not in PARTIAL:
            raise DomainError("Les minutes se notent pour qui est en retard ou parti·e avant la fin.")
        if not 1 <= spent <= slot.minutes:
            raise DomainError(f"Les minutes de présence vont de 1 à {slot.minutes}, la durée du créneau.")


def wanted(state: str, pk: int, known: Mapping[int, Noted], minutes: Minutes, slot: Slot) -> Noted:
    """Minutes that nobody speaks of stay while the state does."""
    before, spent = known.get(pk, ("", None))
    if state not in PARTIAL:
        return str(state), None
    spent = minutes.get(pk, spent if before == state else None)
    return str(state), spent if spent is not None and spent < slot.minutes else None


def _line(slot: Slot, registration: int, mark: Noted, signature: str | None) -> dict[str, Any]:
    state, minutes = mark
    line: dict[str, Any] = {"registration": registration, "state": state}
    if minutes is not None and minutes < slot.minutes:
        line["minutes"] = minutes
    return line if signature is None else {**line, "signature": signature}


def in_journal(mark: Noted | None) -> Any:
    """In the journal: the state alone, or the state and its minutes."""
    if mark is None:
        return None
    state, minutes = mark
    return state if minutes is None else [state, minutes]
