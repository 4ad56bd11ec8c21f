"""One row of the table → what it says of a session and of a person, with every reason to doubt it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.utils import timezone

from common.errors import DomainError
from events.domain.imports import cells, professions
from events.domain.imports.cells import CellError, UnreadableCellError
from events.domain.imports.columns import fold
from events.domain.imports.reading import Row
from events.domain.people import Person
from events.models import Attendance, Registration
from events.models.attendance import CAME
from members.domain.statements import rpps_looks_mistyped
from members.emails import checked_email

T = TypeVar("T")
# One session of an activity: its start and its folded title.
SessionKey = tuple[datetime, str]


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    ERROR = "error"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Action.CREATE: "À créer",
    Action.UPDATE: "À modifier",
    Action.UNCHANGED: "Inchangée",
    Action.ERROR: "Refusée",
}


@dataclass(frozen=True)
class Facts:
    """What a line says of its session."""

    starts_at: datetime
    ends_at: datetime
    title: str
    place_name: str
    city: str
    capacity: int

    @property
    def key(self) -> SessionKey:
        return self.starts_at, fold(self.title)


@dataclass
class Line:
    """``errors`` refuse the line; ``warnings`` say what was left out of it."""

    number: int
    participation: "Participation | None" = None
    action: Action = Action.ERROR
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        self.errors.append(reason)
        self.action = Action.ERROR


@dataclass(frozen=True)
class Participation:
    """What a readable line states."""

    line: Line
    facts: Facts
    person: Person
    state: Registration.State
    mark: Attendance.State | None
    score: int | None


def read_line(row: Row) -> Line:
    """Every fault of the row is named, not only the first."""
    line = Line(number=row.number)
    facts = _facts(row, line)
    person = _person(row, line)
    presence = _must(line, lambda: cells.presence(row.cells["presence"]))
    score = _may(line, lambda: cells.score(row.cells.get("score")), None)
    if facts and person and presence and not line.errors:
        state, mark = presence
        if score is not None and mark not in CAME:
            score = None
            line.warnings.append("Note : la personne n’était pas présente, non comptée.")
        line.participation = Participation(line, facts, person, state, mark, score)
    return line


def _facts(row: Row, line: Line) -> Facts | None:
    day = _must(line, lambda: cells.day(row.cells["date"]))
    times = _must(line, lambda: cells.times(row.cells["times"]))
    title = _must(line, lambda: _filled(row.cells["title"], longest=160, what="Atelier"))
    place = _must(line, lambda: cells.place(row.cells["place"]))
    capacity = _must(line, lambda: cells.seats(row.cells["seats"]))
    if day is None or times is None or title is None or place is None or capacity is None:
        return None
    starts_at, ends_at = (timezone.make_aware(datetime.combine(day, moment)) for moment in times)
    if ends_at <= starts_at:  # the hour that a clock change takes away
        line.refuse("Horaire : il tombe sur le changement d’heure.")
        return None
    return Facts(starts_at, ends_at, title, place[0], place[1], capacity)


def _person(row: Row, line: Line) -> Person | None:
    last_name = _must(line, lambda: cells.name(row.cells["last_name"], what="Nom"))
    first_name = _must(line, lambda: cells.name(row.cells["first_name"], what="Prénom"))
    email = _must(line, lambda: _email(row.cells["email"]))
    member = _may_member(row, line)
    civility = _may(line, lambda: cells.civility(row.cells.get("civility")), "")
    rpps = _may(line, lambda: cells.rpps(row.cells.get("rpps")), "")
    if rpps_looks_mistyped(rpps):
        line.warnings.append(f"RPPS : {rpps} semble mal recopié (clé de contrôle), gardé tel quel.")
    profession = _profession(row, line)
    if last_name is None or first_name is None or email is None or member is None:
        return None
    return Person(first_name, last_name, email, profession, civility, rpps, member)


def _email(value: object) -> str:
    typed = _filled(value, longest=254, what="Courriel")
    try:
        return checked_email(typed)
    except DomainError:
        raise CellError(f"Courriel : {cells.shown(typed)} n’est pas une adresse valable.") from None


def _may_member(row: Row, line: Line) -> bool | None:
    """An empty cell counts as « Non », and says so; any other word is refused."""
    before = len(line.errors)
    member = _must(line, lambda: cells.member(row.cells["member"]))
    if member is None and len(line.errors) == before:
        line.warnings.append("Adhérent CPTS : la case est vide, comptée « Non ».")
        return False
    return member


def _profession(row: Row, line: Line) -> str:
    typed = _may(line, lambda: cells.text(row.cells["profession"], longest=200, what="Profession"), "")
    if not typed:
        return ""
    found = professions.recognise(typed)
    if found is None:
        line.warnings.append(f"Profession : {cells.shown(typed)} n’est pas reconnue, laissée vide.")
    return found or ""


def _filled(value: object, *, longest: int, what: str) -> str:
    typed = cells.text(value, longest=longest, what=what)
    if not typed:
        raise CellError(f"{what} : la case est vide.")
    return typed


def _must(line: Line, read: Callable[[], T]) -> T | None:
    """What cannot be read refuses the line."""
    try:
        return read()
    except CellError as error:
        line.refuse(str(error))
        return None


def _may(line: Line, read: Callable[[], T], default: T) -> T:
    """What cannot be read is left out, and said; unreadable characters refuse the line all the same."""
    try:
        return read()
    except UnreadableCellError as error:
        line.refuse(str(error))
    except CellError as error:
        line.warnings.append(str(error))
    return default
