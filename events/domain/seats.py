"""The seat and queue counters of a session: the only module that writes them.

A seat is taken by one guarded ``UPDATE``, so that no interleaving oversells on SQLite or PostgreSQL.
Whatever else moves a counter first holds the session's row (``lock``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from common.prepared import MOMENT, PLACE, SMALL, Prepared, PreparedUpdate
from events.models import ActivitySettings, Session


def _one_more(
    session: int, version: int, now: datetime | None = None
) -> tuple[QuerySet[Session], dict[str, Any]]:
    """``now`` where members come first."""
    limited = ActivitySettings.objects.filter(activity=OuterRef("activity"), season_limit__isnull=False)
    ordinary = Q(~Exists(limited), status=Session.Status.PUBLISHED, approval=False, professions=[], waiting=0)
    if now is not None:
        ordinary &= Q(members_first_until=None) | Q(members_first_until__lte=now)
    as_read = Q(pk=session, version=version)
    free = Session.objects.filter(ordinary, as_read, seats_taken__lt=F("capacity") + F("overbooking"))
    return free, {"seats_taken": F("seats_taken") + 1}


def _moved(pk: int, taken: int, waiting: int, excess: int) -> tuple[QuerySet[Session], dict[str, Any]]:
    return Session.objects.filter(pk=pk), {"seats_taken": taken, "waiting": waiting, "excess": excess}


def _held() -> QuerySet[Session]:
    held = Session.objects.select_for_update(no_key=True, of=("self",))
    return held.select_related("activity__settings")


ONE = Prepared(lambda pk: _held().filter(pk=pk).order_by())
MEMBER_ENTERS = PreparedUpdate(_one_more, PLACE, SMALL)
MOVE = PreparedUpdate(_moved, PLACE, SMALL, SMALL - 1, SMALL - 2)
ANYBODY_ENTERS = PreparedUpdate(_one_more, PLACE, SMALL, MOMENT)


def looks_free(session: Session, *, is_member: bool = False) -> bool:
    """Whether ``take`` is likely to succeed, as ``session`` was read; it alone decides."""
    settings = getattr(session.activity, "settings", None)
    early = not is_member and session.members_first_until and timezone.now() < session.members_first_until
    special = session.approval or session.professions or early or (settings and settings.season_limit)
    return not special and not session.waiting and fits(session)


def take(*, session: Session, is_member: bool = False) -> bool:
    """Take a seat of an ordinary session if one is free and nobody waits; must run in a transaction.

    Ordinary: published, no approval, no reserved profession, no season's limit, no members first (or a
    member asks), and not edited since ``session`` was read.
    """
    if is_member:
        return MEMBER_ENTERS(session.pk, session.version) == 1
    return ANYBODY_ENTERS(session.pk, session.version, timezone.now()) == 1


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
