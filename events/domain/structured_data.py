"""A session as schema.org says it, for search engines: what its page says, and no more."""

import json
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from events.domain import mails
from events.domain.doors import Door
from events.domain.share_card import card_of, mark_of
from events.models import Session

Data = dict[str, Any]
SCHEMA = "https://schema.org"
ATTENDANCE = {
    Session.Modality.ONSITE: "OfflineEventAttendanceMode",
    Session.Modality.ONLINE: "OnlineEventAttendanceMode",
    Session.Modality.HYBRID: "MixedEventAttendanceMode",
}
SOLD_OUT = (Door.FULL, Door.QUEUE)
# Nothing that could end the element or begin a comment in it.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"}


def as_json(data: Data) -> SafeString:
    """``data`` safe within a ``<script>`` element, whatever was typed in it."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


def structured_data(*, session: Session, door: Door, activity_url: str, image: str) -> Data:
    url = mails.absolute(reverse("events:session", args=[session.pk]))
    return {
        "@context": SCHEMA,
        "@graph": [_event(session, door, url, image), _crumbs(session, activity_url, url)],
    }


def image_url(session: Session) -> str:
    """Another address when what the picture says has changed."""
    path = reverse("events:session_image", args=[session.pk])
    return mails.absolute(f"{path}?v={mark_of(card_of(session))}")


def _event(session: Session, door: Door, url: str, image: str) -> Data:
    activity = session.activity
    found = {
        "@type": "Event",
        "@id": f"{url}#session",
        "name": session.title,
        "url": url,
        "description": session.description or activity.summary,
        "image": [image],
        "startDate": _moment(session.starts_at),
        "endDate": _moment(session.ends_at),
        "inLanguage": "fr",
        "eventStatus": f"{SCHEMA}/{_status(session)}",
        "eventAttendanceMode": f"{SCHEMA}/{ATTENDANCE[Session.Modality(session.modality)]}",
        "location": _places(session, url),
        "organizer": {
            "@type": "Organization",
            "name": activity.organisation.name,
            "email": activity.organisation.email,
        },
        "performer": [{"@type": "Person", "name": role.name} for role in session.roles.all()],
        "audience": {"@type": "Audience", "audienceType": activity.audience},
        "maximumAttendeeCapacity": session.seats,
        "offers": _offer(session, door, url),
    }
    if session.moved_from and session.status != Session.Status.CANCELLED:
        found["previousStartDate"] = _moment(session.moved_from)
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def _status(session: Session) -> str:
    if session.status == Session.Status.CANCELLED:
        return "EventCancelled"
    return "EventRescheduled" if session.moved_from else "EventScheduled"


def _places(session: Session, url: str) -> Data | list[Data]:
    """The link to join is for who is registered: the page stands for it."""
    online = {"@type": "VirtualLocation", "url": url}
    if session.modality == Session.Modality.ONLINE:
        return online
    address = {
        "streetAddress": session.address,
        "addressLocality": session.city,
        "addressCountry": "FR",
    }
    place: Data = {
        "@type": "Place",
        "name": session.place_name or session.city or session.activity.organisation.city or "Lieu à préciser",
        "address": {"@type": "PostalAddress", **{name: text for name, text in address.items() if text}},
    }
    return [place, online] if session.modality == Session.Modality.HYBRID else place


def _offer(session: Session, door: Door, url: str) -> Data | None:
    """What one may do, without a price: none is known."""
    if door in (Door.CANCELLED, Door.PAST, Door.STARTED):
        return None
    availability = "SoldOut" if door in SOLD_OUT else "InStock"
    if door == Door.CLOSED:
        availability = "OutOfStock"
    if door == Door.SOON:
        availability = "PreOrder"
    offer = {
        "@type": "Offer",
        "url": f"{url}#inscription",
        "availability": f"{SCHEMA}/{availability}",
        "validFrom": _moment(session.opens_at),
        "validThrough": _moment(session.closes_at),
    }
    return {name: value for name, value in offer.items() if value}


def _crumbs(session: Session, activity_url: str, url: str) -> Data:
    steps: Sequence[tuple[str, str]] = [
        ("Calendrier", mails.absolute(reverse("events:calendar"))),
        (session.activity.title, mails.absolute(activity_url)),
        (session.title, url),
    ]
    items = [
        {"@type": "ListItem", "position": rank, "name": name, "item": url}
        for rank, (name, url) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _moment(value: Any) -> str | None:
    return timezone.localtime(value).isoformat() if value else None
