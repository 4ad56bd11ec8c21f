"""Entering a state, leaving one, and telling the person: what every rule of this package does."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from common.prepared_insert import PreparedInsert
from events.domain import message_rules, seats
from events.domain.notices import news, notify_all
from events.domain.outbox import queue_many
from events.domain.people import Person
from events.models import ACTIVE_STATES, Message, Registration, Session
from members.models import User

State = Registration.State
STORE = PreparedInsert(Registration)
Source = Registration.Source


def active(session: Session) -> QuerySet[Registration]:
    return Registration.objects.filter(session=session, state__in=ACTIVE_STATES)


def new(session: Session, person: Person, source: Source, user: User) -> Registration:
    """An unsaved registration, confirmed until a rule says otherwise."""
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


def hold(registration: Registration) -> Session:
    """The locked session, and ``registration`` as it is now that nobody else may change it."""
    session = seats.lock(session_id=registration.session_id)
    registration.refresh_from_db()
    registration.session = session
    return session


def enter(registration: Registration, state: State, *, offered_until: datetime | None = None) -> None:
    enter_all([registration], state, offered_until=offered_until)


def enter_all(
    registrations: Sequence[Registration], state: State, *, offered_until: datetime | None = None
) -> None:
    """At one moment, in one statement."""
    facts: dict[str, Any] = {
        "state": state,
        "state_changed_at": timezone.now(),
        "offered_until": offered_until,
        **({"waited": True} if state == State.WAITLISTED else {}),
    }
    for registration in registrations:
        for name, value in facts.items():
            setattr(registration, name, value)
    Registration.objects.filter(pk__in=[each.pk for each in registrations]).update(**facts)


def leave(session: Session, registration: Registration) -> None:
    """Give back what the registration holds in the locked session: a seat, a rank, or nothing."""
    if registration.state == State.WAITLISTED:
        seats.move(session, waiting=-1)
    elif registration.state in (State.CONFIRMED, State.OFFERED):
        seats.move(session, seats=-1)


def take_seat(
    session: Session, registration: Registration, state: State = State.CONFIRMED, **fields: Any
) -> None:
    """From wherever the registration stands to a seat of the locked session, beyond the seats if need be."""
    held = registration.state in (State.CONFIRMED, State.OFFERED)
    waited = registration.state == State.WAITLISTED
    enter(registration, state, **fields)
    seats.move(session, seats=0 if held else 1, waiting=-1 if waited else 0)


def start_waiting(session: Session, registration: Registration) -> None:
    enter(registration, State.WAITLISTED)
    seats.move(session, waiting=1)


def tell(registration: Registration, kind: str, **facts: Any) -> None:
    """Say what happened, then whatever the organisation's own message rules say of it."""
    queue_many(told(registration, kind, **facts))


def told(registration: Registration, kind: str, *, rules: bool = True, **facts: Any) -> list[Message]:
    """What ``tell`` queues, not stored; without the organisation's own ``rules`` for what is no event."""
    first = news(registration=registration, kind=kind, **facts)
    if not rules:
        return [first]
    return [first, *message_rules.said_to([registration], session=registration.session)]


def tell_all(session: Session, registrations: Sequence[Registration], kind: str) -> None:
    """``tell`` to people of one session to whom the same happened at once."""
    if not registrations:
        return
    notify_all(session=session, registrations=registrations, kind=kind)
    message_rules.on_registrations(registrations, session=registrations[0].session)  # as it was just read
