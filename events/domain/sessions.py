"""Creating, editing, publishing and cancelling sessions."""

from collections.abc import Sequence
from copy import copy
from datetime import UTC
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.versions import raise_version
from events.domain import registration as registrations
from events.domain import seats
from events.domain.notices import notify_all
from events.domain.roles import RoleLine, open_accounts, set_roles
from events.domain.session_agenda import (
    AgendaLine,
    following,
    move_along,
    offset_of,
    set_agenda,
    stored_agenda,
)
from events.domain.session_changes import Moves, moves
from events.domain.session_checks import MAX_SEATS, check_activity, check_session
from events.domain.session_documents import DocumentLine, set_documents
from events.domain.session_slots import SlotTimes, check_slots, stored_times, sync_slots
from events.models import ACTIVE_STATES, Session, Slot
from members.models import User

__all__ = [
    "EDITABLE",
    "MAX_SEATS",
    "SlotTimes",
    "cancel_session",
    "edit_session",
    "overbooking",
    "publish_session",
    "save_session",
]

# What a coordinator edits; counters, calendar sequence and state have writers of their own.
EDITABLE = (
    "activity",
    "title",
    "description",
    "modality",
    "place_name",
    "address",
    "city",
    "department",
    "access",
    "to_bring",
    "online_url",
    "opens_at",
    "closes_at",
    "capacity",
    "overbooking_percent",
    "waiting_list",
    "approval",
    "professions",
    "promotion",
    "promotion_cutoff_hours",
    "offer_hours",
    "members_first_until",
    "question_set",
)


def edit_session(
    *,
    session: Session,
    slots: Sequence[SlotTimes],
    roles: Sequence[RoleLine],
    agenda: Sequence[AgendaLine] | None = None,
    documents: Sequence[DocumentLine] | None = None,
    publish: bool = False,
    seen: int | None,
    by: User | None,
) -> Session:
    """What the session's form says, all of it or nothing: facts, slots, who leads, programme, documents.

    ``seen`` is the version that the form showed: ``StaleError`` when somebody else saved since.
    ``agenda`` and ``documents`` None: not asked, what is stored stays.
    """
    is_new = session.pk is None
    try:
        with transaction.atomic():
            if not is_new:
                open_accounts(roles)
                agenda = _moved_along(session, slots, agenda)
            saved = save_session(session=session, slots=slots, seen=seen, by=by)
            set_roles(session=saved, roles=roles, by=by)
            if agenda is not None:
                set_agenda(session=saved, lines=agenda, by=by)
            if documents is not None:
                set_documents(session=saved, lines=documents, by=by)
            return publish_session(session=saved, by=by) if publish else saved
    except DomainError:
        if is_new:  # nothing of it is stored: the caller shows it again as what it is
            session.pk, session._state.adding = None, True
        raise


def save_session(
    *, session: Session, slots: Sequence[SlotTimes], seen: int | None = None, by: User | None
) -> Session:
    """Create ``session``, or bring the stored one in line with its editable fields and ``slots``.

    A capacity raised promotes at once; one lowered drops nobody.
    When a published session that is not over changes its time or place, its calendar entry is updated
    and everybody registered is told once. Raises ``DomainError`` naming the field.
    """
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    check_slots(ordered)
    check_session(session, ordered[0].starts_at)
    # Where the organisation is, unless somebody said otherwise.
    session.department = session.department or session.activity.organisation.department
    with transaction.atomic():
        if session.pk is None:
            return _create(session, ordered, by)
        return _update(session, ordered, seen, by)


def publish_session(*, session: Session, by: User | None) -> Session:
    """Show a draft to everybody; publishing again is harmless."""
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        if locked.status == Session.Status.CANCELLED:
            raise DomainError("Cette session est annulée : créez-en une autre.")
        if locked.status == Session.Status.DRAFT:
            locked.status = Session.Status.PUBLISHED
            noted = raise_version(stored=locked, seen=None, by=by)
            locked.save(update_fields=["status", *noted])
            log(instance=locked, action="escale.publish", user=by)
        return locked


def cancel_session(*, session: Session, reason: str, by: User | None) -> Session:
    """Cancel for good; everybody registered or waiting is told, calendars are cleared."""
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        if locked.status == Session.Status.CANCELLED:
            return locked
        if locked.completed_at or locked.slots.filter(sheets__isnull=False).exists():
            raise DomainError("L’émargement a commencé à être clos : cette session ne s’annule plus.")
        locked.status = Session.Status.CANCELLED
        locked.cancellation_reason = reason.strip()
        locked.sequence += 1
        noted = raise_version(stored=locked, seen=None, by=by)
        locked.save(update_fields=["status", "cancellation_reason", "sequence", *noted])
        registrations.cancel_all(session=locked)
        log(instance=locked, action="escale.cancel", user=by)
        return locked


def overbooking(session: Session) -> int:
    """Seats that the percentage adds, rounded down: 10 % of 12 places is one."""
    return session.capacity * session.overbooking_percent // 100


def _moved_along(
    session: Session, slots: Sequence[SlotTimes], agenda: Sequence[AgendaLine] | None
) -> Sequence[AgendaLine] | None:
    """Lines of the programme that were left as they are shown go where the first slot goes."""
    times = stored_times(session)
    if not agenda or not times or not slots:
        return agenda
    offset = offset_of(times[0], min(slots, key=lambda slot: slot.starts_at))
    return following(agenda, stored=stored_agenda(session), offset=offset) if offset else agenda


def _create(session: Session, slots: Sequence[SlotTimes], by: User | None) -> Session:
    session.starts_at, session.ends_at = slots[0].starts_at, slots[-1].ends_at
    session.overbooking = overbooking(session)
    session.save()
    Slot.objects.bulk_create(
        Slot(session=session, starts_at=s.starts_at, ends_at=s.ends_at, label=s.label) for s in slots
    )
    log(instance=session, action="escale.create", user=by)
    return session


def _update(edited: Session, slots: Sequence[SlotTimes], seen: int | None, by: User | None) -> Session:
    session = seats.lock(session_id=edited.pk)
    if session.status == Session.Status.CANCELLED:
        raise DomainError("Cette session est annulée : elle ne se modifie plus.")
    before, times_before = copy(session), stored_times(session)
    noted = raise_version(stored=session, seen=seen, by=by)
    for name in EDITABLE:
        setattr(session, name, getattr(edited, name))
    check_activity(before.activity, session)
    session.overbooking = overbooking(session)
    session.excess = seats.excess(session)
    slot_change = sync_slots(session, slots)
    if slot_change.moved and session.completed_at:
        raise DomainError(
            "L’émargement de cette session est clos : ses créneaux ne changent plus.", field="slots"
        )
    if slot_change.moved and session.starts_at != slots[0].starts_at:
        session.moved_from = session.starts_at
    session.starts_at, session.ends_at = slots[0].starts_at, slots[-1].ends_at
    if times_before:
        move_along(session, before=times_before[0], after=slots[0])
    moved = moves(before=before, times_before=times_before, after=session, times=slots)
    told = bool(moved) and _speaks(before, session)
    session.sequence += told
    change = _change(before, session)
    if times_before != list(slots):
        change["slots"] = {"before": _plain(times_before), "after": _plain(slots)}
    written = [*EDITABLE, "overbooking", "excess", "starts_at", "ends_at", "moved_from", "sequence"]
    session.save(update_fields=[*written, *(noted if change else ())])
    if change:
        log(instance=session, action="escale.edit", user=by, data=change)
    if told:
        log(instance=session, action="escale.move", user=by)
        _tell_everybody(session, moved, slot_change.removed)
    registrations.fill_seats(session=session)
    return session


def _speaks(before: Session, after: Session) -> bool:
    """The place of last year's session may be corrected: no mail invites anybody there again."""
    is_over = max(before.ends_at, after.ends_at) <= timezone.now()
    return after.status == Session.Status.PUBLISHED and not is_over


def _change(before: Session, after: Session) -> dict[str, Any]:
    return {
        name: {"before": str(getattr(before, name)), "after": str(getattr(after, name))}
        for name in EDITABLE
        if getattr(before, name) != getattr(after, name)
    }


def _tell_everybody(session: Session, moved: Moves, removed: Sequence[Slot]) -> None:
    everybody = list(session.registrations.filter(state__in=ACTIVE_STATES))
    notify_all(session=session, registrations=everybody, kind="moved", moved=moved, removed=removed)


def _plain(slots: Sequence[SlotTimes]) -> str:
    moments = [(slot.starts_at.astimezone(UTC), slot.ends_at.astimezone(UTC)) for slot in slots]
    return ", ".join(f"{start.isoformat()}/{end.isoformat()}" for start, end in moments)
