"""Days and hours as French people write them, in Paris time."""

from datetime import date, datetime
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.timezone import localtime

NBSP = "\N{NO-BREAK SPACE}"


def hour(moment: datetime) -> str:
    """« 19 h », « 19 h 30 »."""
    moment = localtime(moment)
    minutes = f"{NBSP}{moment:%M}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def day(moment: datetime) -> str:
    """« jeudi 17 décembre 2026 », « mardi 1er décembre 2026 »."""
    return _day(localtime(moment).date())


def short_day(moment: datetime) -> str:
    """« 17/12/2026 »: where lines are many."""
    return f"{localtime(moment):%d/%m/%Y}"


def short_moment(moment: datetime) -> str:
    """« 17/12/2026 à 19 h »."""
    return f"{short_day(moment)} à {hour(moment)}"


def date_text(day: date) -> str:
    """« 17 décembre 2026 », « 1er décembre 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{date_format(day, 'F Y')}"


def duration(minutes: int) -> str:
    """« 2 h », « 2 h 30 », « 45 min »."""
    if 0 < minutes < 60:
        return f"{minutes}{NBSP}min"
    rest = f"{NBSP}{minutes % 60:02}" if minutes % 60 else ""
    return f"{number(minutes // 60)}{NBSP}h{rest}"


def number(value: int) -> str:
    """« 1 250 »."""
    return f"{value:,}".replace(",", NBSP)


def moment(value: datetime) -> str:
    """« jeudi 17 décembre 2026 à 19 h »."""
    return f"{day(value)} à {hour(value)}"


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """« de 19 h à 21 h »."""
    return f"de {hour(starts_at)} à {hour(ends_at)}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """« jeudi 17 décembre 2026, de 19 h à 21 h », or from one day to another."""
    if localtime(starts_at).date() == localtime(ends_at).date():
        return f"{day(starts_at)}, {hours(starts_at, ends_at)}"
    return f"du {moment(starts_at)} au {moment(ends_at)}"


@lru_cache(maxsize=2_000)
def _day(day: date) -> str:
    """Pages say a few days many times, and Django looks up the language for each word."""
    return f"{date_format(day, 'l')} {date_text(day)}"
