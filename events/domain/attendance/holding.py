"""A session held by whoever may take the attendance of one of its slots, in one statement written once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from common.prepared import DAY, PLACE, Prepared
from events.access import works_with
from events.models import ActivityPage, Attendance, Session, Slot
from events.models.session import SessionQuerySet
from members.models import User


@dataclass(frozen=True)
class Taking:
    """What a mark needs of a slot and its session, held; ``noted`` is when the sheet last changed."""

    slot: Slot
    organisation: int
    noted: datetime | None


def _of_slot(slot: int, own: Q) -> SessionQuerySet:
    """From the session's table alone: its row, and no other, is held."""
    slots = Slot.objects.filter(pk=slot).order_by()
    activity = ActivityPage.objects.filter(pk=OuterRef("activity")).order_by()
    marks = Attendance.objects.filter(slot=slot).order_by("-marked_at")
    return (
        Session.objects.select_for_update(no_key=True)
        .filter(own, pk=Subquery(slots.values("session")))
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


EVERY: Prepared[Any] = Prepared(lambda slot: _of_slot(slot, Q()))
OWN: Prepared[Any] = Prepared(
    lambda slot, user, on: _of_slot(slot, works_with(user, on=on)), PLACE, PLACE - 1, DAY
)


def hold_for_attendance(user: User, slot: int) -> Taking | None:
    """``slot``, if it is one of ``attendance_slots``, and its session held: in one statement written once."""
    if not user.is_active:
        return None
    found = EVERY(slot) if user.is_superuser else OWN(slot, user.pk, timezone.localdate())
    if not found:
        return None
    held = found[0]
    taken = Slot(pk=slot, session=held, starts_at=held.begins, ends_at=held.ends)
    return Taking(taken, held.organisation, held.noted)
