"""The calendar file that goes with a mail: it invites, brings up to date, or takes back."""

from collections.abc import Container, Sequence

from events.domain.calendars import session_calendar
from events.models import Message, Registration, Session, Slot

INVITING = ("confirmed", "approved", "promoted", "moved", "transferred")
CANCELLING = ("withdrawn", "withdrawn_by_staff", "cancelled")
REPLACING = ("transferred",)


def invitation(
    *,
    registration: Registration,
    session: Session,
    kind: str,
    removed: Sequence[Slot],
    told: Container[int],
) -> tuple[str, str]:
    """The calendar of a piece of news, and its method; ("", "") when none goes with it."""
    if kind in INVITING and registration.state == Registration.State.CONFIRMED:
        # An invitation holds one event (RFC 5546, 3.2.2): several slots go as a publication.
        method = "REQUEST" if len(session.slots.all()) + len(removed) == 1 else "PUBLISH"
    elif kind in CANCELLING and registration.pk in told:
        method = "CANCEL"
    else:
        return "", ""
    text = session_calendar(session=session, method=method, attendee=registration.email, removed=removed)
    return text, method


def invited(registrations: Sequence[Registration], *, kind: str) -> set[int]:
    """Whose calendar holds an invitation of ours; asked only when the news takes one back."""
    if kind not in (*CANCELLING, *REPLACING):
        return set()
    sent = Message.objects.filter(registration__in=registrations).exclude(calendar="")
    return set(sent.order_by().values_list("registration", flat=True))
