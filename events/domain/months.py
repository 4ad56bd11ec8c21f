"""Months as addresses write them, and their weeks."""

import calendar
import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTH = re.compile("([0-9]{4})-([0-9]{2})")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
ONE_DAY = timedelta(days=1)


def month_of(typed: str) -> date:
    """The first day of « 2026-12 », or of this month."""
    return read_month(typed) or timezone.localdate().replace(day=1)


def read_month(typed: str) -> date | None:
    found = MONTH.fullmatch(typed)
    if found and FIRST_YEAR <= int(found[1]) < LAST_YEAR and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    return None


def neighbour(month: date, step: int) -> date | None:
    """The month before or after; None beyond the years that the calendar knows."""
    year, index = divmod(month.year * 12 + month.month - 1 + step, 12)
    return date(year, index + 1, 1) if FIRST_YEAR <= year < LAST_YEAR else None


def weeks_of(month: date) -> list[list[date]]:
    """From Monday to Sunday, the first and the last week whole."""
    return calendar.Calendar().monthdatescalendar(month.year, month.month)


def midnight(day: date) -> datetime:
    """The first moment of ``day`` in Paris."""
    return timezone.make_aware(datetime.combine(day, time.min))
