"""A seat that is offered: accepted, declined, or gone on to the next person when nobody answers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import offers
from events.domain.registration.seating import fill_seats, one_by_one
from events.domain.registration.states import State, enter, hold, leave, take_seat, tell
from events.models import Registration, Session

TOO_LATE = "Cette proposition a expiré : la place est allée à la personne suivante."
NOT_OFFERED = "Aucune place ne vous est proposée en ce moment."


def accept_offer(*, registration: Registration) -> None:
    """Confirm the seat that was offered; accepting twice is harmless. Raises ``DomainError`` too late."""
    with transaction.atomic():
        session = hold(registration)
        if registration.state == State.CONFIRMED:
            return
        accepted = offers.is_open(registration)
        if accepted:
            take_seat(session, registration)
            tell(registration, "confirmed")
            _log(registration, "escale.accept_offer")
        else:
            _expire(session, [registration])
    if not accepted:  # said once the next person's offer is stored
        raise DomainError(_refusal(registration))


def decline_offer(*, registration: Registration) -> None:
    """Give the offered seat back: the next person has it at once. Raises ``DomainError`` too late."""
    with transaction.atomic():
        session = hold(registration)
        if registration.state == State.WITHDRAWN:
            return
        declined = offers.is_open(registration)
        if declined:
            leave(session, registration)
            enter(registration, State.WITHDRAWN)
            tell(registration, "offer_declined")
            _log(registration, "escale.decline_offer")
            fill_seats(session=session)
        else:
            _expire(session, [registration])
    if not declined:
        raise DomainError(_refusal(registration))


def expire_offers(*, now: datetime | None = None) -> int:
    """Take back the seats that nobody answered for in time, and give them to the next; returns how many."""
    now = now or timezone.now()
    late = Registration.objects.filter(
        Q(offered_until__lte=now) | Q(session__starts_at__lte=now), state=State.OFFERED
    ).order_by("registered_at", "pk")
    keys = sorted(set(late.order_by().values_list("session", flat=True)))  # in order, all would be read
    return one_by_one(keys, lambda session: _expire(session, list(late.filter(session=session)), now=now))


def _expire(session: Session, late: list[Registration], *, now: datetime | None = None) -> int:
    """Of ``late``, whoever still holds an offer loses it; then the next people are offered theirs."""
    expired = 0
    for registration in late:
        registration.session = session
        if registration.state != State.OFFERED or offers.is_open(registration, now=now):
            continue
        leave(session, registration)
        enter(registration, State.EXPIRED)
        tell(registration, "offer_expired")
        _log(registration, "escale.expire_offer")
        expired += 1
    if expired:
        fill_seats(session=session, now=now)
    return expired


def _refusal(registration: Registration) -> str:
    return TOO_LATE if registration.state == State.EXPIRED else NOT_OFFERED


def _log(registration: Registration, action: str) -> None:
    data = {"before": State.OFFERED, "after": registration.state}
    log(instance=registration, action=action, data=data)
