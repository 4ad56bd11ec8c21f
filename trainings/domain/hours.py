"""Hours of a person per training, over all its sessions: sums of closed attendance, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, DurationField, Exists, F, Max, OuterRef, Q, Sum

from events.models import Attendance, AttendanceSheet
from events.models.attendance import CAME
from members.models import User
from trainings.models import Completion, TrainingPage


@dataclass(frozen=True)
class TrainingHours:
    """``sessions`` is how many of its sessions the person came to."""

    activity_id: int
    title: str
    minutes: int
    sessions: int
    completed: bool


def hours_per_training(*, user: User) -> list[TrainingHours]:
    """The one that the person came to last, first."""
    closed = AttendanceSheet.objects.filter(slot=OuterRef("slot"))
    of = "slot__session__activity"
    rows = (
        Attendance.objects.filter(
            Exists(closed),
            registration__user=user,
            state__in=CAME,
            **{f"{of}__in": TrainingPage.objects.order_by().values("pk")},
        )
        .order_by()
        .values_list(of, f"{of}__title")
        .annotate(
            part=Sum("minutes"),
            whole=Sum(
                F("slot__ends_at") - F("slot__starts_at"),
                filter=Q(minutes=None),
                output_field=DurationField(),
            ),
            dates=Count("slot__session", distinct=True),
            last=Max("slot__starts_at"),
        )
        .order_by("-last", of)
    )
    done = set(
        Completion.objects.filter(registration__user=user).values_list(
            "registration__session__activity", flat=True
        )
    )
    return [
        TrainingHours(pk, title, (part or 0) + _minutes(whole), dates, pk in done)
        for pk, title, part, whole, dates, _last in rows
    ]


def hours_of_training(*, user: User, activity_id: int) -> TrainingHours | None:
    return next((each for each in hours_per_training(user=user) if each.activity_id == activity_id), None)


def _minutes(spent: timedelta | None) -> int:
    return round(spent.total_seconds() / 60) if spent else 0
