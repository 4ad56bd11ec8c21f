"""Sessions as iCalendar: a file to download, an invitation, an update, a cancellation.

Each slot is an event of its own. It keeps its UID when it moves; the rising SEQUENCE says which is newest,
and mails, files and feeds all give it the same UID, so that no program shows it twice.
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from events.domain import ics, layout, mails
from events.domain.ics import Entry
from events.models import Session, Slot


def session_calendar(*, session: Session) -> str:
    """The public file: all slots, and neither the people nor the link to join online."""
    return ics.calendar([_entry(session, slot) for slot in session.slots.all()], method="PUBLISH")


def request(*, session: Session, attendee: str) -> str:
    """Invite, or bring up to date: one calendar per slot, one after the other.

    A request holds one event, whose UID is the one that the mail is about (RFC 5546, 3.2.2).
    """
    return "".join(
        ics.calendar([_entry(session, slot, attendee=attendee)], method="REQUEST")
        for slot in session.slots.all()
    )


def cancellation(*, session: Session, attendee: str, slots: Sequence[Slot] | None = None) -> str:
    """Take back ``slots`` (all, by default): one calendar per slot (RFC 5546, 3.2.5)."""
    return "".join(
        ics.calendar([_entry(session, slot, attendee=attendee, cancelled=True)], method="CANCEL")
        for slot in (session.slots.all() if slots is None else slots)
    )


def uid(session_uid: object, slot_pk: int) -> str:
    """The name of a slot in every calendar there is."""
    return f"{session_uid}-{slot_pk}@{mails.host()}"


def _entry(session: Session, slot: Slot, *, attendee: str = "", cancelled: bool = False) -> Entry:
    organisation = session.activity.organisation
    cancelled = cancelled or session.status == Session.Status.CANCELLED
    online_url = session.online_url if attendee and not cancelled else ""
    return Entry(
        uid=uid(session.uid, slot.pk),
        sequence=session.sequence,
        stamp=timezone.now(),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=labelled(layout.title(session), slot.label),
        status="CANCELLED" if cancelled else "CONFIRMED",
        url=mails.absolute(reverse("events:session", args=[session.pk])),
        organizer=(organisation.short_name, organisation.email),
        location=layout.where(session) or online_url,
        description=description(access=session.access, online_url=online_url, contact=organisation.email),
        attendee=attendee,
    )


def labelled(title: str, label: str) -> str:
    return f"{title} ({label})" if label else title


def description(*, access: str = "", online_url: str = "", contact: str, first: str = "") -> tuple[str, ...]:
    parts = (
        first,
        f"Accès : {access}" if access else "",
        f"Lien de connexion : {online_url}" if online_url else "",
        f"Contact : {contact}",
    )
    return tuple(part for part in parts if part)
