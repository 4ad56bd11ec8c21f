"""The same change on many sessions: shown before it is made, made on all of them or on none."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import DomainError
from events.domain import seats
from events.domain.roles import open_accounts, set_roles
from events.domain.session_changes import moves
from events.domain.session_checks import check_session
from events.domain.session_slots import stored_times
from events.domain.sessions import EDITABLE, overbooking, publish_session, save_session
from events.models import ACTIVE_STATES, Registration, Session
from members.models import User

MAX_SESSIONS = 100
# Besides editable fields: counted back from each session's own start, or not a field of the session.
OFFSETS = {"opens_days": "opens_at", "closes_hours": "closes_at", "members_first_days": "members_first_until"}
BESIDE = {"roles", "publish"}


@dataclass(frozen=True)
class Edit:
    """What would happen to one session; ``after`` is unsaved. A ``refusal`` leaves it as it is."""

    session: Session
    after: Session
    changed: list[str] = field(default_factory=list)
    roles: bool = False
    publishes: bool = False
    told: int = 0
    refusal: str = ""

    @property
    def is_void(self) -> bool:
        return not (self.changed or self.roles or self.publishes)


def plan_edits(*, sessions: Sequence[Session], changes: Mapping[str, Any]) -> list[Edit]:
    """What ``edit_many`` would do, session by session, in their order; nothing is written."""
    _check(sessions, changes)
    people = _people(sessions)
    return [_plan(session, changes, people.get(session.pk, 0)) for session in sessions]


def edit_many(
    *,
    sessions: Sequence[Session],
    changes: Mapping[str, Any],
    seen: Mapping[int, int] | None = None,
    by: User | None,
) -> list[Session]:
    """Make ``changes`` on all the ``sessions`` in one transaction; everybody is told once a session.

    ``changes`` holds editable fields, ``roles`` (a sequence of ``RoleLine``), ``publish``, and days or hours
    before each start (``OFFSETS``). ``seen`` gives the versions that were shown. Raises ``DomainError``
    naming the first session that refuses: then none is changed.
    """
    _check(sessions, changes)
    keys = sorted(one.pk for one in sessions)
    with transaction.atomic():
        open_accounts(changes.get("roles", ()))
        seats.lock_all(session_ids=keys)  # all of them before any account is held: see ``seats.lock``
        return [_edit(key, changes, (seen or {}).get(key), by) for key in keys]


def _edit(key: int, changes: Mapping[str, Any], version: int | None, by: User | None) -> Session:
    session = seats.lock(session_id=key)
    planned = _plan(session, changes, 0)
    if planned.refusal:
        raise DomainError(f"« {session.title} » : {planned.refusal}")
    saved = save_session(session=planned.after, slots=stored_times(session), seen=version, by=by)
    if "roles" in changes:
        set_roles(session=saved, roles=changes["roles"], by=by)
    return publish_session(session=saved, by=by) if changes.get("publish") else saved


def _plan(session: Session, changes: Mapping[str, Any], people: int) -> Edit:
    after = copy(session)
    if refusal := _refusal(session):
        return Edit(session, after, refusal=refusal)
    for name, value in changes.items():
        if name in OFFSETS:
            setattr(after, OFFSETS[name], _before_start(session, name, value))
        elif name not in BESIDE:
            setattr(after, name, value)
    after.overbooking = overbooking(after)
    try:
        check_session(after, session.starts_at)
    except DomainError as error:
        return Edit(session, after, refusal=str(error))
    times = stored_times(session)
    moved = moves(before=session, times_before=times, after=after, times=times)
    return Edit(
        session,
        after,
        changed=[name for name in EDITABLE if getattr(session, name) != getattr(after, name)],
        roles="roles" in changes and _roles(session) != [(one.role, one.name) for one in changes["roles"]],
        publishes=bool(changes.get("publish")) and session.status == Session.Status.DRAFT,
        told=people if moved and session.status == Session.Status.PUBLISHED else 0,
    )


def _refusal(session: Session) -> str:
    if session.status == Session.Status.CANCELLED:
        return "cette session est annulée, elle ne se modifie plus."
    if session.ends_at <= timezone.now():
        return "cette session est passée."
    return ""


def _before_start(session: Session, name: str, number: int | None) -> datetime | None:
    """So many hours before the start, or days before at the same hour on the clock."""
    if number is None:
        return None
    if name == "closes_hours":
        return session.starts_at - timedelta(hours=number)
    local = timezone.localtime(session.starts_at).replace(tzinfo=None)
    return timezone.make_aware(local - timedelta(days=number))


def _roles(session: Session) -> list[tuple[str, str]]:
    return [(role.role, role.name) for role in session.roles.all()]


def _people(sessions: Sequence[Session]) -> dict[int, int]:
    keys = Registration.objects.filter(session__in=sessions, state__in=ACTIVE_STATES).values_list(
        "session", flat=True
    )
    counts: dict[int, int] = {}
    for key in keys.order_by():
        counts[key] = counts.get(key, 0) + 1
    return counts


def _check(sessions: Sequence[Session], changes: Mapping[str, Any]) -> None:
    unknown = set(changes) - set(EDITABLE) - set(OFFSETS) - BESIDE
    if unknown or "activity" in changes:
        raise ValueError(f"edit_many does not change {sorted(unknown) or 'activity'}")
    if not changes:
        raise DomainError("Choisissez au moins une chose à changer.")
    if len(sessions) > MAX_SESSIONS:
        raise DomainError(f"Choisissez au plus {MAX_SESSIONS} sessions à la fois.")
