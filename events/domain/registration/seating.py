"""Whose turn it is, and giving free seats to those who wait."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from events.domain import offers, seats
from events.domain.journal import log_many
from events.domain.registration.states import State, enter_all, tell_all
from events.domain.waiting import eligible, is_members_first
from events.models import Session

logger = logging.getLogger(__name__)


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
    if session.promotion == Session.Promotion.OFFER:
        enter_all(next_in_line, State.OFFERED, offered_until=offers.deadline(session=session))
        action, kind = "escale.offer", "offered"
    else:
        enter_all(next_in_line, State.CONFIRMED)
        action, kind = "escale.promote", "promoted"
    seats.move(session, seats=len(next_in_line), waiting=-len(next_in_line))
    tell_all(session, next_in_line, kind)
    lines = [
        (each, {"reason": reason, "before": State.WAITLISTED, "after": each.state}) for each in next_in_line
    ]
    log_many(lines, action=action, user=None)
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
    keys = [session.pk for session in due if may_promote(session, now=now)]
    return one_by_one(keys, lambda session: fill_seats(session=session, now=now))


def one_by_one(keys: Iterable[int], rule: Callable[[Session], int]) -> int:
    """The sum of ``rule`` over sessions, each held in a transaction of its own.

    One that fails stops no other: it is tried again at the next minute.
    """
    done = 0
    for key in keys:
        try:
            with transaction.atomic():
                done += rule(seats.lock(session_id=key))
        except Exception as error:  # noqa: BLE001 its text may name somebody
            logger.error("Session %s: %s", key, type(error).__name__)
    return done
