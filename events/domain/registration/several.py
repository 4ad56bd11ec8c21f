"""Entering several sessions of one activity in one go: all of them, or none.

Each registration has its own mail, because a calendar answers one invitation at a time and forgets it
by the same identifier: a place given back later, or a session cancelled, takes back that one alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from common.errors import DomainError
from common.moments import NBSP, day
from events.domain import admission, seats
from events.domain import answers as given_answers
from events.domain.doors import check_open
from events.domain.notices import notify_limit
from events.domain.outbox import queue_many
from events.domain.people import Person, checked, complete_profile, find_or_create_user, keep_from_erasure
from events.domain.registration.registering import Outcome, as_user, enter_session, overruled
from events.domain.registration.seating import is_their_turn
from events.domain.registration.states import Source, new, told
from events.models import ACTIVE_STATES, Message, Registration, Session
from members.models import User

AT_ONCE = 12
NOTHING_DONE = "Aucune inscription n’a été faite."


def register_many(
    *,
    sessions: Sequence[Session],
    person: Person,
    by: User | None = None,
    user: User | None = None,
    answers: Mapping[int, Any] | None = None,
) -> list[Outcome]:
    """``register`` for each of ``sessions``, which are of one activity: one outcome each, or nothing.

    ``answers`` holds those to the questions of all. Registering again is harmless. Raises ``DomainError``
    naming the session that refuses, when one does.
    """
    _check(sessions)
    person = checked(person if user is None else as_user(person, user))
    for session in sessions:
        with naming(session):
            check_open(session, staff=by is not None)
            if by is None:
                admission.check_profession(session, person.profession)
    keys = [session.pk for session in sessions]
    try:
        with transaction.atomic():
            return _register(keys, person, by=by, user=user, answers=answers)
    except IntegrityError:
        # The same person, at the same instant, by another door: what they did stands, the rest follows.
        with transaction.atomic():
            return _register(keys, person, by=by, user=user, answers=answers)


@contextmanager
def naming(session: Session) -> Iterator[None]:
    """Let a refusal say of which session it speaks, and that nothing was written."""
    try:
        yield
    except DomainError as error:
        where = f"{session.title}, {day(session.starts_at)}{NBSP}: {error} {NOTHING_DONE}"
        raise DomainError(where, field=error.field or "sessions") from None


def _register(
    keys: list[int],
    person: Person,
    *,
    by: User | None,
    user: User | None,
    answers: Mapping[int, Any] | None,
) -> list[Outcome]:
    owner = user or find_or_create_user(person)
    held = {session.pk: session for session in seats.lock_all(session_ids=keys)}
    keep_from_erasure([owner])
    standing = {
        each.session_id: each
        for each in Registration.objects.filter(session__in=keys, user=owner, state__in=ACTIVE_STATES)
    }
    sessions = sorted(held.values(), key=lambda session: (session.starts_at, session.pk))
    limit = admission.limit_passed(sessions=sessions, user=owner)
    if limit is not None and by is None:
        return _limited(sessions, person, owner, limit, signed_in=user is not None)
    outcomes, messages = [], list[Message]()
    for session in sessions:
        registration = standing.get(session.pk)
        if registration is not None:
            registration.session = session
            if user is None and by is None and len(standing) < len(sessions):
                with naming(session):
                    _check_newcomer(session, person)
            messages += told(registration, "already_registered", rules=False)
        else:
            registration = _enter(session, person, owner, by=by, answers=answers, limit=limit)
            messages += told(registration, str(registration.state))
        outcomes.append(Outcome(registration, created=session.pk not in standing))
    if user is not None:
        complete_profile(user, person)
    queue_many(messages)
    return outcomes


def _enter(
    session: Session,
    person: Person,
    owner: User,
    *,
    by: User | None,
    answers: Mapping[int, Any] | None,
    limit: int | None,
) -> Registration:
    registration = new(session, person, Source.WEB if by is None else Source.STAFF, owner)
    with naming(session):
        enter_session(session, registration, staff=by is not None, kept=True)
    if answers is not None:
        given_answers.keep(registration=registration, answers=answers)
    if by is not None:
        passed_over = overruled(session, registration, limit=limit)
        data = {"overruled": passed_over} if passed_over else None
        log(instance=registration, action="escale.register", user=by, data=data)
    return registration


def _limited(
    sessions: Sequence[Session], person: Person, owner: User, limit: int, *, signed_in: bool
) -> list[Outcome]:
    """Too many for anybody is said to anybody; too many with what they hold, to the owner alone."""
    for wanted in admission.by_season(sessions).values():
        if len(wanted) > limit:
            raise DomainError(_too_many(limit), field="sessions")
    if signed_in:
        raise DomainError(f"{admission.limit_in_words(limit)} {NOTHING_DONE}", field="sessions")
    notify_limit(session=sessions[0], owner=owner, limit=limit)
    return [
        Outcome(new(session, person, Source.WEB, owner), created=False, limited=True) for session in sessions
    ]


def _check(sessions: Sequence[Session]) -> None:
    if not sessions:
        raise DomainError("Cochez au moins une date.", field="sessions")
    if len(sessions) > AT_ONCE:
        raise DomainError(f"Choisissez {AT_ONCE} dates au plus à la fois.", field="sessions")
    if len({session.activity_id for session in sessions}) > 1:
        raise DomainError("Choisissez des dates d’un même dispositif.", field="sessions")


def _check_newcomer(session: Session, person: Person) -> None:
    """Where a newcomer would be refused, so is an address that is registered already: nothing is learnt."""
    if not session.waiting_list and not is_their_turn(session, is_member=person.is_member):
        raise admission.no_seat(session, is_member=person.is_member)


def _too_many(limit: int) -> str:
    return (
        f"Chaque personne vient au plus à {limit}{NBSP}session{'s' if limit > 1 else ''} de ce dispositif "
        f"par saison{NBSP}: choisissez moins de dates."
    )
