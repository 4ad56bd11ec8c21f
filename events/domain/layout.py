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
        wrapped = _cut(line)
        if wrapped != [""] or lines[-1]:
            lines.extend(wrapped)
    return "\n".join(lines) + "\n"


def _cut(line: str) -> list[str]:
    if len(line) <= WIDTH and "\t" not in line:  # nothing to cut, and most lines are so
        return [line.rstrip(" ") if line.strip() else ""]
    return textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of what ``wrap`` made, each with its lines as they were before they were cut."""
    found: list[list[str]] = [[]]
    above = ""
    for line in text.splitlines():
        if not line:
            found.append([])
        elif found[-1] and _was_cut(above, line):
            found[-1][-1] += f" {line}"
        else:
            found[-1].append(line)
        above = line
    return [lines for lines in found if lines]


def _was_cut(above: str, line: str) -> bool:
    """Whether the first word of ``line`` went down because it did not fit; a link stands alone."""
    if above.startswith("http") or line.startswith("http"):
        return False
    return len(above) + 1 + len(line.split(maxsplit=1)[0]) > WIDTH


def _slot_line(slot: Slot) -> str:
    line = moments.span(slot.starts_at, slot.ends_at)
    return f"{line} ({slot.label})" if slot.label else line
