"""Days and hours as people type them: « jeudi 17 décembre 2026 », « 17/12/26 », « 9h-12h, 14h-17h »."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time
from itertools import pairwise

from common.errors import DomainError

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
SHORTEST = 3  # letters of a month or a weekday
NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([a-z]+)\.?\s+(\d{4}|\d{2})", re.ASCII)
HOUR = r"(\d{1,2})\s*(?:h|:)\s*(\d{2})?"
RANGE = re.compile(rf"(?:de\s+)?{HOUR}\s*(?:-|à|a|\s)\s*{HOUR}", re.ASCII)
HOURS_WANTED = "Indiquez les horaires, par exemple 19:00–21:00 ou 9:00–12:00, 14:00–17:00."

Hours = tuple[time, time]


def read_date(typed: str, *, field: str, line: int) -> date:
    """One day. Raises ``DomainError`` that names the line."""
    try:
        weekday, text = _weekday(_plain(typed))
        day = _day(text)
    except ValueError:
        weekday, day = None, None
    if day is None:
        raise DomainError(
            f"Ligne {line} : « {typed.strip()[:40]} » n’est pas une date. Écrivez par exemple 17/12/2026.",
            field=field,
        )
    if not 2000 <= day.year < 2100:
        raise DomainError(f"Ligne {line} : indiquez une date entre 2000 et 2100.", field=field)
    if weekday is not None and weekday != day.weekday():
        raise DomainError(
            f"Ligne {line} : le {day:%d/%m/%Y} est un {WEEKDAYS[day.weekday()]}, pas un {WEEKDAYS[weekday]}.",
            field=field,
        )
    return day


def read_hours(typed: str) -> list[Hours]:
    """The slots of one day, in order. Raises ``DomainError``."""
    text = _plain(typed).replace("–", "-").replace("—", "-").replace(" et ", ",")
    pieces = [piece.strip() for piece in re.split("[,;/]", text) if piece.strip()]
    found = sorted(_range(piece) for piece in pieces)
    if not found:
        raise DomainError(HOURS_WANTED, field="hours")
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise DomainError("Deux créneaux se chevauchent.", field="hours")
    return found


def write_hours(slots: Sequence[Hours]) -> str:
    """« 9:00–12:00, 14:00–17:00 »."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in slots)


def _clock(hour: time) -> str:
    return f"{hour.hour}:{hour.minute:02}"


def _range(piece: str) -> Hours:
    match = RANGE.fullmatch(piece)
    if match is None:
        raise DomainError(HOURS_WANTED, field="hours")
    numbers = [int(part or 0) for part in match.groups()]
    try:
        start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except ValueError:
        raise DomainError("Cette heure n’existe pas.", field="hours") from None
    if end <= start:
        raise DomainError("La fin précède le début.", field="hours")
    return start, end


def _day(text: str) -> date | None:
    if match := ISO.fullmatch(text):
        return date(*map(int, match.groups()))
    if match := NUMBERS.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := WORDS.fullmatch(text):
        day, month, year = int(match[1]), _rank(match[2], MONTHS), int(match[3])
    else:
        return None
    return date(year + 2000 if year < 100 else year, month, day)


def _weekday(text: str) -> tuple[int | None, str]:
    """The weekday that ``text`` begins with, if any, and the rest."""
    match = re.match(r"(?:le\s+)?([a-z]+)\.?\s+(.*)", text)
    if match is None:
        return None, text
    return _rank(match[1], WEEKDAYS), match[2]


def _rank(word: str, names: Sequence[str]) -> int:
    """Its place among ``names``: from 1 for months, from 0 for weekdays; abbreviations count."""
    found = [rank for rank, name in enumerate(names) if len(word) >= SHORTEST and name.startswith(word)]
    if len(found) != 1:
        raise ValueError(word)
    return found[0] + (names is MONTHS)


def _plain(typed: str) -> str:
    """Lower case, without accents, spaces in order."""
    bare = unicodedata.normalize("NFKD", typed.lower())
    return " ".join("".join(char for char in bare if not unicodedata.combining(char)).split())
