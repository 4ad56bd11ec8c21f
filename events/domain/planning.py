"""A season of one activity, planned in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from common.errors import DomainError
from events.domain.activity_settings import begin_with, settings_of
from events.domain.batches import Batch, NewSession, create_all
from events.domain.recurrence import shifted
from events.domain.roles import RoleLine
from events.domain.session_slots import SlotTimes
from events.models import ActivityPage, ActivitySettings, Session
from members.models import User

MAX_DAYS = 365


@dataclass(frozen=True)
class Place:
    name: str = ""
    address: str = ""
    city: str = ""
    access: str = ""
    department: str = ""


@dataclass(frozen=True)
class Occasion:
    """One date of the season: its slots, its theme, where, and who leads."""

    slots: tuple[SlotTimes, ...]
    title: str
    place: Place = Place()
    roles: tuple[RoleLine, ...] = ()


@dataclass(frozen=True)
class Common:
    """What every date shares. Registrations open and close so many days before each start,
    at the same hour on the clock; None: from publication, until the start."""

    capacity: int
    modality: str = Session.Modality.ONSITE
    description: str = ""
    online_url: str = ""
    to_bring: str = ""
    opens_days: int | None = None
    closes_days: int | None = None


def plan_season(
    *,
    activity: ActivityPage,
    occasions: Sequence[Occasion],
    common: Common,
    publish: bool,
    by: User | None,
) -> Batch:
    """Create a session for each of ``occasions``, with the rules of the activity's settings.

    All of them or none: ``BatchError`` says which one is refused. Those that exist are skipped.
    """
    for name, days in (("opens_days", common.opens_days), ("closes_days", common.closes_days)):
        if days is not None and not 0 <= days <= MAX_DAYS:
            raise DomainError(f"Le nombre de jours va de 0 à {MAX_DAYS}.", field=name)
    settings = settings_of(activity)
    wanted = [
        NewSession(_session(activity, one, common, settings), one.slots, one.roles) for one in occasions
    ]
    return create_all(activity=activity, wanted=wanted, publish=publish, by=by)


def _session(
    activity: ActivityPage, occasion: Occasion, common: Common, settings: ActivitySettings
) -> Session:
    session = Session(
        activity=activity,
        title=" ".join(occasion.title.split()),
        description=common.description,
        modality=common.modality,
        online_url=common.online_url,
        to_bring=common.to_bring,
        capacity=common.capacity,
        place_name=occasion.place.name,
        address=occasion.place.address,
        city=occasion.place.city,
        access=occasion.place.access,
        department=occasion.place.department,
    )
    if occasion.slots:  # else the batch refuses it, with its place in the list
        starts_at = min(slot.starts_at for slot in occasion.slots)
        begin_with(session=session, starts_at=starts_at, settings=settings)
        session.opens_at = days_before(starts_at, common.opens_days)
        session.closes_at = days_before(starts_at, common.closes_days)
    return session


def days_before(starts_at: datetime, days: int | None) -> datetime | None:
    return None if days is None else shifted(starts_at, days=-days)


def days_between(earlier: datetime | None, starts_at: datetime) -> int | None:
    """The inverse of ``days_before``, to the day."""
    if earlier is None:
        return None
    return max(0, (timezone.localdate(starts_at) - timezone.localdate(earlier)).days)
