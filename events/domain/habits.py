"""What an organisation usually does: where a new season begins from, so that little is left to type."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.utils import timezone

from events.domain.planning import Place, days_between
from events.domain.recurrence import Rank, rank_of
from events.domain.written_dates import Hours
from events.models import ActivityPage, Session, SessionRole
from members.models import Organisation

THURSDAY = 3
EVENING = (time(19), time(21))
LEADING = (SessionRole.Role.FACILITATOR, SessionRole.Role.TRAINER)
REMEMBERED = 300
SUMMER = range(5, 9)  # from May on, the next season is meant


@dataclass
class Habit:
    """A season like the activity's last session; without one, third Thursdays from 19:00 to 21:00."""

    since: date
    until: date
    rank: Rank = Rank.THIRD
    weekday: int = THURSDAY
    hours: list[Hours] = field(default_factory=lambda: [EVENING])
    place: Place = field(default_factory=Place)
    modality: str = Session.Modality.ONSITE
    online_url: str = ""
    to_bring: str = ""
    capacity: int = 12
    role: str = SessionRole.Role.FACILITATOR
    name: str = ""
    email: str = ""
    opens_days: int | None = None
    closes_days: int | None = None


def habit_of(activity: ActivityPage) -> Habit:
    sessions = list(
        Session.objects.filter(activity=activity)
        .exclude(status=Session.Status.CANCELLED)
        .order_by("-starts_at", "-pk")[:2]
    )
    if not sessions:
        since, until = _months(timezone.localdate())
        return Habit(since, until)
    last = sessions[0]
    since, until = _months(max(timezone.localdate(), _next_month(timezone.localdate(last.starts_at))))
    leader = last.roles.filter(role__in=LEADING).select_related("user").order_by("pk").first()
    return Habit(
        since,
        until,
        rank=_rank(sessions),
        weekday=timezone.localdate(last.starts_at).weekday(),
        hours=_hours(last),
        place=Place(last.place_name, last.address, last.city, last.access, last.department),
        modality=last.modality,
        online_url=last.online_url,
        to_bring=last.to_bring,
        capacity=last.capacity,
        role=leader.role if leader else SessionRole.Role.FACILITATOR,
        name=leader.name if leader else "",
        email=leader.user.email if leader and leader.user else "",
        opens_days=days_between(last.opens_at, last.starts_at),
        closes_days=days_between(last.closes_at, last.starts_at),
    )


def places_of(organisation: Organisation) -> dict[str, Place]:
    """Where its sessions were, by name in lower case, as the latest session there says it."""
    rows = (
        Session.objects.filter(activity__organisation=organisation)
        .exclude(place_name="")
        .order_by("-starts_at", "-pk")
        .values_list("place_name", "address", "city", "access", "department")[:REMEMBERED]
    )
    found: dict[str, Place] = {}
    for row in rows:
        found.setdefault(row[0].casefold(), Place(*row))
    return found


def leaders_of(organisation: Organisation) -> dict[str, tuple[str, str]]:
    """Who led its sessions: displayed name and address, by name in lower case, the latest first."""
    rows = (
        SessionRole.objects.filter(session__activity__organisation=organisation, role__in=LEADING)
        .order_by("-session__starts_at", "-pk")
        .values_list("name", "user__email")[:REMEMBERED]
    )
    found: dict[str, tuple[str, str]] = {}
    for name, email in rows:
        found.setdefault(name.casefold(), (name, email or ""))
    return found


def _months(day: date) -> tuple[date, date]:
    """First and last day to plan: what is left of the season, or the next one from May on."""
    since = date(day.year, 9, 1) if day.month in SUMMER else day.replace(day=1)
    return since, date(since.year + (since.month >= 9), 6, 30)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _rank(sessions: list[Session]) -> Rank:
    """Two sessions a week or two apart say more than one."""
    days = [timezone.localdate(session.starts_at) for session in sessions]
    apart = (days[0] - days[-1]).days
    return {7: Rank.EVERY, 14: Rank.FORTNIGHT}.get(apart, rank_of(days[0]))


def _hours(session: Session) -> list[Hours]:
    """The slots of its first day."""
    found = []
    for slot in session.slots.all():
        start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
        if start.date() == end.date() == timezone.localdate(session.starts_at):
            found.append((start.time(), end.time()))
    return found or [EVENING]
