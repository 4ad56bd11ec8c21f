"""What a coordinator should know of each date before planning it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from events.domain.days_off import day_off
from events.models import ActivityPage, Session


@dataclass(frozen=True)
class DayFacts:
    """``planned`` are titles of the activity's sessions of that day; ``school`` None: nobody knows yet."""

    day: date
    public: str
    school: str | None
    past: bool
    planned: tuple[str, ...] = ()

    def advised(self, *, skip_public: bool, skip_school: bool) -> bool:
        """Whether the date is ticked, unless the coordinator says otherwise."""
        free = not (self.past or self.planned)
        return free and not (skip_public and self.public) and not (skip_school and self.school)

    @property
    def weekday(self) -> str:
        return date_format(self.day, "l")

    @property
    def written(self) -> str:
        """« 17 décembre 2026 », « 1er avril 2027 »."""
        number = "1er" if self.day.day == 1 else str(self.day.day)
        return f"{number} {date_format(self.day, 'F Y')}"

    @property
    def flags(self) -> list[tuple[str, str]]:
        """Kind and words of each thing to know."""
        flags = [
            ("past", "Date passée" if self.past else ""),
            ("planned", f"Déjà planifiée : {', '.join(self.planned)}" if self.planned else ""),
            ("public", f"Jour férié : {self.public}" if self.public else ""),
            ("school", self.school or ""),
        ]
        return [(kind, words) for kind, words in flags if words]


def facts_of(days: Collection[date], *, activity: ActivityPage) -> dict[date, DayFacts]:
    """The facts of each of ``days``, in one query."""
    planned = _planned(days, activity)
    today = timezone.localdate()
    facts = {}
    for day in days:
        off = day_off(day, zone=activity.organisation.school_zone)
        facts[day] = DayFacts(day, off.public, off.school, day < today, tuple(planned.get(day, ())))
    return facts


def _planned(days: Collection[date], activity: ActivityPage) -> dict[date, list[str]]:
    if not days:
        return {}
    stored = Session.objects.filter(
        activity=activity,
        starts_at__gte=_midnight(min(days)),
        starts_at__lt=_midnight(max(days) + timedelta(days=1)),
    ).exclude(status=Session.Status.CANCELLED)
    found: dict[date, list[str]] = {}
    for starts_at, title in stored.order_by("starts_at", "pk").values_list("starts_at", "title"):
        found.setdefault(timezone.localdate(starts_at), []).append(title)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
