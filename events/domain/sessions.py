"""Creating, editing, publishing and cancelling sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import registration as registrations
from events.domain import seats
from events.domain.notices import notify
from events.models import ACTIVE_STATES, ActivityPage, Session, Slot
from members.models import User

MAX_SEATS = 10_000
# What a coordinator edits; counters, calendar sequence and state have writers of their own.
EDITABLE = (
    "activity",
    "title",
    "description",
    "modality",
    "place_name",
    "address",
    "city",
    "access",
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
WHERE = ("modality", "place_name", "address", "city", "online_url")


@dataclass(frozen=True)
class SlotTimes:
    """Aware start and end of one slot."""

    starts_at: datetime
    ends_at: datetime
    label: str = ""


def save_session(*, session: Session, slots: Sequence[SlotTimes], by: User | None) -> Session:
    """Create ``session``, or bring the stored one in line with its editable fields and ``slots``.

    A capacity raised promotes at once; one lowered drops nobody.
    When a published session that is not over changes its time or place, its calendar entry is updated
    and everybody registered is told once. Raises ``DomainError`` naming the field.
    """
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    _check(session, ordered)
    with transaction.atomic():
        if session.pk is None:
            return _create(session, ordered, by)
        return _update(session, ordered, by)


def publish_session(*, session: Session, by: User | None) -> Session:
    """Show a draft to everybody; publishing again is harmless."""
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        if locked.status == Session.Status.CANCELLED:
            raise DomainError("Cette session est annulée : créez-en une autre.")
        if locked.status == Session.Status.DRAFT:
            locked.status = Session.Status.PUBLISHED
            locked.save(update_fields=["status"])
            log(instance=locked, action="escale.publish", user=by)
        return locked


def cancel_session(*, session: Session, reason: str, by: User | None) -> Session:
    """Cancel for good; everybody registered or waiting is told, calendars are cleared."""
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        if locked.status == Session.Status.CANCELLED:
            return locked
        if locked.completed_at or locked.slots.filter(sheets__isnull=False).exists():
            raise DomainError("L’émargement a commencé à être clos : cette session ne s’annule plus.")
        locked.status = Session.Status.CANCELLED
        locked.cancellation_reason = reason.strip()
        locked.sequence += 1
        locked.save(update_fields=["status", "cancellation_reason", "sequence"])
        registrations.cancel_all(session=locked)
        log(instance=locked, action="escale.cancel", user=by)
        return locked


def overbooking(session: Session) -> int:
    """Seats that the percentage adds, rounded down: 10 % of 12 places is one."""
    return session.capacity * session.overbooking_percent // 100


def _create(session: Session, slots: Sequence[SlotTimes], by: User | None) -> Session:
    session.starts_at, session.ends_at = slots[0].starts_at, slots[-1].ends_at
    session.overbooking = overbooking(session)
    session.save()
    Slot.objects.bulk_create(
        Slot(session=session, starts_at=s.starts_at, ends_at=s.ends_at, label=s.label) for s in slots
    )
    log(instance=session, action="escale.create", user=by)
    return session


def _update(edited: Session, slots: Sequence[SlotTimes], by: User | None) -> Session:
    session = seats.lock(session_id=edited.pk)
    if session.status == Session.Status.CANCELLED:
        raise DomainError("Cette session est annulée : elle ne se modifie plus.")
    before: dict[str, Any] = {name: getattr(session, name) for name in EDITABLE}
    for name in EDITABLE:
        setattr(session, name, getattr(edited, name))
    _check_activity(before["activity"], session)
    session.overbooking = overbooking(session)
    session.excess = seats.excess(session)
    slots_before = _times(session)
    moved_in_time = _sync_slots(session, slots)
    if moved_in_time and session.completed_at:
        raise DomainError(
            "L’émargement de cette session est clos : ses créneaux ne changent plus.", field="slots"
        )
    if moved_in_time and session.starts_at != slots[0].starts_at:
        session.moved_from = session.starts_at
    is_over = max(session.ends_at, slots[-1].ends_at) <= timezone.now()
    session.starts_at, session.ends_at = slots[0].starts_at, slots[-1].ends_at
    # The place of last year's session may be corrected: no mail invites anybody there again.
    told = (
        session.status == Session.Status.PUBLISHED
        and not is_over
        and (moved_in_time or any(before[name] != getattr(session, name) for name in WHERE))
    )
    session.sequence += told
    session.save(
        update_fields=[*EDITABLE, "overbooking", "excess", "starts_at", "ends_at", "moved_from", "sequence"]
    )
    change = {
        name: {"before": str(before[name]), "after": str(getattr(session, name))}
        for name in EDITABLE
        if before[name] != getattr(session, name)
    }
    if moved_in_time:
        change["slots"] = {"before": slots_before, "after": _times(session)}
    log(instance=session, action="escale.edit", user=by, data=change)
    if told:
        log(instance=session, action="escale.move", user=by)
        _tell_everybody(session)
    registrations.fill_seats(session=session)
    return session


def _sync_slots(session: Session, wanted: Sequence[SlotTimes]) -> bool:
    """Bring the stored slots in line; returns whether any time changed.

    A slot whose start stays keeps what was noted on it; the others are matched in order. So no start
    that is written is still another slot's.
    """
    stored = {slot.starts_at: slot for slot in session.slots.all()}
    kept = [(stored.pop(times.starts_at), times) for times in wanted if times.starts_at in stored]
    found = {times.starts_at for _slot, times in kept}
    gone, new = list(stored.values()), [times for times in wanted if times.starts_at not in found]
    moved = bool(gone or new) or any(slot.ends_at != times.ends_at for slot, times in kept)
    if len(gone) > len(new) and session.slots.filter(sheets__isnull=False).exists():
        # The last open slot would take with it the closing that issues the certificates.
        raise DomainError("Une feuille est déjà close : les créneaux ne se suppriment plus.", field="slots")
    for slot in gone[len(new) :]:
        if slot.attendances.exists():
            raise DomainError("Un créneau déjà émargé ne se supprime pas.", field="slots")
        slot.delete()
    for slot, times in [*kept, *zip(gone, new, strict=False)]:
        if (slot.starts_at, slot.ends_at) != (times.starts_at, times.ends_at) and slot.sheets.exists():
            raise DomainError("Un créneau dont l’émargement est clos ne change plus d’heure.", field="slots")
        slot.starts_at, slot.ends_at, slot.label = times.starts_at, times.ends_at, times.label
        slot.save()
    for times in new[len(gone) :]:
        Slot.objects.create(
            session=session, starts_at=times.starts_at, ends_at=times.ends_at, label=times.label
        )
    return moved


def _tell_everybody(session: Session) -> None:
    for registration in session.registrations.filter(state__in=ACTIVE_STATES):
        registration.session = session
        notify(registration=registration, kind="moved")


def _times(session: Session) -> str:
    return ", ".join(
        f"{slot.starts_at.isoformat()}/{slot.ends_at.isoformat()}" for slot in session.slots.all()
    )


def _check(session: Session, slots: Sequence[SlotTimes]) -> None:
    if not slots:
        raise DomainError("Indiquez au moins un créneau : date, début et fin.", field="slots")
    for slot in slots:
        if slot.ends_at <= slot.starts_at:
            raise DomainError("La fin d’un créneau précède son début.", field="slots")
    for earlier, later in pairwise(slots):
        if later.starts_at < earlier.ends_at:
            raise DomainError("Deux créneaux se chevauchent.", field="slots")
    if not 1 <= session.capacity <= MAX_SEATS:
        raise DomainError("Le nombre de places va de 1 à 10 000.", field="capacity")
    if not 0 <= session.overbooking_percent <= 100:
        raise DomainError("La surréservation va de 0 à 100 pour cent.", field="overbooking_percent")
    if session.opens_at and session.closes_at and session.closes_at <= session.opens_at:
        raise DomainError("Les inscriptions ferment avant d’ouvrir.", field="closes_at")


def _check_activity(before: ActivityPage, session: Session) -> None:
    """People registered with one organisation must never slide to another."""
    if before.organisation_id != session.activity.organisation_id:
        raise DomainError("Une session ne change pas de structure.", field="activity")
    # Nor may answers be isolated by taking their session out of a mean.
    if before != session.activity and session.slots.filter(sheets__isnull=False).exists():
        raise DomainError(
            "Une session dont l’émargement a commencé à être clos ne change plus de dispositif.",
            field="activity",
        )
