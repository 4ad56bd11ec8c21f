"""Marks, while the sheet is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from events.domain import registration as registrations
from events.domain.attendance.writing import (
    Marks,
    Minutes,
    Noted,
    State,
    lock_open,
    open_standing,
    write,
)
from events.domain.people import Person, checked, find_or_create_user
from events.models import Registration, Slot
from members.models import User


@dataclass(frozen=True)
class SeenMark:
    """A mark kept on a device: what is noted, and what it replaces there (empty: no mark yet)."""

    registration: int
    state: str
    minutes: int | None = None
    seen: str = ""
    seen_minutes: int | None = None


def mark(*, slot: Slot, marks: Marks, by: User | None, rest: str = "", minutes: Minutes | None = None) -> int:
    """Note who came, by registration; returns how many marks changed.

    ``minutes`` of presence are for who came late or left early, by registration too; without them the
    whole slot counts. ``rest`` is noted for every confirmed person who has no mark yet.
    """
    with transaction.atomic():
        return write(slot, marks, by=by, rest=rest, minutes=minutes, stands=open_standing(slot))


def sync_marks(*, slot: Slot, marks: Sequence[SeenMark], by: User) -> dict[int, Noted | None]:
    """Note what a device kept while it had no network; repeating it is harmless.

    A mark that somebody else changed since is left as it stands. Returns those conflicts, with the state
    and minutes that stand; None for somebody who is no longer confirmed.
    """
    with transaction.atomic():
        found = open_standing(slot)
        conflicts: dict[int, Noted | None] = {}
        wanted = {}
        for each in marks:
            stands = found.marks.get(each.registration) or ("", None)
            if each.registration not in found.marks:
                conflicts[each.registration] = None
            elif stands in ((each.seen, each.seen_minutes), (each.state, each.minutes)):
                wanted[each.registration] = each
            else:
                conflicts[each.registration] = stands
        write(
            slot,
            {pk: each.state for pk, each in wanted.items()},
            minutes={pk: each.minutes for pk, each in wanted.items()},
            by=by,
            stands=found,
        )
        return conflicts


def welcome_walk_in(*, slot: Slot, person: Person, by: User) -> Registration:
    """Somebody came without a place, or from the waiting list: confirmed, and present at this slot."""
    with transaction.atomic():
        find_or_create_user(checked(person))  # before the session is held: see ``seats.lock``
        session = lock_open(slot)
        registration = registrations.add_walk_in(session=session, person=person, by=by)
        write(slot, {registration.pk: State.PRESENT}, by=by)
        return registration
