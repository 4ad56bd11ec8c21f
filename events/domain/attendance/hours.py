"""What ``reading.attended`` says of one person, over all sessions: summed by the database."""

from datetime import timedelta
from typing import Any

from django.db.models import DurationField, Exists, F, OuterRef, Q, QuerySet, Sum

from events.models import Attendance, AttendanceSheet
from events.models.attendance import CAME
from members.models import User


def came(*, user: User) -> QuerySet[Attendance]:
    """The slots of closed sheets that ``user`` attended, in no order."""
    closed = AttendanceSheet.objects.filter(slot=OuterRef("slot"))
    return Attendance.objects.filter(Exists(closed), registration__user=user, state__in=CAME).order_by()


def sums() -> dict[str, Any]:
    """Aggregates that ``minutes`` adds up: of who was there for a part, and for the whole slot."""
    length = F("slot__ends_at") - F("slot__starts_at")
    return {
        "part": Sum("minutes"),
        "whole": Sum(length, filter=Q(minutes=None), output_field=DurationField()),
    }


def minutes(part: int | None, whole: timedelta | None) -> int:
    return (part or 0) + (round(whole.total_seconds() / 60) if whole else 0)
