"""Who is on a slot's sheet: names and professions, nothing more."""

from dataclasses import dataclass

from events.domain.attendance import current_sheet
from events.models import Attendance, Registration, Slot

State = Registration.State
WAITING = (State.WAITLISTED, State.PENDING, State.OFFERED)


@dataclass(frozen=True)
class Line:
    """``mark`` is empty while nobody noted anything."""

    registration_id: int
    name: str
    profession: str
    mark: str = ""

    @property
    def mark_label(self) -> str:
        return Attendance.State(self.mark).label if self.mark else "Sans pointage"


@dataclass(frozen=True)
class Roster:
    people: list[Line]
    waiting: list[Line]

    @property
    def marked(self) -> int:
        return sum(bool(line.mark) for line in self.people)


def roster(*, slot: Slot) -> Roster:
    """The confirmed people by name, and those who wait by order of arrival."""
    marks = dict(Attendance.objects.filter(slot=slot).values_list("registration", "state"))
    registrations = list(
        Registration.objects.filter(
            session_id=slot.session_id, state__in=(State.CONFIRMED, *WAITING)
        ).order_by("registered_at", "pk")
    )
    confirmed = [each for each in registrations if each.state == State.CONFIRMED]
    return Roster(
        people=[_line(each, marks.get(each.pk, "")) for each in sorted(confirmed, key=_by_name)],
        waiting=[_line(each) for each in registrations if each.state in WAITING],
    )


def settled(*, slot: Slot) -> list[Line]:
    """The people of the closed sheet, as it was settled."""
    sheet = current_sheet(slot)
    marks = {line["registration"]: line["state"] for line in sheet.content} if sheet else {}
    people = sorted(Registration.objects.filter(pk__in=marks).order_by("pk"), key=_by_name)
    return [_line(each, marks[each.pk]) for each in people]


def _by_name(registration: Registration) -> tuple[str, str]:
    return registration.last_name.casefold(), registration.first_name.casefold()


def _line(registration: Registration, mark: str = "") -> Line:
    return Line(registration.pk, registration.full_name, registration.get_profession_display(), mark)
