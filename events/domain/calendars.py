"""Sessions as iCalendar: a file to download, an invitation, an update, a cancellation.

The time zone is written by hand with its two yearly rules: generated lists of dates are read an hour
wrong by some programs. A slot keeps its UID when it moves; the rising SEQUENCE says which is newest.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from events.domain import layout, mails
from events.models import Session, Slot
from members.models import Organisation

PARIS = ZoneInfo("Europe/Paris")
VTIMEZONE = b"""BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def session_calendar(
    *, session: Session, method: str = "PUBLISH", attendee: str = "", removed: Sequence[Slot] = ()
) -> str:
    """One event per slot, lines ended by CRLF. ``method``: PUBLISH, REQUEST or CANCEL.

    The link to join online goes only to an ``attendee``, never into the public file. Slots that were
    ``removed`` stand in it as cancelled, or they would stay for ever in the calendars that hold them.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Escale//Escale//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_timezone())
    for slot in session.slots.all():
        calendar.add_component(_event(session, slot, method, attendee))
    for slot in removed:
        calendar.add_component(_event(session, slot, "CANCEL", attendee))
    return calendar.to_ical().decode()


@cache
def _timezone() -> Timezone:
    return cast(Timezone, Timezone.from_ical(VTIMEZONE))


def _event(session: Session, slot: Slot, method: str, attendee: str) -> Event:
    organisation = session.activity.organisation
    cancelled = method == "CANCEL" or session.status == Session.Status.CANCELLED
    online_url = session.online_url if attendee and not cancelled else ""
    event = Event()
    event.add("uid", f"{session.uid}-{slot.pk}@{mails.host()}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", _paris(slot.starts_at))
    event.add("dtend", _paris(slot.ends_at))
    event.add("summary", mails.one_line(_summary(session, slot)))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _organizer(organisation))
    if location := mails.one_line(layout.where(session)) or online_url:
        event.add("location", location)
    if description := _description(session, online_url):
        event.add("description", description)
    event.add("url", mails.absolute(reverse("events:session", args=[session.pk])))
    if attendee and method in ("REQUEST", "CANCEL"):
        event.add("attendee", _attendee(attendee))
    return event


def _paris(moment: datetime) -> datetime:
    return moment.astimezone(PARIS)


def _summary(session: Session, slot: Slot) -> str:
    return layout.title(session) + (f" ({slot.label})" if slot.label else "")


def _description(session: Session, online_url: str) -> str:
    parts = [
        f"Accès : {mails.one_line(session.access)}" if session.access else "",
        f"Lien de connexion : {online_url}" if online_url else "",
        f"Contact : {session.activity.organisation.email}",
    ]
    return "\n".join(part for part in parts if part)


def _organizer(organisation: Organisation) -> vCalAddress:
    address = vCalAddress(f"mailto:{organisation.email}")
    address.params["CN"] = vText(_parameter(organisation.short_name))
    return address


def _attendee(email: str) -> vCalAddress:
    """Already accepted: the person asked for this place, and withdraws by the personal link."""
    address = vCalAddress(f"mailto:{email}")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address


def _parameter(text: str) -> str:
    """A parameter's value holds no double quote and no line break, even quoted."""
    return mails.one_line(text).replace('"', "’")
