"""One month of the catalogue: weeks of days, each with the first of its sessions."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from events.domain.cards import cards
from events.domain.months import ONE_DAY, midnight, weeks_of
from events.models import Session, Slot
from events.models.session import SessionQuerySet

SHOWN, MOST_SLOTS = 3, 5_000


@dataclass(frozen=True)
class Begun:
    """A session as a day shows it: it may last several."""

    starts_at: datetime
    session: Session


@dataclass
class Day:
    """``others`` have no room here; ``address`` lists them."""

    date: date
    in_month: bool
    is_today: bool
    sessions: list[Begun] = field(default_factory=list)
    others: int = 0
    address: str = ""


def month_days(
    *, sessions: SessionQuerySet, month: date, among: Container[int] | None = None
) -> list[list[Day]]:
    """From this week on: of ``sessions`` those ``among`` these numbers. Two queries, whatever the month
    holds; what a day has no room for is counted."""
    today = timezone.localdate()
    ahead = [week for week in weeks_of(month) if week[-1] >= today]
    weeks = [[Day(day, day.month == month.month, day == today) for day in week] for week in ahead]
    begun = _begun(sessions, month, among)
    shown = {key for slots in begun.values() for _at, key in slots[:SHOWN]}
    found = {each.pk: each for each in cards(shown)}
    for day in (day for week in weeks for day in week if day.in_month):
        slots = begun.get(day.date, [])
        day.sessions = [Begun(at, found[key]) for at, key in slots[:SHOWN] if key in found]
        day.others = max(0, len(slots) - SHOWN)
    return weeks


def busy_days(weeks: Iterable[Iterable[Day]]) -> list[Day]:
    return [day for week in weeks for day in week if day.sessions]


def _begun(
    sessions: SessionQuerySet, month: date, among: Container[int] | None
) -> dict[date, list[tuple[datetime, int]]]:
    """What begins on each day, once a session, by the hour."""
    last = weeks_of(month)[-1][-1]
    until = min(last + ONE_DAY, (month.replace(day=28) + 4 * ONE_DAY).replace(day=1))
    rows = (
        Slot.objects.filter(
            session__in=sessions.order_by().values("pk"),
            starts_at__gte=midnight(month),
            starts_at__lt=midnight(until),
        )
        .order_by("starts_at", "pk")
        .values_list("starts_at", "session")[:MOST_SLOTS]
    )
    found: dict[date, dict[int, datetime]] = {}
    for starts_at, key in rows:
        if among is None or key in among:
            found.setdefault(timezone.localdate(starts_at), {}).setdefault(key, starts_at)
    return {day: [(at, key) for key, at in keys.items()] for day, keys in found.items()}
