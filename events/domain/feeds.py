"""What calendars subscribe to: the site, an organisation, an activity, or one's own places.

Read as plain rows: a feed of 500 sessions is asked for all day long by programs that throw most of it
away. Events have the same UID as in mails and files, so that none appears twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from common.moments import moment
from events.domain import calendars, ics, layout, mails
from events.domain.ics import Entry
from events.models import ACTIVE_STATES, Registration, Session, Slot
from events.models.session import SessionQuerySet

State = Registration.State
PAST = timedelta(days=92)
OWN_PAST = timedelta(days=366)
MOST = 2_000  # events of one feed, the farthest left out
FIELDS = (
    "starts_at",
    "ends_at",
    "label",
    "pk",
    "session__pk",
    "session__uid",
    "session__sequence",
    "session__status",
    "session__title",
    "session__place_name",
    "session__address",
    "session__city",
    "session__access",
    "session__created_at",
    "session__edited_at",
    "session__activity__title",
    "session__activity__organisation__short_name",
    "session__activity__organisation__email",
)


class Line(NamedTuple):
    """A slot, as ``FIELDS`` read it."""

    starts_at: datetime
    ends_at: datetime
    label: str
    slot: int
    session: int
    uid: object
    sequence: int
    status: str
    title: str
    place_name: str
    address: str
    city: str
    access: str
    created_at: datetime
    edited_at: datetime | None
    activity: str
    organiser: str
    contact: str


def public_feed(*, sessions: SessionQuerySet, name: str) -> str:
    """The slots of ``sessions``, which anybody may see: the last three months and what comes."""
    lines = _lines(sessions, since=timezone.now() - PAST)
    address = _addresses()
    return ics.calendar((_public(line, address) for line in lines), method="PUBLISH", name=name)


def personal_feed(*, registrations: QuerySet[Registration]) -> str:
    """A person's own places; those that are awaited are tentative, those that were lost cancelled."""
    own = _latest(registrations)
    online = dict(Session.objects.filter(pk__in=own).exclude(online_url="").values_list("pk", "online_url"))
    lines = _lines(Session.objects.filter(pk__in=own), since=timezone.now() - OWN_PAST)
    address = _addresses()
    entries = [_own(line, own[line.session], online.get(line.session, ""), address) for line in lines]
    return ics.calendar(entries, method="PUBLISH", name="Mes rendez-vous Escale")


def _lines(sessions: QuerySet[Session], *, since: datetime) -> Iterator[Line]:
    slots = Slot.objects.filter(session__in=sessions.order_by().values("pk"), ends_at__gte=since)
    return map(Line._make, slots.order_by("starts_at", "pk").values_list(*FIELDS)[:MOST])


def _latest(registrations: QuerySet[Registration]) -> dict[int, Registration]:
    """By session: the registration that stands, or else the last one that did."""
    since = timezone.now() - OWN_PAST
    recent = registrations.select_related(None).filter(session__ends_at__gte=since)
    own: dict[int, Registration] = {}
    for registration in recent.exclude(session__status=Session.Status.DRAFT).order_by(
        "state_changed_at", "pk"
    ):
        known = own.get(registration.session_id)
        if known is None or known.state not in ACTIVE_STATES:
            own[registration.session_id] = registration
    return own


def _public(line: Line, address: str) -> Entry:
    cancelled = line.status == Session.Status.CANCELLED
    return _entry(line, address, status="CANCELLED" if cancelled else "CONFIRMED", stamp=_stamp(line))


def _own(line: Line, registration: Registration, online_url: str, address: str) -> Entry:
    stamp = max(_stamp(line), registration.state_changed_at)
    status, prefix, first = _standing(registration)
    if line.status == Session.Status.CANCELLED:
        status, prefix, first = "CANCELLED", "", ""
    link = online_url if status == "CONFIRMED" else ""
    return _entry(line, address, status=status, stamp=stamp, prefix=prefix, first=first, online_url=link)


def _standing(registration: Registration) -> tuple[str, str, str]:
    """Status, what comes before the title, and the first line of the description."""
    if registration.state == State.CONFIRMED:
        return "CONFIRMED", "", ""
    if registration.state == State.WAITLISTED:
        return "TENTATIVE", "Liste d’attente : ", "Aucune place ne vous est réservée pour l’instant."
    if registration.state == State.PENDING:
        return "TENTATIVE", "Demande à valider : ", "Aucune place ne vous est réservée pour l’instant."
    if registration.state == State.OFFERED and registration.offered_until:
        until = moment(registration.offered_until)
        return "TENTATIVE", "Place proposée : ", f"À accepter dans Mon espace avant le {until}."
    return "CANCELLED", "", ""


def _entry(
    line: Line,
    address: str,
    *,
    status: str,
    stamp: datetime,
    prefix: str = "",
    first: str = "",
    online_url: str = "",
) -> Entry:
    title = layout.title_of(activity=line.activity, session=line.title)
    return Entry(
        uid=calendars.uid(line.uid, line.slot),
        sequence=line.sequence,
        stamp=stamp,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        summary=prefix + calendars.labelled(title, line.label),
        status=status,
        url=address.replace("/0/", f"/{line.session}/"),
        organizer=(line.organiser, line.contact),
        location=layout.place(line.place_name, line.address, line.city) or online_url,
        description=calendars.description(
            access=line.access, online_url=online_url, contact=line.contact, first=first
        ),
    )


def _stamp(line: Line) -> datetime:
    """When the event was last revised: the same at each reading, or no copy would ever be fresh."""
    return line.edited_at or line.created_at


def _addresses() -> str:
    """The address of session 0, of which each event's is made."""
    return mails.absolute(reverse("events:session", args=[0]))


def ways_in(address: str) -> dict[str, str]:
    """How programs are told of a feed: its address, the one that opens them, and Google's own."""
    webcal = "webcal://" + address.partition("://")[2]
    google = f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}"
    return {"address": address, "webcal": webcal, "google": google}


def name_of(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
