"""What a device sends of a sheet, read strictly: it is JSON that a script of ours wrote, or an attack."""

import json
from dataclasses import dataclass
from typing import Any

from events.domain.attendance import SeenMark
from events.models import Attendance

MOST_BYTES, MOST_MARKS, MOST_NEWCOMERS = 200_000, 1000, 60
MOST_MINUTES = 2**31 - 1  # what the column holds: the rules refuse less in a sentence
LONGEST = 400
States = Attendance.State


@dataclass(frozen=True)
class Newcomer:
    """``key`` is the device's own name for the line; ``waiting`` the registration of somebody who waited."""

    key: str
    full_name: str
    email: str
    profession: str
    waiting: int | None = None


@dataclass(frozen=True)
class Sent:
    """``since``: the last change of the sheet that the device knows; None asks for the whole sheet."""

    marks: list[SeenMark]
    newcomers: list[Newcomer]
    since: str | None = None


class UnreadableError(Exception):
    """Not what our script sends."""


def read(body: bytes) -> Sent:
    """Raises ``UnreadableError``."""
    if len(body) > MOST_BYTES:
        raise UnreadableError
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError from None
    if not isinstance(data, dict):
        raise UnreadableError
    marks, newcomers = data.get("marks", []), data.get("newcomers", [])
    if not isinstance(marks, list) or not isinstance(newcomers, list):
        raise UnreadableError
    if len(marks) > MOST_MARKS or len(newcomers) > MOST_NEWCOMERS:
        raise UnreadableError
    since = None if data.get("since") is None else _text(data["since"])
    return Sent([_mark(each) for each in marks], [_newcomer(each) for each in newcomers], since)


def _mark(raw: Any) -> SeenMark:
    if not isinstance(raw, dict):
        raise UnreadableError
    return SeenMark(
        registration=_number(raw.get("registration")),
        state=_one_of(raw.get("state"), States.values),
        minutes=_minutes(raw.get("minutes")),
        seen=_one_of(raw.get("seen", ""), ["", *States.values]),
        seen_minutes=_minutes(raw.get("seen_minutes")),
    )


def _newcomer(raw: Any) -> Newcomer:
    if not isinstance(raw, dict):
        raise UnreadableError
    return Newcomer(
        **{name: _text(raw.get(name, "")) for name in ("key", "full_name", "email", "profession")},
        waiting=None if raw.get("waiting") is None else _number(raw["waiting"]),
    )


def _number(raw: Any) -> int:
    if type(raw) is not int or not 0 < raw < 10**18:
        raise UnreadableError
    return raw


def _minutes(raw: Any) -> int | None:
    if raw is None:
        return None
    minutes = _number(raw)
    if minutes > MOST_MINUTES:
        raise UnreadableError
    return minutes


def _one_of(raw: Any, choices: list[str]) -> str:
    if not isinstance(raw, str) or raw not in choices:
        raise UnreadableError
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST:
        raise UnreadableError
    return raw
