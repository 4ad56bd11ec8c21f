"""A session's slots: what a form says of them, and how the stored ones follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from common.errors import DomainError
from events.models import Session, Slot


@dataclass(frozen=True)
class SlotTimes:
    """Aware start and end of one slot."""

    starts_at: datetime
    ends_at: datetime
    label: str = ""


@dataclass(frozen=True)
class SlotChange:
    """``removed`` are copies of the deleted slots, with the keys that calendars know them by."""

    moved: bool = False
    removed: list[Slot] = field(default_factory=list)


def stored_times(session: Session) -> list[SlotTimes]:
    return [SlotTimes(slot.starts_at, slot.ends_at, slot.label) for slot in session.slots.all()]


def check_slots(slots: Sequence[SlotTimes]) -> None:
    """``slots`` in order of time."""
    if not slots:
        raise DomainError("Indiquez au moins un créneau : date, début et fin.", field="slots")
    for slot in slots:
        if slot.ends_at <= slot.starts_at:
            raise DomainError("La fin d’un créneau précède son début.", field="slots")
    for earlier, later in pairwise(slots):
        if later.starts_at < earlier.ends_at:
            raise DomainError("Deux créneaux se chevauchent.", field="slots")


def sync_slots(session: Session, wanted: Sequence[SlotTimes]) -> SlotChange:
    """Bring the stored slots of a locked session in line.

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
        raise DomainError("Une feuille est déjà close : les créneaux ne se suppriment plus.", field="slots")
    removed = [_removed(session, slot) for slot in gone[len(new) :]]
    for slot, times in [*kept, *zip(gone, new, strict=False)]:
        if (slot.starts_at, slot.ends_at) != (times.starts_at, times.ends_at) and slot.sheets.exists():
            raise DomainError("Un créneau dont l’émargement est clos ne change plus d’heure.", field="slots")
        slot.starts_at, slot.ends_at, slot.label = times.starts_at, times.ends_at, times.label
        slot.save()
    for times in new[len(gone) :]:
        Slot.objects.create(
            session=session, starts_at=times.starts_at, ends_at=times.ends_at, label=times.label
        )
    return SlotChange(moved, removed)


def _removed(session: Session, slot: Slot) -> Slot:
    if slot.attendances.exists():
        raise DomainError("Un créneau déjà émargé ne se supprime pas.", field="slots")
    copy = Slot(pk=slot.pk, session=session, starts_at=slot.starts_at, ends_at=slot.ends_at, label=slot.label)
    slot.delete()
    return copy
