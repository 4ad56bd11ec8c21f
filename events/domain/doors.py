"""Whether a session takes registrations now: said by the pages, decided again by ``register``."""

from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from events.models import Session


class Door(StrEnum):
    OPEN = "open"  # a seat is free
    QUEUE = "queue"  # full, the waiting list takes names
    FULL = "full"  # full, without waiting list
    SOON = "soon"  # registration opens later
    CLOSED = "closed"  # the registration window is over
    STARTED = "started"
    PAST = "past"
    CANCELLED = "cancelled"

    @property
    def takes_names(self) -> bool:
        return self in (Door.OPEN, Door.QUEUE)


def door(*, session: Session, now: datetime | None = None) -> Door:
    now = now or timezone.now()
    if session.status == Session.Status.CANCELLED:
        return Door.CANCELLED
    if session.ends_at <= now:
        return Door.PAST
    if session.starts_at <= now:
        return Door.STARTED
    if session.opens_at and now < session.opens_at:
        return Door.SOON
    if session.closes_at and now >= session.closes_at:
        return Door.CLOSED
    if not session.is_full:
        return Door.OPEN
    return Door.QUEUE if session.waiting_list else Door.FULL
