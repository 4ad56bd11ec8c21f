"""Entering a session: by the site, or by the coordination."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.prepared import Prepared, hold
from events.domain import admission, message_rules, seats
from events.domain import answers as given_answers
from events.domain.doors import check_open
from events.domain.letters import Letter, compose
from events.domain.notices import news, notify_limit
from events.domain.outbox import queue_many, wake_worker
from events.domain.people import (
    Person,
    account_of,
    checked,
    complete_profile,
    find_user,
    keep_from_erasure,
    open_account,
)
from events.domain.registration.seating import is_their_turn
from events.domain.registration.states import STORE, Source, State, active, new
from events.domain.waiting import is_members_first, newcomer_position
from events.models import MessageRule, Question, Registration, Session, Slot
from members.models import User

SLOTS = Prepared(lambda pk: Slot.objects.filter(session=pk))


@dataclass(frozen=True)
class Outcome:
    """``created`` is False when nothing was changed: an active registration stood already, or
    ``limited``, the season's limit is reached and the owner of the address alone is told (then
    ``registration`` is not stored).
    """

    registration: Registration
    created: bool
    limited: bool = False


@dataclass(frozen=True)
class Wish:
    """What one call of ``register`` asks; see there."""

    person: Person
    by: User | None = None
    user: User | None = None
    answers: Mapping[int, Any] | None = None
    questions: Sequence[Question] | None = None

    @property
    def source(self) -> Source:
        return Source.WEB if self.by is None else Source.STAFF


@dataclass(frozen=True)
class Ready:
    """What is made before anything is held: an account if there is none, the letter that is likely."""

    owner: User | None
    account: User
    registration: Registration
    letter: Letter
    rules: Sequence[MessageRule]


class _OvertakenError(Exception):
    """The guarded update found no seat, or no queue to join: what was written before it is undone."""


def register(
    *,
    session: Session,
    person: Person,
    by: User | None = None,
    user: User | None = None,
    answers: Mapping[int, Any] | None = None,
    questions: Sequence[Question] | None = None,
) -> Outcome:
    """Give ``person`` a confirmed place, a place on the waiting list, or a request to be approved.

    ``user`` is the signed-in person, whose own address is used; ``by`` is the coordinator who
    registers somebody, whom reserved professions, members first and the season's limit do not stop:
    the journal says so. ``questions`` are those that the form of ``answers`` has just read.
    Registering again is harmless. Raises ``DomainError`` when the session takes
    nobody, or when a statement of the person is refused.
    """
    person = checked(person if user is None else as_user(person, user))
    check_open(session, staff=by is not None)
    if by is None:
        admission.check_profession(session, person.profession)
    wish = Wish(person, by, user, answers, questions)
    return _until_known(session, wish, tries=3)


def enter_session(session: Session, registration: Registration, *, staff: bool, kept: bool = False) -> None:
    """Give the unsaved ``registration`` its place in the locked ``session``, under its rules.

    With the row held, a seat freed a moment ago is seen and taken, and the rank of who waits is known.
    ``kept``: this transaction opened the account, or holds it: nobody can erase it meanwhile.
    """
    check_open(session, staff=staff)
    if not staff:
        admission.check_profession(session, registration.profession)
    if not kept:
        keep_from_erasure([registration.user])
    registration.registered_at = timezone.now()  # the order of the queue is the order of the lock
    turn = is_their_turn(session, is_member=registration.is_member, staff=staff)
    if not turn and not session.waiting_list:
        raise admission.no_seat(session, is_member=registration.is_member)
    if session.approval and not staff:
        registration.state = State.PENDING
    elif not turn:
        registration.state, registration.waited = State.WAITLISTED, True
    waits = registration.state == State.WAITLISTED
    registration.position = (  # type: ignore[attr-defined]
        newcomer_position(session, is_member=registration.is_member) if waits else 0
    )
    STORE(registration)
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


def _until_known(session: Session, wish: Wish, *, tries: int) -> Outcome:
    """Their account may be opened by a click on another date, then their place taken by one on this one."""
    try:
        return _register(session, wish)
    except (IntegrityError, DomainError) as error:
        # The same person, at the same instant, in another process: theirs stands, be it the last seat.
        standing = active(session).filter(user__email=wish.person.email).first()
        if standing is not None:
            return Outcome(standing, created=False)
        if isinstance(error, DomainError) or tries == 1:
            raise
    # Their account was opened by another door, or what was read before is gone: it is read again.
    return _until_known(session, replace(wish, questions=None), tries=tries - 1)


def _register(session: Session, wish: Wish) -> Outcome:
    """What can be read is read before anything is held: a crowd waits for what comes after."""
    owner, standing = _whose(session, wish)
    if owner is not None and standing is not None:
        registration = _say_again(session, owner, standing)
        if registration is not None:  # else they have just withdrawn
            return Outcome(registration, created=False)
    hold(session, "slots", SLOTS(session.pk))
    state = _likely(session, wish.person)
    ready = _ready(session, wish, owner, state)
    if state == State.CONFIRMED:
        try:
            with transaction.atomic():
                return _take_seat(session, wish, ready)
        except _OvertakenError:
            ready = _ready(session, wish, owner, State.WAITLISTED)
    if state != State.PENDING and seats.looks_full(session):
        try:
            with transaction.atomic():
                return _wait(session, wish, ready)
        except _OvertakenError:
            ready = _ready(session, wish, owner, State.CONFIRMED)
    with transaction.atomic():
        return _enter(session, wish, ready)


def _say_again(session: Session, owner: User, standing: int) -> Registration | None:
    """Tell the owner that they are registered already, if they still are."""
    theirs = active(session).filter(pk=standing)
    if (registration := theirs.first()) is None:
        return None
    message = news(registration=registration, kind="already_registered")
    with transaction.atomic():
        keep_from_erasure([owner])
        if not theirs.exists():
            return None
        queue_many([message])
        return registration


def _likely(session: Session, person: Person) -> State:
    if seats.looks_free(session, is_member=person.is_member):
        return State.CONFIRMED
    return State.PENDING if session.approval else State.WAITLISTED


def _ready(session: Session, wish: Wish, owner: User | None, state: State) -> Ready:
    account = owner or account_of(wish.person)
    registration = new(session, wish.person, wish.source, account)
    letter = compose(registration=registration, session=session, state=state)
    return Ready(owner, account, registration, letter, message_rules.rules_at_once(session))


def _whose(session: Session, wish: Wish) -> tuple[User | None, int | None]:
    if wish.user is None:
        return find_user(email=wish.person.email, session=session)
    own = active(session).filter(user=wish.user)
    return wish.user, own.order_by().values_list("pk", flat=True).first()


def _take_seat(session: Session, wish: Wish, ready: Ready) -> Outcome:
    """A newcomer's seat is taken last, once all that goes with it is written: nobody waits for that.

    An account that exists may be erased meanwhile by who holds the session: there the seat comes first.
    """
    is_member, opened = wish.person.is_member, ready.owner is None
    if opened:
        open_account(ready.account)
    else:
        if not seats.take(session=session, is_member=is_member):
            raise _OvertakenError
        keep_from_erasure([ready.account])
    registration = ready.registration
    registration.user = ready.account  # its key is known now
    registration.position = 0  # type: ignore[attr-defined]
    STORE(registration)
    _write_along(session, registration, wish, ready, passed_over=[])
    if opened and not seats.take(session=session, is_member=is_member):
        raise _OvertakenError
    return Outcome(registration, created=True)


def _wait(session: Session, wish: Wish, ready: Ready) -> Outcome:
    """A newcomer's rank in an ordinary queue: one statement gives it and holds the session.

    A whole crowd waits for what comes after it, so that as much as can be is done before.
    """
    registration, opened = ready.registration, ready.owner is None
    if opened:
        open_account(ready.account)
    wake_worker()
    rank = seats.wait(session=session)
    if not rank:
        raise _OvertakenError
    if not opened:
        keep_from_erasure([ready.account])
    registration.user = ready.account
    registration.state, registration.waited = State.WAITLISTED, True
    registration.registered_at = timezone.now()  # the order of the queue is the order of the lock
    registration.position = rank  # type: ignore[attr-defined]
    STORE(registration)
    _write_along(session, registration, wish, ready, passed_over=[], awake=True)
    return Outcome(registration, created=True)


def _enter(session: Session, wish: Wish, ready: Ready) -> Outcome:
    """Under all the rules, with the session held: a seat, a rank, a request to be approved, or a refusal."""
    opened = ready.owner is None
    if opened:
        open_account(ready.account)  # before the session is held: see ``seats.lock``
    held = _as_read(seats.lock(session_id=session.pk), session)
    registration = ready.registration
    registration.session, registration.user = held, ready.account
    if not opened:
        keep_from_erasure([ready.account])
    limit = admission.limit_reached(session=held, user=ready.account)
    if limit is not None and wish.by is None:
        return _limited(registration, limit, signed_in=wish.user is not None)
    enter_session(held, registration, staff=wish.by is not None, kept=True)
    edited = held.version != session.version
    wish = replace(wish, questions=None) if edited else wish
    _write_along(held, registration, wish, ready, passed_over=overruled(held, registration, limit=limit))
    return Outcome(registration, created=True)


def _write_along(
    session: Session,
    registration: Registration,
    wish: Wish,
    ready: Ready,
    *,
    passed_over: Sequence[str],
    awake: bool = False,
) -> None:
    if wish.answers is not None:
        given_answers.keep(registration=registration, answers=wish.answers, questions=wish.questions)
    if wish.user is not None:
        complete_profile(wish.user, wish.person)
    if ready.letter.suits(registration, session):
        first = ready.letter.to(registration)
    else:
        first = news(registration=registration, kind=str(registration.state), session=session)
    rules = message_rules.said_to([registration], session=session, rules=ready.rules)
    queue_many([first, *rules], awake=awake)
    if wish.by is not None:
        data = {"overruled": passed_over} if passed_over else None
        log(instance=registration, action="escale.register", user=wish.by, data=data)


def _as_read(held: Session, session: Session) -> Session:
    """``held`` with what was read beside ``session``, unless somebody edited it meanwhile."""
    if held.activity.organisation_id == session.activity.organisation_id:
        held.activity.organisation = session.activity.organisation
    if held.version == session.version:
        held._prefetched_objects_cache = {"slots": session.slots.all()}  # type: ignore[attr-defined]
    return held


def _limited(registration: Registration, limit: int, *, signed_in: bool) -> Outcome:
    """Whoever typed an address may not learn where its owner goes: they are told, nobody else."""
    if signed_in:
        raise DomainError(admission.limit_in_words(limit))
    notify_limit(session=registration.session, owner=registration.user, limit=limit)
    return Outcome(registration, created=False, limited=True)


def as_user(person: Person, user: User) -> Person:
    """What a signed-in person states, under the address of their account."""
    return Person(**{**asdict(person), "email": user.email})
