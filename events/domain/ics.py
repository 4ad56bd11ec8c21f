"""iCalendar as text (RFC 5545): escaped, folded, ended by CRLF.

Written by hand because a feed of 500 events is asked for all day long: a library takes twenty times
longer. The tests read every file back with one. The time zone is written by hand too, with its two yearly
rules: generated lists of dates are read an hour wrong by some programs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from events.domain.mails import one_line

PARIS = ZoneInfo("Europe/Paris")
TEXT_LIMIT = 75  # octets in a line
REFRESH = "PT1H"
VTIMEZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "DTSTART:19810329T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZNAME:CEST",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZNAME:CET",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; ``status`` is CONFIRMED, TENTATIVE or CANCELLED. Texts may hold whatever people typed."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: str
    url: str
    organizer: tuple[str, str]  # name, address
    location: str = ""
    description: tuple[str, ...] = ()
    attendee: str = ""


def calendar(entries: Iterable[Entry], *, method: str, name: str = "") -> str:
    """One VCALENDAR; with a ``name`` it is a feed, and says how often to come back."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Escale//Escale//FR", "CALSCALE:GREGORIAN"]
    lines.append(f"METHOD:{method}")
    if name:
        said = _text(name)
        lines += [f"NAME:{said}", f"X-WR-CALNAME:{said}", "X-WR-TIMEZONE:Europe/Paris"]
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}"]
    lines += VTIMEZONE
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "\r\n".join(map(_folded, lines)) + "\r\n"


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11); ``text`` holds no control character but the newline."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


@lru_cache(maxsize=1_000)
def _text(text: str) -> str:
    """Remembered: the sessions of a feed share their places and contacts."""
    return escaped(one_line(text))


@lru_cache(maxsize=1_000)
def _organizer(name: str, address: str) -> str:
    return f'ORGANIZER;CN="{_parameter(name)}":mailto:{_address(address)}'


def _event(entry: Entry) -> list[str]:
    name, address = entry.organizer
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_digits(entry.stamp.astimezone(UTC))}Z",
        f"DTSTART;TZID=Europe/Paris:{_local(entry.starts_at)}",
        f"DTEND;TZID=Europe/Paris:{_local(entry.ends_at)}",
        f"SUMMARY:{_text(entry.summary)}",
        f"STATUS:{entry.status}",
        _organizer(name, address),
    ]
    if location := _text(entry.location):
        lines.append(f"LOCATION:{location}")
    if entry.description:
        lines.append("DESCRIPTION:" + "\\n".join(map(_text, entry.description)))
    lines.append(f"URL:{_address(entry.url)}")
    if entry.status == "TENTATIVE":
        lines += ["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"]
    if entry.attendee:
        # Already accepted: the person asked for this place, and withdraws by the personal link.
        lines.append(
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:"
            f"mailto:{_address(entry.attendee)}"
        )
    lines.append("END:VEVENT")
    return lines


def _local(moment: datetime) -> str:
    return _digits(moment.astimezone(PARIS))


def _digits(moment: datetime) -> str:
    """« 20271216T190000 »."""
    return moment.isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "")


def _parameter(text: str) -> str:
    """A parameter's value holds no double quote and no line break, even quoted."""
    return one_line(text).replace('"', "’")


def _address(text: str) -> str:
    """An address of the web or of a mailbox, which no space interrupts."""
    return "%20".join(one_line(text).split())


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a letter."""
    if len(line) <= TEXT_LIMIT and line.isascii():
        return line
    raw = line.encode()
    if len(raw) <= TEXT_LIMIT:
        return line
    parts, begin, room = [], 0, TEXT_LIMIT
    while begin < len(raw):
        end = min(begin + room, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # in the middle of a letter
            end -= 1
        parts.append(raw[begin:end].decode())
        begin, room = end, TEXT_LIMIT - 1  # the space that begins the next line counts
    return "\r\n ".join(parts)
