"""Hours per year: the sum of what closed attendance sheets record of a person, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, CharField, DurationField, Exists, F, OuterRef, Q, Sum, Value, When
from django.db.models.functions import ExtractYear

from events.models import Attendance, AttendanceSheet
from events.models.attendance import CAME
from members.models import User
from trainings.models import TrainingPage

MEETINGS, TRAININGS = "meetings", "trainings"


@dataclass(frozen=True)
class Year:
    """Minutes; ``total`` is the sum of the kinds."""

    year: int
    meetings: int
    trainings: int

    @property
    def total(self) -> int:
        return self.meetings + self.trainings


def hours_per_year(user: User) -> Sequence[Year]:
    """The latest year first; years without presence are left out."""
    closed = AttendanceSheet.objects.filter(slot=OuterRef("slot"))
    training = TrainingPage.objects.filter(pk=OuterRef("slot__session__activity"))
    came = (
        Attendance.objects.filter(Exists(closed), registration__user=user, state__in=CAME)
        .order_by()
        .annotate(
            year=ExtractYear("slot__starts_at"),
            kind=Case(
                When(Exists(training), then=Value(TRAININGS)),
                default=Value(MEETINGS),
                output_field=CharField(),
            ),
        )
        .values_list("year", "kind")
        .annotate(
            part=Sum("minutes"),
            whole=Sum(
                F("slot__ends_at") - F("slot__starts_at"),
                filter=Q(minutes=None),
                output_field=DurationField(),
            ),
        )
    )
    spent = {(year, kind): (part or 0) + _minutes(whole) for year, kind, part, whole in came}
    years = sorted({year for year, _kind in spent}, reverse=True)
    return [Year(year, spent.get((year, MEETINGS), 0), spent.get((year, TRAININGS), 0)) for year in years]


def _minutes(spent: timedelta | None) -> int:
    return round(spent.total_seconds() / 60) if spent else 0
