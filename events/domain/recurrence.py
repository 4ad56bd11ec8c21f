"""From « every third Thursday at 19:00 » to dates. Days and hours are local until the very last step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MONTHLY, WEEKLY, rrule
from dateutil.rrule import weekday as rule_weekday
from django.db import models
from django.utils import timezone

from common.errors import DomainError
from events.domain.written_dates import read_date

MAX_DATES = 60
TOO_MANY = f"Une saison compte {MAX_DATES} dates au plus : raccourcissez la période."


class Rank(models.TextChoices):
    """Which of the month's such weekdays."""

    EVERY = "every", "semaine, le"
    FORTNIGHT = "fortnight", "quinzaine, le"
    FIRST = "1", "1er"
    SECOND = "2", "2e"
    THIRD = "3", "3e"
    FOURTH = "4", "4e"
    FIFTH = "5", "5e"
    LAST = "-1", "dernier"


@dataclass(frozen=True)
class Span:
    """From one day to another, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Rhythm:
    """« Every 3rd Thursday, from September to June »; ``weekday`` counts from Monday, 0."""

    rank: Rank
    weekday: int
    since: date
    until: date


def dates(*, rhythm: Rhythm, without: Iterable[Span] = ()) -> list[date]:
    """The days of ``rhythm``, but those in ``without``. Raises ``DomainError`` naming the field."""
    if rhythm.until < rhythm.since:
        raise DomainError("La période finit avant de commencer.", field="until")
    start = datetime.combine(rhythm.since, time())
    end = datetime.combine(rhythm.until, time())
    if rhythm.rank in (Rank.EVERY, Rank.FORTNIGHT):
        start += timedelta(days=(rhythm.weekday - start.weekday()) % 7)
        interval = 1 if rhythm.rank == Rank.EVERY else 2
        rule = rrule(WEEKLY, interval=interval, dtstart=start, until=end)
    else:
        on = rule_weekday(rhythm.weekday, int(rhythm.rank))
        rule = rrule(MONTHLY, byweekday=on, dtstart=start, until=end)
    excluded = list(without)
    found = [day.date() for day in rule if not any(day.date() in span for span in excluded)]
    return _few_enough(found, field="until")


def read_dates(text: str) -> list[date]:
    """Dates typed or pasted, one per line or separated by commas, sorted, each once."""
    found = {read_date(typed, field="dates", line=line) for line, typed in _pieces(text)}
    if not found:
        raise DomainError("Indiquez au moins une date, par exemple 17/12/2026.", field="dates")
    return _few_enough(sorted(found), field="dates")


def read_exclusions(text: str) -> list[Span]:
    """« 17/12/2026 », « semaine du 21/12/2026 », « du 20/02/2027 au 07/03/2027 », one per line."""
    return [_read_span(typed, line) for line, typed in _pieces(text)]


def moment(day: date, hour: time) -> datetime:
    """That hour in Paris on that day. Refuses one that the clock change skips or repeats."""
    naive = datetime.combine(day, hour)
    zone = timezone.get_current_timezone()
    one, other = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if one != other:
        how = "n’existe pas" if one < other else "existe deux fois"  # type: ignore[operator]
        raise DomainError(
            f"{hour:%H:%M} {how} le {day:%d/%m/%Y} : c’est la nuit du changement d’heure.", field="hours"
        )
    return naive.replace(tzinfo=zone)


def shifted(value: datetime, *, days: int) -> datetime:
    """The same hour, so many days later: 19:00 stays 19:00."""
    local = timezone.localtime(value)
    return moment(local.date() + timedelta(days=days), local.time())


def a_year_later(day: date) -> date:
    """The same weekday of the same rank in the same month; a fifth that does not exist is the last."""
    first = date(day.year + 1, day.month, 1)
    found = first + timedelta(days=(day.weekday() - first.weekday()) % 7 + (day.day - 1) // 7 * 7)
    return found if found.month == day.month else found - timedelta(days=7)


def rank_of(day: date) -> Rank:
    """Which such weekday of its month; one that is the fifth is taken for the last."""
    number = (day.day - 1) // 7 + 1
    return Rank.LAST if number == 5 else Rank(str(number))


def _pieces(text: str) -> list[tuple[int, str]]:
    """Line number and text of each piece."""
    lines = text.replace(";", ",").splitlines()
    pieces = [(number, one.strip()) for number, line in enumerate(lines, 1) for one in line.split(",")]
    return [(number, piece) for number, piece in pieces if piece]


def _read_span(typed: str, line: int) -> Span:
    words = typed.lower()
    if words.startswith("semaine du "):
        day = read_date(typed[len("semaine du ") :], field="without", line=line)
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=6))
    if words.startswith("du ") and " au " in words:
        cut = words.index(" au ")
        first = read_date(typed[len("du ") : cut], field="without", line=line)
        last = read_date(typed[cut + len(" au ") :], field="without", line=line)
        if last < first:
            raise DomainError(f"Ligne {line} : cette période finit avant de commencer.", field="without")
        return Span(first, last)
    day = read_date(typed, field="without", line=line)
    return Span(day, day)


def _few_enough(found: list[date], *, field: str) -> list[date]:
    if len(found) > MAX_DATES:
        raise DomainError(TOO_MANY, field=field)
    return found
