"""Whether a reminder of a sheet that is still open makes sense when it leaves."""

from datetime import datetime

from django.utils import timezone

from events.access import LEADING
from events.models import Message, Session, SessionRole, Slot

KIND = "sheet_open"


def open_slots(*, session_id: int, like: Slot) -> list[Slot]:
    """Slots of the session, over on the same day as ``like``, whose sheet nobody has closed."""
    day = timezone.localdate(like.ends_at)
    slots = Slot.objects.filter(session=session_id, sheets=None, ends_at__lte=timezone.now())
    return [each for each in slots.order_by("starts_at", "pk") if timezone.localdate(each.ends_at) == day]


def still_applies(message: Message, *, now: datetime) -> bool:
    """A sheet of that day is open, the session was held, and the reader still answers for it."""
    slot, session = message.slot, message.session
    if slot is None or session is None or session.status != Session.Status.PUBLISHED or slot.ends_at > now:
        return False
    if not open_slots(session_id=session.pk, like=slot):
        return False
    leads = SessionRole.objects.filter(session=session, role__in=LEADING, user__email=message.recipient)
    to_organisation = message.organisation is not None and message.recipient == message.organisation.email
    return to_organisation or leads.exists()
