"""Hours per year: the sum of what closed attendance sheets record of a person, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, OuterRef, Value, When
from django.db.models.functions import ExtractYear

from events.domain.attendance import hours
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
    training = TrainingPage.objects.filter(pk=OuterRef("slot__session__activity"))
    rows = (
        hours.came(user=user)
        .annotate(
            year=ExtractYear("slot__starts_at"),
            kind=Case(
                When(Exists(training), then=Value(TRAININGS)),
                default=Value(MEETINGS),
                output_field=CharField(),
            ),
        )
        .values_list("year", "kind")
        .annotate(**hours.sums())
    )
    spent = {(year, kind): hours.minutes(part, whole) for year, kind, part, whole in rows}
    years = sorted({year for year, _kind in spent}, reverse=True)
    return [Year(year, spent.get((year, MEETINGS), 0), spent.get((year, TRAININGS), 0)) for year in years]
