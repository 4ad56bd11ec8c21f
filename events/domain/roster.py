"""Who is on a slot's sheet: names and professions, nothing more."""

from dataclasses import dataclass

from common import moments
from events.domain.attendance import current_sheet
from events.domain.attendance.correcting import correctable
from events.domain.attendance.writing import Noted, noted
from events.models import Attendance, AttendanceSheet, Registration, Session, Signature, Slot

State = Registration.State
WAITING = (State.WAITLISTED, State.PENDING, State.OFFERED)
NOT_NOTED: Noted = ("", None)


@dataclass(frozen=True)
class Line:
    """``mark`` is empty while nobody noted anything; ``minutes`` None: the whole slot."""

    registration_id: int
    name: str
    profession: str
    mark: str = ""
    minutes: int | None = None
    signed: bool = False

    @property
    def mark_label(self) -> str:
        if not self.mark:
            return "Sans pointage"
        label = Attendance.State(self.mark).label
        return f"{label}, {moments.duration(self.minutes)}" if self.minutes is not None else label


@dataclass(frozen=True)
class Roster:
    people: list[Line]
    waiting: list[Line]

    @property
    def marked(self) -> int:
        return sum(bool(line.mark) for line in self.people)


def roster(*, slot: Slot) -> Roster:
    """The confirmed people by name, and those who wait by order of arrival."""
    marks = noted(slot)
    signed = set(Signature.objects.filter(slot=slot, sheet=None).values_list("registration", flat=True))
    registrations = list(
        Registration.objects.filter(
            session_id=slot.session_id, state__in=(State.CONFIRMED, *WAITING)
        ).order_by("registered_at", "pk")
    )
    confirmed = [each for each in registrations if each.state == State.CONFIRMED]
    return Roster(
        people=[
            _line(each, marks.get(each.pk, NOT_NOTED), signed=each.pk in signed)
            for each in sorted(confirmed, key=_by_name)
        ],
        waiting=[_line(each) for each in registrations if each.state in WAITING],
    )


def on_paper(*, session: Session) -> list[Registration]:
    """The confirmed people in the order in which the printed sheet numbers them.

    Who came without a place stands last: a sheet that was printed before keeps its numbers.
    """
    confirmed = session.registrations.filter(state=State.CONFIRMED).order_by("registered_at", "pk")
    walk_in = Registration.Source.WALK_IN
    planned = sorted((each for each in confirmed if each.source != walk_in), key=_by_name)
    return planned + [each for each in confirmed if each.source == walk_in]


def settled(*, slot: Slot) -> list[Line]:
    """The people of the closed sheet, as it was settled."""
    sheet = current_sheet(slot)
    lines = {line["registration"]: line for line in sheet.content} if sheet else {}
    people = sorted(Registration.objects.filter(pk__in=lines).order_by("pk"), key=_by_name)
    return [
        _line(each, (said["state"], said.get("minutes")), signed="signature" in said)
        for each in people
        for said in [lines[each.pk]]
    ]


def correctable_lines(*, slot: Slot, sheet: AttendanceSheet) -> list[Line]:
    """Whom a correction of ``sheet`` may speak of: its people, and who is confirmed without being on it."""
    people = {line.registration_id: line for line in settled(slot=slot)}
    others = correctable(slot, sheet) - set(people)
    missing = sorted(Registration.objects.filter(pk__in=others).order_by("pk"), key=_by_name)
    return [*people.values(), *map(_line, missing)]


def _by_name(registration: Registration) -> tuple[str, str]:
    return registration.last_name.casefold(), registration.first_name.casefold()


def _line(registration: Registration, mark: Noted = NOT_NOTED, *, signed: bool = False) -> Line:
    return Line(
        registration.pk,
        registration.full_name,
        registration.get_profession_display(),
        *mark,
        signed=signed,
    )
