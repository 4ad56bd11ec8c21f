"""French public holidays, and school holidays by zone, as far as their official calendar is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays
from vacances_scolaires_france import SchoolHolidayDates

from events.domain import seasons


@dataclass(frozen=True)
class DayOff:
    """What is special about a day; ``school`` is None when nobody knows yet."""

    public: str
    school: str | None


def day_off(day: date, *, zone: str) -> DayOff:
    return DayOff(public=public_holiday(day), school=school_holiday(day, zone=zone))


def public_holiday(day: date) -> str:
    """Its French name, or nothing."""
    return _typographic(_public(day.year).get(day, ""))


def school_holiday(day: date, *, zone: str) -> str | None:
    """Its French name, or nothing; None when the official calendar of that year is not known here."""
    calendar = _school()
    if not min(calendar) <= day <= known_until():
        return None
    row = calendar.get(day)
    return _typographic(row["nom_vacances"]) if row and row[f"vacances_zone_{zone.lower()}"] else ""


def known_until() -> date:
    """The last day of the last summer whose holidays are published."""
    return max(_school())


def unknown_years(days: Iterable[date]) -> list[str]:
    """The school years, of those of ``days``, whose calendar is not known."""
    calendar = _school()
    unknown = {seasons.label(day) for day in days if not min(calendar) <= day <= known_until()}
    return sorted(unknown)


def unknown_sentence(days: Iterable[date]) -> str:
    """Said plainly, rather than to pretend that there are no school holidays."""
    years = unknown_years(days)
    if not years:
        return ""
    which = f"l’année {years[0]}" if len(years) == 1 else f"les années {', '.join(years)}"
    return (
        f"Le calendrier officiel des vacances scolaires n’est pas connu ici pour {which} : "
        "elles ne sont pas signalées, vérifiez ces dates."
    )


@cache
def _public(year: int) -> dict[date, str]:
    return dict(country_holidays("FR", years=year, language="fr"))


@cache
def _school() -> dict[date, dict]:
    return SchoolHolidayDates().data


def _typographic(name: str) -> str:
    return name.replace("'", "’")
