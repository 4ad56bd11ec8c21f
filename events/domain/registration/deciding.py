"""What the coordination decides of somebody: to accept a request, to refuse it, to let in out of turn."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import admission, seats
from events.domain.registration.seating import is_their_turn
from events.domain.registration.states import State, enter, hold, start_waiting, take_seat, tell
from events.domain.waiting import waiting_position
from events.models import Registration, Session
from members.models import User

REASON_LENGTH = 500


def approve(*, registration: Registration, by: User) -> None:
    """Accept a request: a place if one is free and nobody waits for it, else a rank by time of request.

    Raises ``DomainError`` when the session is full and has no waiting list.
    """
    with transaction.atomic():
        session = _hold_open(registration)
        _check_pending(registration)
        if is_their_turn(session, is_member=registration.is_member):
            take_seat(session, registration)
        elif session.waiting_list:
            start_waiting(session, registration)
        else:
            raise admission.no_seat(session, is_member=registration.is_member)
        tell(registration, "approved")
        data = {"before": State.PENDING, "after": registration.state}
        log(instance=registration, action="escale.approve", user=by, data=data)


def decline(*, registration: Registration, reason: str = "", by: User) -> None:
    """Refuse a request; the person reads ``reason``, which may be empty."""
    reason = _checked(reason)
    with transaction.atomic():
        hold(registration)
        _check_pending(registration)
        enter(registration, State.DECLINED)
        tell(registration, "declined", reason=reason)
        data = {"before": State.PENDING, "after": State.DECLINED}
        log(instance=registration, action="escale.decline", user=by, data=data)


def promote(*, registration: Registration, reason: str, by: User) -> None:
    """Confirm somebody out of turn, beyond the seats if need be (``Session.excess``).

    The reason goes into the journal.
    """
    reason = _checked(reason)
    if not reason:
        raise DomainError("Dites pourquoi cette personne passe avant les autres.", field="reason")
    with transaction.atomic():
        session = _hold_open(registration)
        if registration.state not in (State.WAITLISTED, State.OFFERED, State.PENDING):
            raise DomainError("Cette personne n’attend plus de place.")
        data = {"reason": reason, "before": registration.state, "position": waiting_position(registration)}
        data["beyond_seats"] = registration.state != State.OFFERED and not seats.fits(session)
        take_seat(session, registration)
        tell(registration, "confirmed")
        log(instance=registration, action="escale.promote", user=by, data={**data, "after": State.CONFIRMED})


def _hold_open(registration: Registration) -> Session:
    session = hold(registration)
    if session.status != Session.Status.PUBLISHED:
        raise DomainError("Cette session n’est pas ouverte : elle est annulée ou en brouillon.")
    if session.ends_at <= timezone.now():
        raise DomainError("Cette session est passée.")
    return session


def _check_pending(registration: Registration) -> None:
    if registration.state != State.PENDING:
        raise DomainError("Cette demande a déjà reçu une réponse, ou elle a été retirée.")


def _checked(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise DomainError(f"Le motif dépasse {REASON_LENGTH} caractères.", field="reason")
    return reason
