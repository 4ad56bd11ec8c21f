"""Until when a seat that is offered waits for its answer, in decent hours.

From 8 to 20 in Paris, not on Sundays nor on public holidays. No clock ever changes between these
hours, so a day is worth twelve of them all year; sums are made in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from events.domain.days_off import public_holiday
from events.models import Registration, Session

OPENS, CLOSES = time(8), time(20)
SUNDAY = 6


def promotion_ends(session: Session) -> datetime:
    """The moment after which nobody is promoted automatically."""
    # In UTC: 24 hours are 24 hours, also over the night when the clock changes.
    return session.starts_at.astimezone(UTC) - timedelta(hours=session.promotion_cutoff_hours)


def deadline(*, session: Session, now: datetime | None = None) -> datetime:
    """When the answer to an offer made ``now`` is due; never after the last promotion of the session."""
    latest = promotion_ends(session)
    return add_decent_hours(now or timezone.now(), session.offer_hours, latest=latest)


def add_decent_hours(start: datetime, hours: int, *, latest: datetime) -> datetime:
    left = timedelta(hours=hours)
    day = timezone.localdate(start)
    while _at(day, OPENS) < latest:
        begin, end = max(start, _at(day, OPENS)), _at(day, CLOSES)
        if _is_decent(day) and begin < end:
            if left <= end - begin:
                return min(begin + left, latest)
            left -= end - begin
        day += timedelta(days=1)
    return latest


def is_open(registration: Registration, *, now: datetime | None = None) -> bool:
    """Whether the offer may still be accepted; the session may have come closer since it was made."""
    now = now or timezone.now()
    if registration.state != Registration.State.OFFERED or registration.offered_until is None:
        return False
    return now < min(registration.offered_until, registration.session.starts_at)


def _is_decent(day: date) -> bool:
    return day.weekday() != SUNDAY and not public_holiday(day)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock)).astimezone(UTC)
