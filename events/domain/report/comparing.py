"""A report beside that of the period before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from events.domain.report import satisfaction
from events.domain.report.counting import count
from events.domain.report.figures import Report, SessionFigures
from events.domain.report.periods import Period
from events.models import ActivityPage


@dataclass(frozen=True)
class Bilan:
    """``previous`` is None when there is nothing to compare with."""

    period: Period
    current: Report
    before: Period | None = None
    previous: Report | None = None

    @property
    def to_close(self) -> list[SessionFigures]:
        """Of both periods, the one before first."""
        return [*(self.previous.to_close if self.previous else ()), *self.current.to_close]


def compared(*, activities: Iterable[ActivityPage], period: Period) -> Bilan:
    """The figures of ``period`` and, where something happened then, of the period before."""
    ids = [activity.pk for activity in activities]
    surveys = satisfaction.collect(ids)
    current = count(activities=ids, since=period.since, until=period.until, surveys=surveys)
    before = period.previous(timezone.localdate())
    if before is None:
        return Bilan(period, current)
    previous = count(activities=ids, since=before.since, until=before.until, surveys=surveys)
    return Bilan(period, current, before, None if previous.is_empty else previous)
