"""Whether a session takes registrations now: said by the pages, decided again by ``register``."""

from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from common.errors import DomainError
from events.models import Session


class Door(StrEnum):
    OPEN = "open"  # a seat is free
    REQUEST = "request"  # the coordination accepts or refuses each request
    QUEUE = "queue"  # full, the waiting list takes names
    FULL = "full"  # full, without waiting list
    SOON = "soon"  # registration opens later
    CLOSED = "closed"  # the registration window is over
    STARTED = "started"
    PAST = "past"
    CANCELLED = "cancelled"

    @property
    def takes_names(self) -> bool:
        return self in (Door.OPEN, Door.REQUEST, Door.QUEUE)


CLOSED_TO_ALL = {
    Door.CANCELLED: "Cette session est annulée.",
    Door.PAST: "Cette session est passée.",
}
CLOSED_TO_VISITORS = {
    Door.STARTED: "Cette session a commencé : les inscriptions sont closes.",
    Door.SOON: "Les inscriptions ne sont pas encore ouvertes.",
    Door.CLOSED: "Les inscriptions sont closes.",
}


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
    if session.is_full and not session.waiting_list:
        return Door.FULL
    if session.approval:
        return Door.REQUEST
    return Door.QUEUE if session.is_full else Door.OPEN


def check_open(session: Session, *, staff: bool) -> None:
    """Refuse when the session takes nobody; the coordination may register somebody until its end."""
    if session.status == Session.Status.DRAFT:
        raise DomainError("Cette session n’est pas encore publiée.")
    at_the_door = door(session=session)
    if at_the_door in CLOSED_TO_ALL or (at_the_door in CLOSED_TO_VISITORS and not staff):
        raise DomainError((CLOSED_TO_ALL | CLOSED_TO_VISITORS)[at_the_door])
