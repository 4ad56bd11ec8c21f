"""How a mail says when and where, and how its lines are cut."""

import textwrap
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from events.models import Session, Slot

WIDTH = 76
NBSP = "\u00a0"


def title(session: Session) -> str:
    activity = session.activity.title
    return activity if session.title in ("", activity) else f"{activity} – {session.title}"


def when(session: Session) -> list[str]:
    """One line per slot: « jeudi 17 décembre 2026, de 19 h à 21 h »."""
    return [slot_line(slot) for slot in session.slots.all()]


def slot_line(slot: Slot) -> str:
    line = span(slot.starts_at, slot.ends_at)
    return f"{line} ({slot.label})" if slot.label else line


def span(starts_at: datetime, ends_at: datetime) -> str:
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if end.date() == start.date() or end - start < timedelta(hours=12):  # an evening may pass midnight
        return f"{day(start.date())}, de {clock(start)} à {clock(end)}"
    return f"du {day(start.date())} à {clock(start)} au {day(end.date())} à {clock(end)}"


def day(value: date) -> str:
    with override("fr"):
        text = date_format(value, "l j F Y")
    return text.replace(" 1 ", " 1er ", 1)


def clock(moment: datetime) -> str:
    """19 h, 9 h 05; unbreakable, as French typography wants."""
    return f"{moment.hour}{NBSP}h" + (f"{NBSP}{moment.minute:02}" if moment.minute else "")


def where(session: Session) -> str:
    """The place on one line; empty when there is none."""
    return ", ".join(part for part in (session.place_name, session.address, session.city) if part)


def wrap(text: str) -> str:
    """Lines of at most 76 signs, links kept whole, at most one empty line in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        wrapped = textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        if wrapped != [""] or (lines and lines[-1]):
            lines.extend(wrapped)
    return "\n".join(lines) + "\n"
