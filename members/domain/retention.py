"""How long data is kept: the policy in force, and the moments at which a time is over."""

import calendar
from datetime import date, datetime, time

from django.utils import timezone

from members.models import RetentionPolicy


def policy() -> RetentionPolicy:
    """The periods in force; the defaults until an administrator saved others. Writes nothing."""
    return RetentionPolicy.objects.first() or RetentionPolicy()


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time ``months`` earlier; a month that has no such day gives its last one."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def years_before(moment: datetime, years: int) -> datetime:
    return months_before(moment, 12 * years)


def year_over(moment: datetime, years: int) -> datetime:
    """Before this, a thing's own year has been over for ``years`` years: a first of January in Paris."""
    return timezone.make_aware(
        datetime.combine(date(timezone.localtime(moment).year - years, 1, 1), time.min)
    )
