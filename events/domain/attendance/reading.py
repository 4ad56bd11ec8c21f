"""What sheets say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from common import moments
from common.prepared import Prepared
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
    """A slot as it stands: what is noted of each confirmed person, by registration, and who signed.

    ``last`` is when a mark was last noted (see ``last_change``).
    """

    closed: bool
    marks: dict[int, tuple[str, int | None] | None]
    signed: set[int]
    last: str


def standing(slot: Slot) -> Standing:
    """In one query; needs the session held to be sure."""
    rows = STANDING(slot.pk)
    people = [row for row in rows if row.who is not None]
    return Standing(
        closed=rows[0].closed,
        marks={row.who: (row.mark, row.minutes_noted) if row.mark else None for row in people},
        signed={row.who for row in people if row.has_signed},
        last=last_change(rows[0].last),
    )


def last_change(at: datetime | None) -> str:
    """What a phone compares to know whether somebody else noted meanwhile; nothing else is read of it."""
    return at.isoformat() if at else ""


def _standing(slot: int) -> QuerySet[Slot]:
    marks = Attendance.objects.filter(slot=slot).order_by()
    own = marks.filter(registration=OuterRef("who"))
    signatures = Signature.objects.filter(slot=slot, sheet=None, registration=OuterRef("who"))
    return (
        Slot.objects.filter(pk=slot)
        .order_by()
        .only("pk")
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
            last=Subquery(marks.order_by("-marked_at").values("marked_at")[:1]),
        )
    )


STANDING: Prepared[Any] = Prepared(_standing)


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
