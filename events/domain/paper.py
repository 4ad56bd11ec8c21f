"""The signed paper sheet, typed afterwards: numbers as printed, then the people of the blank lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from common.errors import DomainError
from events.domain import attendance
from events.domain.attendance.writing import digest, noted
from events.domain.people import Person, checked, find_or_create_users
from events.domain.roster import on_paper
from events.models import Attendance, Registration, Slot
from events.models.attendance import CAME
from members.models import User

State = Attendance.State
_PIECE = re.compile(r"([0-9]{1,4})(?:\s*(?:-|–|à|a)\s*([0-9]{1,4}))?", re.I)


@dataclass(frozen=True)
class Entry:
    """What typed numbers mean. ``marks`` are the ones to note: who is noted as come already stays so."""

    signed: list[Registration]
    excused: list[Registration]
    rest: list[Registration]
    marks: dict[int, str]
    seen: str


def read_entry(*, slot: Slot, signed: str, excused: str = "") -> Entry:
    """Raises ``DomainError`` naming the field for what is no number of the sheet."""
    people = on_paper(session=slot.session)
    came = {people[each - 1].pk for each in read_numbers(signed, top=len(people), field="signed")}
    away = {people[each - 1].pk for each in read_numbers(excused, top=len(people), field="excused")}
    if both := came & away:
        name = next(each.full_name for each in people if each.pk in both)
        raise DomainError(f"{name} a signé et est excusé·e : gardez l’un des deux.", field="excused")
    known = noted(slot)
    marks = {pk: str(State.PRESENT) for pk in came if known.get(pk, ("", None))[0] not in CAME}
    marks |= {pk: str(State.EXCUSED) for pk in away}
    return Entry(
        signed=[each for each in people if each.pk in came],
        excused=[each for each in people if each.pk in away],
        rest=[each for each in people if each.pk not in came | away],
        marks=marks,
        seen=digest([each.pk for each in people]),
    )


def enter_paper(
    *, slot: Slot, signed: str, excused: str, newcomers: Sequence[Person], seen: str, by: User
) -> int:
    """Note what the paper says, all or nothing; returns how many people.

    ``seen`` is the list that the numbers were read against: nobody is noted for somebody else's number.
    """
    with transaction.atomic():
        find_or_create_users([checked(person) for person in newcomers])  # before the session is held
        entry = read_entry(slot=slot, signed=signed, excused=excused)
        if entry.seen != seen:
            raise DomainError("La liste a changé entre-temps : relisez les noms, puis enregistrez.")
        for person in newcomers:
            attendance.welcome_walk_in(slot=slot, person=person, by=by)
        attendance.mark(slot=slot, marks=entry.marks, by=by)
        return len(entry.signed) + len(entry.excused) + len(newcomers)


def read_numbers(raw: str, *, top: int, field: str) -> list[int]:
    """« 1-8, 10 12 » in order, each once."""
    found: set[int] = set()
    rest = _PIECE.sub("", raw)
    if stray := rest.strip(" ,;.\t\r\n"):
        raise DomainError(f"« {stray[:20]} » n’est pas un numéro : par exemple 1-8, 10, 12.", field=field)
    for first, last in _PIECE.findall(raw):
        low, high = int(first), int(last or first)
        wrong = next((each for each in (low, high) if not 1 <= each <= top), None)
        if wrong is not None:
            raise DomainError(_no_such(wrong, top), field=field)
        if high < low:
            raise DomainError(f"« {low}-{high} » va à l’envers.", field=field)
        found |= set(range(low, high + 1))
    return sorted(found)


def _no_such(number: int, top: int) -> str:
    if not top:
        return "Personne n’est inscrit : ajoutez les personnes venues ci-dessous."
    return f"Il n’y a pas de numéro {number} : la liste va de 1 à {top}. Au-delà, tapez les noms."
