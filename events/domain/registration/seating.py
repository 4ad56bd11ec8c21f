"""Whose turn it is, and giving free seats to those who wait."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from wagtail.log_actions import log

from events.domain import offers, seats
from events.domain.registration.states import State, take_seat, tell
from events.domain.waiting import eligible, is_members_first
from events.models import Registration, Session


def may_promote(session: Session, *, now: datetime | None = None) -> bool:
    """Whether free seats still go to those who wait without anybody deciding it."""
    return session.status == Session.Status.PUBLISHED and (now or timezone.now()) < offers.promotion_ends(
        session
    )


def is_their_turn(session: Session, *, is_member: bool, staff: bool = False) -> bool:
    """Whether a newcomer may have a seat of the locked session: one is free, nobody eligible waits.

    ``staff`` passes over « members first », never over somebody who waits.
    """
    if not seats.fits(session):
        return False
    if not session.waiting:
        return is_member or staff or not is_members_first(session)
    return is_member and is_members_first(session) and not eligible(session).exists()


def fill_seats(*, session: Session, now: datetime | None = None) -> int:
    """Confirm, or offer a seat to, those whose turn it is while one is free; returns how many.

    Needs the row held. Each promotion logs its reason.
    """
    room = session.seats - session.seats_taken
    if room <= 0 or not session.waiting or not may_promote(session, now=now):
        return 0
    reason = "members_first" if is_members_first(session, now=now) else "order_of_arrival"
    next_in_line = list(eligible(session, now=now)[:room])
    for registration in next_in_line:
        registration.session = session
        if session.promotion == Session.Promotion.OFFER:
            _offer(session, registration, reason)
        else:
            _confirm(session, registration, reason)
    return len(next_in_line)


def fill_due(*, now: datetime | None = None) -> int:
    """Give away the seats that the clock freed: the date until which members come first is over."""
    now = now or timezone.now()
    due = Session.objects.filter(
        Q(members_first_until=None) | Q(members_first_until__lte=now),
        status=Session.Status.PUBLISHED,
        starts_at__gt=now,
        waiting__gt=0,
        seats_taken__lt=F("capacity") + F("overbooking"),
    ).order_by("starts_at", "pk")
    filled = 0
    for session in due:
        if may_promote(session, now=now):
            with transaction.atomic():
                filled += fill_seats(session=seats.lock(session_id=session.pk), now=now)
    return filled


def _confirm(session: Session, registration: Registration, reason: str) -> None:
    take_seat(session, registration)
    tell(registration, "promoted")
    _log(registration, "escale.promote", reason)


def _offer(session: Session, registration: Registration, reason: str) -> None:
    take_seat(session, registration, State.OFFERED, offered_until=offers.deadline(session=session))
    tell(registration, "offered")
    _log(registration, "escale.offer", reason)


def _log(registration: Registration, action: str, reason: str) -> None:
    log(
        instance=registration,
        action=action,
        data={"reason": reason, "before": State.WAITLISTED, "after": registration.state},
    )
