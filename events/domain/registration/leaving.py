"""Giving a place back, and losing it with the session."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.notices import notify_all
from events.domain.registration.seating import fill_seats
from events.domain.registration.states import State, active, enter, enter_all, hold, leave, tell
from events.models import ACTIVE_STATES, Registration, Session
from members.models import User


def withdraw(*, registration: Registration, by: User | None = None) -> None:
    """Give the place back; the next person in line has it at once. Repeating it is harmless.

    Raises ``DomainError`` once the session has begun (for the coordination: once its attendance is settled).
    """
    with transaction.atomic():
        session = hold(registration)
        if registration.state not in ACTIVE_STATES:
            return
        _check(session, staff=by is not None)
        before = registration.state
        leave(session, registration)
        enter(registration, State.WITHDRAWN)
        tell(registration, "withdrawn" if by is None else "withdrawn_by_staff")
        if by is not None:
            data = {"before": before, "after": registration.state}
            log(instance=registration, action="escale.withdraw", user=by, data=data)
        fill_seats(session=session)


def cancel_all(*, session: Session) -> None:
    """Cancel every active registration of a session that is being cancelled. Needs the row held."""
    everybody = list(active(session))
    enter_all(everybody, State.CANCELLED)
    notify_all(session=session, registrations=everybody, kind="cancelled")
    seats.move(session, seats=-session.seats_taken, waiting=-session.waiting)


def _check(session: Session, *, staff: bool) -> None:
    if session.completed_at:
        raise DomainError("L’émargement de cette session est clos : l’inscription ne change plus.")
    if not staff and session.starts_at <= timezone.now():
        raise DomainError("Cette session a commencé : écrivez à la structure si vous n’avez pas pu venir.")
