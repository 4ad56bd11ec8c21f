"""What sheets say."""

from dataclasses import dataclass

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from common import moments
from events.models import Attendance, AttendanceSheet, Registration, Session, Signature, Slot
from events.models.attendance import CAME


@dataclass(frozen=True)
class Part:
    """What somebody attended of a slot: all of it, or some minutes."""

    slot: Slot
    minutes: int


def obstacle(*, slot: Slot) -> str:
    """Why attendance cannot be taken for ``slot`` now, whether or not its sheet is closed; or nothing."""
    if slot.session.status == Session.Status.CANCELLED:
        return "Cette session est annulée."
    if slot.session.status != Session.Status.PUBLISHED:
        return "Cette session n’est pas encore publiée."
    if timezone.localdate() < timezone.localdate(slot.starts_at):
        return f"L’émargement ouvre le jour même, le {moments.day(slot.starts_at)}."
    return ""


@dataclass(frozen=True)
class Standing:
    """A slot as it stands: what is noted of each confirmed person, by registration, and who signed."""

    closed: bool
    marks: dict[int, tuple[str, int | None] | None]
    signed: set[int]


def standing(slot: Slot) -> Standing:
    """In one query; needs the session held to be sure."""
    own = Attendance.objects.filter(slot=slot, registration=OuterRef("who")).order_by()
    signatures = Signature.objects.filter(slot=slot, sheet=None, registration=OuterRef("who"))
    rows = list(
        Slot.objects.filter(pk=slot.pk)
        .order_by()
        .annotate(
            confirmed=FilteredRelation(
                "session__registrations",
                condition=Q(session__registrations__state=Registration.State.CONFIRMED),
            ),
            who=F("confirmed__pk"),
            closed=Exists(AttendanceSheet.objects.filter(slot=slot)),
            mark=Subquery(own.values("state")[:1]),
            minutes_noted=Subquery(own.values("minutes")[:1]),
            has_signed=Exists(signatures),
        )
        .values_list("who", "closed", "mark", "minutes_noted", "has_signed")
    )
    people = [row for row in rows if row[0] is not None]
    return Standing(
        closed=rows[0][1],
        marks={pk: (mark, minutes) if mark else None for pk, _closed, mark, minutes, _signed in people},
        signed={pk for pk, *_rest, signed in people if signed},
    )


def is_closed(slot: Slot) -> bool:
    return slot.sheets.exists()


def current_sheet(slot: Slot) -> AttendanceSheet | None:
    """The last version: the one that counts."""
    return slot.sheets.select_related("closed_by").order_by("-version").first()


def attended(*, session: Session) -> dict[int, list[Part]]:
    """Per registration, what closed sheets say that the person attended, in order of time."""
    sheets = AttendanceSheet.objects.filter(slot__session=session).select_related("slot")
    latest = {sheet.slot_id: sheet for sheet in sheets.order_by("slot__starts_at", "slot_id", "version")}
    came: dict[int, list[Part]] = {}
    for sheet in latest.values():
        whole = sheet.slot.minutes
        for line in sheet.content:
            if line["state"] in CAME:
                part = Part(sheet.slot, line.get("minutes", whole))
                came.setdefault(line["registration"], []).append(part)
    return came


def minutes_of(parts: list[Part]) -> int:
    """The hours of somebody are this sum, and nothing else."""
    return sum(part.minutes for part in parts)
