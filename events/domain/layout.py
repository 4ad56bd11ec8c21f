"""How a mail names a session, says when and where, and cuts its lines."""

import textwrap

from common import moments
from events.models import Session, Slot

WIDTH = 76


def title(session: Session) -> str:
    return title_of(activity=session.activity.title, session=session.title)


def title_of(*, activity: str, session: str) -> str:
    return activity if session in ("", activity) else f"{activity} – {session}"


def when(session: Session) -> list[str]:
    """One line per slot: « jeudi 17 décembre 2026, de 19 h à 21 h »."""
    return [_slot_line(slot) for slot in session.slots.all()]


def where(session: Session) -> str:
    """The place on one line; empty when there is none."""
    return place(session.place_name, session.address, session.city)


def place(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def wrap(text: str) -> str:
    """Lines of at most 76 signs, links kept whole, never two empty lines in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        wrapped = textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        if wrapped != [""] or lines[-1]:
            lines.extend(wrapped)
    return "\n".join(lines) + "\n"


def _slot_line(slot: Slot) -> str:
    line = moments.span(slot.starts_at, slot.ends_at)
    return f"{line} ({slot.label})" if slot.label else line
