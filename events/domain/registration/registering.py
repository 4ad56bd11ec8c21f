"""Entering a session: by the site, or by the coordination."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import admission, seats
from events.domain import answers as given_answers
from events.domain.doors import check_open
from events.domain.notices import notify, notify_limit
from events.domain.people import Person, checked, complete_profile, find_or_create_user, keep_from_erasure
from events.domain.registration.seating import is_their_turn
from events.domain.registration.states import Source, State, active, new, tell
from events.domain.waiting import is_members_first
from events.models import Registration, Session
from members.models import User


@dataclass(frozen=True)
class Outcome:
    """``created`` is False when nothing was changed: an active registration stood already, or
    ``limited``, the season's limit is reached and the owner of the address alone is told (then
    ``registration`` is not stored).
    """

    registration: Registration
    created: bool
    limited: bool = False


def register(
    *,
    session: Session,
    person: Person,
    by: User | None = None,
    user: User | None = None,
    answers: Mapping[int, Any] | None = None,
) -> Outcome:
    """Give ``person`` a confirmed place, a place on the waiting list, or a request to be approved.

    ``user`` is the signed-in person, whose own address is used; ``by`` is the coordinator who
    registers somebody, whom reserved professions, members first and the season's limit do not stop:
    the journal says so. Registering again is harmless. Raises ``DomainError`` when the session takes
    nobody, or when a statement of the person is refused.
    """
    person = checked(person if user is None else as_user(person, user))
    check_open(session, staff=by is not None)
    if by is None:
        admission.check_profession(session, person.profession)
    try:
        with transaction.atomic():
            return _register(session, person, by=by, user=user, answers=answers)
    except (IntegrityError, DomainError):
        # The same person, at the same instant, in another process: theirs stands, be it the last seat.
        standing = active(session).filter(user__email=person.email).first()
        if standing is None:
            raise
        return Outcome(standing, created=False)


def enter_session(session: Session, registration: Registration, *, staff: bool) -> None:
    """Give the unsaved ``registration`` its place in the locked ``session``, under its rules.

    With the row held, a seat freed a moment ago is seen and taken.
    """
    check_open(session, staff=staff)
    if not staff:
        admission.check_profession(session, registration.profession)
    keep_from_erasure([registration.user])
    registration.registered_at = timezone.now()  # the order of the queue is the order of the lock
    turn = is_their_turn(session, is_member=registration.is_member, staff=staff)
    if not turn and not session.waiting_list:
        raise admission.no_seat(session, is_member=registration.is_member)
    if session.approval and not staff:
        registration.state = State.PENDING
    elif not turn:
        registration.state, registration.waited = State.WAITLISTED, True
    registration.save()
    if registration.state != State.PENDING:
        seats.move(session, seats=1 if turn else 0, waiting=0 if turn else 1)


def overruled(session: Session, registration: Registration, *, limit: int | None) -> list[str]:
    """Which rules the coordination passed over for ``registration``, for the journal."""
    seated_early = (
        registration.state == State.CONFIRMED and is_members_first(session) and not registration.is_member
    )
    rules = {
        "professions": not admission.admits_profession(session, registration.profession),
        "members_first": seated_early,
        "season_limit": limit is not None,
    }
    return [name for name, passed_over in rules.items() if passed_over]


def _register(
    session: Session,
    person: Person,
    *,
    by: User | None,
    user: User | None,
    answers: Mapping[int, Any] | None,
) -> Outcome:
    owner = user or find_or_create_user(person)
    standing = active(session).filter(user=owner).first()
    if standing is not None:
        notify(registration=standing, kind="already_registered")
        return Outcome(standing, created=False)
    registration = new(session, person, Source.WEB if by is None else Source.STAFF, owner)
    if seats.take(session_id=session.pk, is_member=person.is_member):
        keep_from_erasure([owner])
        registration.save()
        passed_over: list[str] = []
    else:
        session = registration.session = seats.lock(session_id=session.pk)
        limit = admission.limit_reached(session=session, user=owner)
        if limit is not None and by is None:
            return _limited(registration, limit, signed_in=user is not None)
        enter_session(session, registration, staff=by is not None)
        passed_over = overruled(session, registration, limit=limit)
    if answers is not None:
        given_answers.keep(registration=registration, answers=answers)
    if user is not None:
        complete_profile(user, person)
    tell(registration, str(registration.state))
    if by is not None:
        data = {"overruled": passed_over} if passed_over else None
        log(instance=registration, action="escale.register", user=by, data=data)
    return Outcome(registration, created=True)


def _limited(registration: Registration, limit: int, *, signed_in: bool) -> Outcome:
    """Whoever typed an address may not learn where its owner goes: they are told, nobody else."""
    if signed_in:
        raise DomainError(admission.limit_in_words(limit))
    notify_limit(session=registration.session, owner=registration.user, limit=limit)
    return Outcome(registration, created=False, limited=True)


def as_user(person: Person, user: User) -> Person:
    """What a signed-in person states, under the address of their account."""
    return Person(**{**asdict(person), "email": user.email})
