"""What whoever may take the attendance of a slot needs of it, in one statement written once.

Read, or read with its session held. SQLite holds its one lock for as short as it can: what was read before is
a condition of the write (``still``).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from common.prepared import DAY, PLACE, Prepared, PreparedCondition
from events.access import works_with
from events.models import ActivityPage, Attendance, Session, Slot
from events.models.session import SessionQuerySet
from members.models import User


@dataclass(frozen=True)
class Taking:
    """What a mark needs of a slot and its session; ``noted`` is when the sheet last changed."""

    slot: Slot
    organisation: int
    noted: datetime | None


def _of_slot(slot: int, own: Q, sessions: SessionQuerySet) -> SessionQuerySet:
    """From the session's table alone: its row, and no other, is held where rows are."""
    slots = Slot.objects.filter(pk=slot).order_by()
    activity = ActivityPage.objects.filter(pk=OuterRef("activity")).order_by()
    marks = Attendance.objects.filter(slot=slot).order_by("-marked_at")
    return (
        sessions.filter(own, pk=Subquery(slots.values("session")))
        .exclude(status=Session.Status.DRAFT)
        .order_by()
        .only("title", "status")
        .annotate(
            begins=Subquery(slots.values("starts_at")),
            ends=Subquery(slots.values("ends_at")),
            organisation=Subquery(activity.values("organisation")),
            noted=Subquery(marks.values("marked_at")[:1]),
        )
    )


def _still(session: int, own: Q) -> SessionQuerySet:
    return Session.objects.filter(own, pk=session, status=Session.Status.PUBLISHED).order_by()


def _every(sessions: SessionQuerySet) -> Prepared[Any]:
    return Prepared(lambda slot: _of_slot(slot, Q(), sessions))


def _own(sessions: SessionQuerySet) -> Prepared[Any]:
    return Prepared(
        lambda slot, user, on: _of_slot(slot, works_with(user, on=on), sessions), PLACE, PLACE - 1, DAY
    )


HELD = Session.objects.select_for_update(no_key=True)
EVERY, OWN = _every(Session.objects.all()), _own(Session.objects.all())
EVERY_HELD, OWN_HELD = _every(HELD), _own(HELD)
STILL_EVERY = PreparedCondition(lambda session: _still(session, Q()), PLACE)
STILL_OWN = PreparedCondition(
    lambda session, user, on: _still(session, works_with(user, on=on)), PLACE, PLACE - 1, DAY
)


def read_for_attendance(user: User, slot: int) -> Taking | None:
    """``slot``, if it is one of ``attendance_slots``."""
    return _taken(user, slot, EVERY, OWN)


def hold_for_attendance(user: User, slot: int) -> Taking | None:
    """The same, and its session held."""
    return _taken(user, slot, EVERY_HELD, OWN_HELD)


def still(user: User, session: int) -> tuple[str, dict[str, Any]]:
    """That ``session`` is published and ``user`` may take its attendance: a guard for who held nothing."""
    if user.is_superuser:
        return STILL_EVERY(session)
    return STILL_OWN(session, user.pk, timezone.localdate())


def _taken(user: User, slot: int, every: Prepared[Any], own: Prepared[Any]) -> Taking | None:
    if not user.is_active:
        return None
    found = every(slot) if user.is_superuser else own(slot, user.pk, timezone.localdate())
    if not found:
        return None
    one = found[0]
    taken = Slot(pk=slot, session=one, starts_at=one.begins, ends_at=one.ends)
    return Taking(taken, one.organisation, one.noted)
