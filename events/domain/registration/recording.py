"""What already happened, and is recorded as it was: people who came, lines of a spreadsheet."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.people import Person, checked, find_or_create_user, find_or_create_users, keep_from_erasure
from events.domain.registration.states import Source, State, active, new, take_seat
from events.models import Registration, Session
from members.models import User

# What a spreadsheet rewrites.
IMPORTED_FIELDS = (*(each.name for each in fields(Person)), "state", "registered_at", "state_changed_at")


def add_walk_in(*, session: Session, person: Person, by: User, corrects: bool = False) -> Registration:
    """Confirm somebody who came without a place, beyond the seats if need be (``Session.excess``).

    Once the last sheet is closed, only for a correction that puts them on it (``corrects``).
    """
    person = checked(person)
    with transaction.atomic():
        user = find_or_create_user(person)  # before the session is held: see ``seats.lock``
        locked = seats.lock(session_id=session.pk)
        if locked.status != Session.Status.PUBLISHED:
            raise DomainError("Cette session n’est pas ouverte : elle est annulée ou en brouillon.")
        if locked.completed_at and not corrects:
            raise DomainError("L’émargement de cette session est clos.")
        standing = active(locked).filter(user=user).first()
        registration = standing or new(locked, person, Source.WALK_IN, user)
        if standing and standing.state == State.CONFIRMED:
            return standing
        if standing:
            take_seat(locked, standing)
        else:
            keep_from_erasure([user])
            registration.save()
            seats.move(locked, seats=1)
        log(instance=registration, action="escale.walk_in", user=by)
        return registration


@dataclass(frozen=True)
class ImportRow:
    """What a spreadsheet says of one person at one session."""

    person: Person
    state: State
    registered_at: datetime


@dataclass(frozen=True)
class Imported:
    """``created`` is False for a registration that an earlier import made."""

    registration: Registration
    created: bool


def import_registration(
    *, session: Session, person: Person, state: State, registered_at: datetime
) -> tuple[Registration, bool]:
    """Record what a spreadsheet says of one person; returns the registration and whether it was created."""
    [imported] = import_registrations(session=session, rows=[ImportRow(person, state, registered_at)])
    return imported.registration, imported.created


def import_registrations(*, session: Session, rows: Sequence[ImportRow]) -> list[Imported]:
    """Record what a spreadsheet says, without message or promotion; repeatable. In order of ``rows``.

    The registrations' statements follow the file; people beyond the seats show in ``Session.excess``.
    The number of queries does not depend on the number of rows. One row per person.
    """
    rows = [replace(row, person=checked(row.person)) for row in rows]
    with transaction.atomic():
        users = find_or_create_users([row.person for row in rows])
        locked = seats.lock(session_id=session.pk)
        keep_from_erasure(list(users.values()))
        known = {
            registration.user_id: registration
            for registration in Registration.objects.filter(
                session=locked, source=Source.IMPORT, user__in=users.values()
            )
        }
        taken = sum(registration.state == State.CONFIRMED for registration in known.values())
        imported = [_imported(locked, row, users[row.person.email], known) for row in rows]
        confirmed = sum(each.registration.state == State.CONFIRMED for each in imported)
        if confirmed != taken:
            seats.move(locked, seats=confirmed - taken)
        Registration.objects.bulk_create(each.registration for each in imported if each.created)
        Registration.objects.bulk_update(
            [each.registration for each in imported if not each.created], IMPORTED_FIELDS
        )
        return imported


def _imported(session: Session, row: ImportRow, user: User, known: dict[int, Registration]) -> Imported:
    found = known.get(user.pk)
    registration = found or new(session, row.person, Source.IMPORT, user)
    for name, value in asdict(row.person).items():
        setattr(registration, name, value)
    registration.state = row.state
    registration.registered_at = registration.state_changed_at = row.registered_at
    return Imported(registration, created=found is None)
