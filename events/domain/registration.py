"""Registering, withdrawing, promoting: the one writer of a registration's state.

A newcomer takes a seat by a guarded update (see ``seats``). Every other change of state happens
while the session's row is held, so that no seat stays free while somebody waits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.doors import Door, door
from events.domain.notices import notify
from events.domain.people import Person, checked, find_or_create_user, find_or_create_users
from events.domain.waiting import queue
from events.models import ACTIVE_STATES, Registration, Session
from members.models import User

State = Registration.State
Source = Registration.Source
FULL = "Cette session est complète, sans liste d’attente."
CLOSED_TO_ALL = {
    Door.CANCELLED: "Cette session est annulée.",
    Door.PAST: "Cette session est passée.",
}
CLOSED_TO_VISITORS = {
    Door.STARTED: "Cette session a commencé : les inscriptions sont closes.",
    Door.SOON: "Les inscriptions ne sont pas encore ouvertes.",
    Door.CLOSED: "Les inscriptions sont closes.",
}
# What a spreadsheet rewrites.
IMPORTED_FIELDS = (*(each.name for each in fields(Person)), "state", "registered_at", "state_changed_at")


@dataclass(frozen=True)
class Outcome:
    """``created`` is False when an active registration already stood: nothing was changed."""

    registration: Registration
    created: bool


def register(
    *,
    session: Session,
    person: Person,
    by: User | None = None,
    user: User | None = None,
) -> Outcome:
    """Give ``person`` a confirmed place, or a place on the waiting list.

    ``user`` is the signed-in person, whose own address is used; ``by`` is the coordinator who
    registers somebody. Registering again is harmless. Raises ``DomainError`` when the session takes
    nobody, or when a statement of the person is refused.
    """
    person = checked(person if user is None else _as_user(person, user))
    _check_open(session, staff=by is not None)
    try:
        with transaction.atomic():
            outcome = _register(session, person, user or find_or_create_user(person), staff=by is not None)
            if by is not None and outcome.created:
                log(instance=outcome.registration, action="escale.register", user=by)
    except IntegrityError:
        # The same person, at the same instant, in another process: theirs stands.
        standing = _active(session).filter(user__email=person.email).first()
        if standing is None:
            raise
        return Outcome(standing, created=False)
    return outcome


def withdraw(*, registration: Registration, by: User | None = None) -> None:
    """Give the place back; the next person in line has it at once. Repeating it is harmless.

    Raises ``DomainError`` once the session has begun (for the coordination: once its attendance is settled).
    """
    with transaction.atomic():
        session = seats.lock(session_id=registration.session_id)
        registration.refresh_from_db()
        if registration.state not in ACTIVE_STATES:
            return
        _check_withdrawal(session, staff=by is not None)
        _leave(session, registration)
        _enter(registration, State.WITHDRAWN)
        notify(registration=registration, kind="withdrawn")
        if by is not None:
            log(instance=registration, action="escale.withdraw", user=by)
        fill_seats(session=session)


def fill_seats(*, session: Session) -> int:
    """Promote people in order of arrival while a seat is free; returns how many. Needs the row held."""
    promoted = 0
    if not _may_promote(session):
        return promoted
    room = min(session.seats - session.seats_taken, session.waiting)
    for registration in queue(session)[: max(0, room)]:
        _enter(registration, State.CONFIRMED)
        seats.move(session, seats=1, waiting=-1)
        notify(registration=registration, kind="promoted")
        log(instance=registration, action="escale.promote", data={"reason": "order_of_arrival"})
        promoted += 1
    return promoted


def add_walk_in(*, session: Session, person: Person, by: User) -> Registration:
    """Confirm somebody who came without a place, beyond the seats if need be (``Session.excess``)."""
    person = checked(person)
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        if locked.status != Session.Status.PUBLISHED:
            raise DomainError("Cette session n’est pas ouverte : elle est annulée ou en brouillon.")
        if locked.completed_at:
            raise DomainError("L’émargement de cette session est clos.")
        user = find_or_create_user(person)
        standing = _active(locked).filter(user=user).first()
        registration = standing or _new(locked, person, Source.WALK_IN, user)
        if standing and standing.state == State.CONFIRMED:
            return standing
        if standing:
            _leave(locked, standing)
            _enter(standing, State.CONFIRMED)
        else:
            registration.save()
        seats.move(locked, seats=1)
        log(instance=registration, action="escale.walk_in", user=by)
        return registration


def cancel_all(*, session: Session) -> None:
    """Cancel every active registration of a session that is being cancelled. Needs the row held."""
    for registration in _active(session).select_related("user"):
        _enter(registration, State.CANCELLED)
        notify(registration=registration, kind="cancelled")
    seats.move(session, seats=-session.seats_taken, waiting=-session.waiting)


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
        locked = seats.lock(session_id=session.pk)
        users = find_or_create_users([row.person for row in rows])
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


def _register(session: Session, person: Person, user: User, *, staff: bool) -> Outcome:
    standing = _active(session).filter(user=user).first()
    if standing is not None:
        notify(registration=standing, kind="already_registered")
        return Outcome(standing, created=False)
    registration = _new(session, person, Source.STAFF if staff else Source.WEB, user)
    registration.save()
    if seats.take(session_id=session.pk):
        notify(registration=registration, kind="confirmed")
    else:
        _take_or_wait(registration, staff=staff)
    return Outcome(registration, created=True)


def _take_or_wait(registration: Registration, *, staff: bool) -> None:
    """The slow path: with the row held, a seat freed a moment ago is seen and taken."""
    session = seats.lock(session_id=registration.session_id)
    _check_open(session, staff=staff)
    registration.registered_at = timezone.now()  # the order of the queue is the order of the lock
    if seats.fits(session) and not session.waiting:
        seats.move(session, seats=1)
        registration.save(update_fields=["registered_at"])
        notify(registration=registration, kind="confirmed")
        return
    if not session.waiting_list:
        raise DomainError(FULL)
    registration.state = State.WAITLISTED
    registration.save(update_fields=["state", "registered_at"])
    seats.move(session, waiting=1)
    registration.session = session
    notify(registration=registration, kind="waitlisted")


def _new(session: Session, person: Person, source: Source, user: User) -> Registration:
    now = timezone.now()
    return Registration(
        session=session,
        user=user,
        source=source,
        state=State.CONFIRMED,
        registered_at=now,
        state_changed_at=now,
        **asdict(person),
    )


def _imported(session: Session, row: ImportRow, user: User, known: dict[int, Registration]) -> Imported:
    found = known.get(user.pk)
    registration = found or _new(session, row.person, Source.IMPORT, user)
    for name, value in asdict(row.person).items():
        setattr(registration, name, value)
    registration.state = row.state
    registration.registered_at = registration.state_changed_at = row.registered_at
    return Imported(registration, created=found is None)


def _enter(registration: Registration, state: State) -> None:
    registration.state = state
    registration.state_changed_at = timezone.now()
    registration.save(update_fields=["state", "state_changed_at"])


def _leave(session: Session, registration: Registration) -> None:
    if registration.state == State.WAITLISTED:
        seats.move(session, waiting=-1)
    elif registration.state in (State.CONFIRMED, State.OFFERED):
        seats.move(session, seats=-1)


def _active(session: Session) -> QuerySet[Registration]:
    return Registration.objects.filter(session=session, state__in=ACTIVE_STATES)


def _as_user(person: Person, user: User) -> Person:
    return Person(**{**asdict(person), "email": user.email})


def _may_promote(session: Session) -> bool:
    return session.status == Session.Status.PUBLISHED and session.starts_at > timezone.now()


def _check_open(session: Session, *, staff: bool) -> None:
    if session.status == Session.Status.DRAFT:
        raise DomainError("Cette session n’est pas encore publiée.")
    at_the_door = door(session=session)
    if at_the_door in CLOSED_TO_ALL or (at_the_door in CLOSED_TO_VISITORS and not staff):
        raise DomainError((CLOSED_TO_ALL | CLOSED_TO_VISITORS)[at_the_door])


def _check_withdrawal(session: Session, *, staff: bool) -> None:
    if session.completed_at:
        raise DomainError("L’émargement de cette session est clos : l’inscription ne change plus.")
    if not staff and session.starts_at <= timezone.now():
        raise DomainError("Cette session a commencé : écrivez à la structure si vous n’avez pas pu venir.")
