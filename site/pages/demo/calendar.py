"""Days of the demo, counted from today in Paris."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from events.domain.sessions import SlotTimes

THURSDAY, FRIDAY = 3, 4


def third_thursday(*, months: int) -> date:
    """The third Thursday of the month that comes ``months`` after the first one still ahead."""
    today = timezone.localdate()
    first = _third_thursday_of(today.year, today.month)
    return _third_thursday_of(today.year, today.month + months + (first <= today))


def weekday_after(*, days: int, weekday: int) -> date:
    """The first such weekday, ``days`` from today or later, outside the end-of-year holidays."""
    day = timezone.localdate() + timedelta(days=days)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3):
        day += timedelta(weeks=1)  # nobody meets between Christmas and the New Year
    return day


def fortnightly(*, days: int, weekday: int, times: int) -> list[date]:
    """Such weekdays, two weeks apart or more."""
    found = [weekday_after(days=days, weekday=weekday)]
    while len(found) < times:
        ahead = (found[-1] - timezone.localdate()).days + 14
        found.append(weekday_after(days=ahead, weekday=weekday))
    return found


def next_last_friday_of(month: int) -> date:
    """The last Friday of that month, this year or next, at least ten weeks ahead."""
    today = timezone.localdate()
    for year in (today.year, today.year + 1, today.year + 2):
        day = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        day -= timedelta(days=(day.weekday() - FRIDAY) % 7)
        if day > today + timedelta(weeks=10):
            return day
    raise AssertionError("Three years hold two such Fridays")


def slot(day: date, start: str, end: str, label: str = "") -> SlotTimes:
    """``slot(day, "19:00", "21:00")``, in Paris time."""
    return SlotTimes(_at(day, start), _at(day, end), label)


def _at(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def _third_thursday_of(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 14)
