"""What a session's picture says where its address is shared: when, what, where, who; nobody's name."""

import hashlib

from common import moments
from common.share_image import Card, draw
from events.models import Session

DRAWING = "1"  # another one when the drawing changes: kept pictures are then drawn anew


def card_of(session: Session) -> Card:
    activity = session.activity
    return Card(
        title=session.title,
        hue=activity.hue,
        kind=activity.title,
        when=_when(session),
        where=_where(session),
        by=activity.organisation.name,
    )


def mark_of(card: Card) -> str:
    """Changes with anything that the picture says."""
    return hashlib.sha256(f"{DRAWING}{card!r}".encode()).hexdigest()[:16]


def picture(card: Card) -> bytes:
    return draw(card)


def _when(session: Session) -> str:
    if session.status == Session.Status.CANCELLED:
        return "Annulée"
    text = moments.span(session.starts_at, session.ends_at)
    if not text.startswith("du "):
        return text[:1].upper() + text[1:]
    return f"Du {moments.day(session.starts_at)} au {moments.day(session.ends_at)}"


def _where(session: Session) -> str:
    if session.modality == Session.Modality.ONLINE:
        return "À distance"
    return ", ".join(part for part in (session.place_name, session.city) if part)
