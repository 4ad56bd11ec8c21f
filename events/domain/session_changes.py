"""What moved in a session, and how a mail says it: an hour that changed is not a date that changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from events.domain.session_slots import SlotTimes
from events.models import Session

PLACE = ("place_name", "address", "city")
WHERE = (*PLACE, "modality", "online_url")
# What moved: how a sentence names it, how a subject does.
WORDS = {
    "dates": ("les dates", "de dates"),
    "date": ("la date", "de date"),
    "hours": ("les horaires", "d’horaires"),
    "hour": ("l’heure", "d’heure"),
    "place": ("le lieu", "de lieu"),
    "modality": ("la modalité", "de modalité"),
    "link": ("le lien de connexion", "de lien de connexion"),
}


@dataclass(frozen=True)
class Moves:
    """Keys of ``WORDS``; empty when nobody's calendar has to change."""

    what: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.what)

    def sentence(self) -> str:
        """« La date et l’heure de cette session ont changé. »"""
        names = _enumerated([WORDS[key][0] for key in self.what])
        several = len(self.what) > 1 or self.what[0] in ("dates", "hours")
        return f"{names[0].upper()}{names[1:]} de cette session {'ont' if several else 'a'} changé."

    def subject(self) -> str:
        """« Changement de date et d’heure »"""
        return f"Changement {_enumerated([WORDS[key][1] for key in self.what])}"


def moves(
    *, before: Session, times_before: Sequence[SlotTimes], after: Session, times: Sequence[SlotTimes]
) -> Moves:
    found = [*_times_moved(times_before, times)]
    if any(getattr(before, name) != getattr(after, name) for name in PLACE):
        found.append("place")
    if before.modality != after.modality:
        found.append("modality")
    if before.online_url != after.online_url:
        found.append("link")
    return Moves(tuple(found))


def _times_moved(before: Sequence[SlotTimes], after: Sequence[SlotTimes]) -> list[str]:
    several = len(before) > 1 or len(after) > 1
    if _pairs(before) == _pairs(after):
        return []
    found = []
    if {day for day, _hours in _pairs(before)} != {day for day, _hours in _pairs(after)}:
        found.append("dates" if several else "date")
    if not found or {hours for _day, hours in _pairs(before)} != {hours for _day, hours in _pairs(after)}:
        found.append("hours" if several else "hour")
    return found


def _pairs(slots: Sequence[SlotTimes]) -> list[tuple[object, object]]:
    local = [(timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)) for slot in slots]
    return [(start.date(), (start.time(), end.time(), end.date() - start.date())) for start, end in local]


def _enumerated(names: Sequence[str]) -> str:
    return " et ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
