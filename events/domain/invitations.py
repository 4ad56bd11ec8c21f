"""The calendars that go with a mail: they invite, bring up to date, or take back.

A calendar per slot, one after the other; ``events.domain.mails`` attaches each with its own method.
"""

from collections.abc import Container, Sequence

from events.domain.calendars import cancellation, request
from events.models import Message, Registration, Session, Slot

INVITING = ("confirmed", "approved", "promoted", "moved", "transferred")
# News of a place that is lost: only whoever was invited has an event to forget.
CANCELLING = ("withdrawn", "withdrawn_by_staff", "cancelled", "offer_declined", "offer_expired", "declined")
REPLACING = ("transferred",)


def invitation(
    *,
    registration: Registration,
    session: Session,
    kind: str,
    removed: Sequence[Slot],
    told: Container[int],
) -> tuple[str, str]:
    """The calendars of a piece of news, and the method of the first; ("", "") when none goes with it."""
    email = registration.email
    if kind in INVITING and registration.state == Registration.State.CONFIRMED:
        gone = cancellation(session=session, attendee=email, slots=removed)
        return request(session=session, attendee=email) + gone, "REQUEST"
    if kind in CANCELLING and registration.pk in told:
        return cancellation(session=session, attendee=email), "CANCEL"
    return "", ""


def invited(registrations: Sequence[Registration], *, kind: str) -> set[int]:
    """Whose calendar holds an invitation of ours; asked only when the news takes one back."""
    if kind not in (*CANCELLING, *REPLACING):
        return set()
    sent = Message.objects.filter(registration__in=registrations).exclude(calendar="")
    return set(sent.order_by().values_list("registration", flat=True))
