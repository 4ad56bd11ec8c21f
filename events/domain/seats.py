"""The seat and queue counters of a session: the only module that writes them.

A seat is taken by one guarded ``UPDATE``, so that no interleaving oversells on SQLite or PostgreSQL, and so
is a rank on the waiting list. Whatever else moves a counter first holds the session's row (``lock``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from common.prepared import MOMENT, PLACE, SMALL, Prepared, PreparedUpdate
from events.models import ActivitySettings, Session


def _ordinary(session: int, version: int) -> QuerySet[Session]:
    limited = ActivitySettings.objects.filter(activity=OuterRef("activity"), season_limit__isnull=False)
    ordinary = Q(~Exists(limited), status=Session.Status.PUBLISHED, approval=False, professions=[])
    return Session.objects.filter(ordinary, pk=session, version=version)


def _one_more(
    session: int, version: int, now: datetime | None = None
) -> tuple[QuerySet[Session], dict[str, Any]]:
    """``now`` where members come first."""
    free = _ordinary(session, version).filter(seats_taken__lt=SEATS, waiting=0)
    if now is not None:
        free = free.filter(_nobody_first(now))
    return free, {"seats_taken": F("seats_taken") + 1}


def _one_waits(session: int, version: int, now: datetime) -> tuple[QuerySet[Session], dict[str, Any]]:
    none_to_take = Q(seats_taken__gte=SEATS) | Q(waiting__gt=0)
    full = _ordinary(session, version).filter(_nobody_first(now), none_to_take, waiting_list=True)
    return full, {"waiting": F("waiting") + 1}


def _nobody_first(now: datetime) -> Q:
    return Q(members_first_until=None) | Q(members_first_until__lte=now)


def _moved(pk: int, taken: int, waiting: int, excess: int) -> tuple[QuerySet[Session], dict[str, Any]]:
    return Session.objects.filter(pk=pk), {"seats_taken": taken, "waiting": waiting, "excess": excess}


def _held() -> QuerySet[Session]:
    held = Session.objects.select_for_update(no_key=True, of=("self",))
    return held.select_related("activity__settings")


SEATS = F("capacity") + F("overbooking")  # as ``Session.seats``
ONE = Prepared(lambda pk: _held().filter(pk=pk).order_by())
MEMBER_ENTERS = PreparedUpdate(_one_more, PLACE, SMALL)
MOVE = PreparedUpdate(_moved, PLACE, SMALL, SMALL - 1, SMALL - 2)
ANYBODY_ENTERS = PreparedUpdate(_one_more, PLACE, SMALL, MOMENT)
ONE_WAITS = PreparedUpdate(_one_waits, PLACE, SMALL, MOMENT, returning="waiting")


def looks_free(session: Session, *, is_member: bool = False) -> bool:
    """Whether ``take`` is likely to succeed, as ``session`` was read; it alone decides."""
    first = is_member or not _members_first(session)
    return first and not _special(session) and not session.waiting and fits(session)


def looks_full(session: Session) -> bool:
    """Whether ``wait`` is likely to succeed, whatever ``session`` said of its seats when it was read."""
    return session.waiting_list and not _members_first(session) and not _special(session)


def _special(session: Session) -> bool:
    settings = getattr(session.activity, "settings", None)
    return bool(session.approval or session.professions or (settings and settings.season_limit))


def _members_first(session: Session) -> bool:
    return bool(session.members_first_until and timezone.now() < session.members_first_until)


def take(*, session: Session, is_member: bool = False) -> bool:
    """Take a seat of an ordinary session if one is free and nobody waits; must run in a transaction.

    Ordinary: published, no approval, no reserved profession, no season's limit, no members first (or a
    member asks), and not edited since ``session`` was read.
    """
    if is_member:
        return MEMBER_ENTERS(session.pk, session.version) == 1
    return ANYBODY_ENTERS(session.pk, session.version, timezone.now()) == 1


def wait(*, session: Session) -> int:
    """Begin to wait for an ordinary session, as ``take`` says it, that is full or where somebody waits.

    The rank, with the session's row held until the transaction ends; 0 where nobody may wait so: members
    come first, a seat is free, or the waiting list is closed. Must run in a transaction.
    """
    return int(ONE_WAITS.then(session.pk, session.version, timezone.now()) or 0)


def lock(*, session_id: int) -> Session:
    """The session, fresh, its row held until the transaction ends.

    Whoever holds several rows takes them in one order, so that nobody waits in a circle: the activity,
    new accounts (whoever writes the same address waits), sessions by rising key, accounts that exist,
    then messages.
    A newcomer's seat of an ordinary session is taken last of all, once what goes with it is written: those
    rows are theirs alone, and nobody waits for who writes them.
    ``no_key`` lets inserts of registrations check their foreign key meanwhile; on SQLite the
    IMMEDIATE transaction already holds the whole database.
    """
    found = ONE(session_id)
    if not found:
        raise Session.DoesNotExist
    return found[0]


def lock_all(*, session_ids: Sequence[int]) -> list[Session]:
    """``lock`` for several sessions: held by rising key, in one statement."""
    found = list(_held().filter(pk__in=session_ids).order_by("pk"))
    if len(found) != len(set(session_ids)):
        raise Session.DoesNotExist
    return found


def fits(session: Session) -> bool:
    """Whether a seat is free in the locked ``session``, whoever waits."""
    return session.seats_taken < session.seats


def move(session: Session, *, seats: int = 0, waiting: int = 0) -> None:
    """Shift the counters of a locked session; people kept beyond the seats show in ``excess``."""
    session.seats_taken += seats
    session.waiting += waiting
    session.excess = excess(session)
    MOVE(session.pk, session.seats_taken, session.waiting, session.excess)


def excess(session: Session) -> int:
    """How many people who hold a seat exceed the seats on offer: nobody is dropped for it."""
    return max(0, session.seats_taken - session.seats)
