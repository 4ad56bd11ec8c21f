"""The list of a session's people for who leads it: the fewest columns that serve, no address, no RPPS."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from wagtail.log_actions import log

from common import moments
from events.models import Attendance, Registration, Session, Slot
from members.models import User

STATES = dict(Attendance.State.choices)


@dataclass(frozen=True)
class AttendeeTable:
    header: list[str]
    rows: list[list[str]]


def attendees(*, session: Session) -> QuerySet[Registration]:
    """Who holds a place, by name."""
    return (
        session.registrations.filter(state=Registration.State.CONFIRMED)
        .order_by("last_name", "first_name", "pk")
        .prefetch_related("attendances")
    )


def attendee_table(*, session: Session) -> AttendeeTable:
    slots = list(session.slots.all())
    header = ["Nom", "Prénom", "Profession", *(f"Présence, {slot_name(slot)}" for slot in slots)]
    return AttendeeTable(header, list(_rows(session, slots)))


def export_attendees(*, session: Session, by: User, file_type: str) -> AttendeeTable:
    """The same table, leaving the building: who took it is kept."""
    with transaction.atomic():
        table = attendee_table(session=session)
        log(
            instance=session,
            action="escale.export",
            user=by,
            data={"file_type": file_type, "rows": len(table.rows)},
        )
    return table


def slot_name(slot: Slot) -> str:
    """Short enough for the head of a column: « 17/12/2026, 19 h »."""
    return slot.label or f"{localtime(slot.starts_at):%d/%m/%Y}, {moments.hour(slot.starts_at)}"


def _rows(session: Session, slots: list[Slot]) -> Iterator[list[str]]:
    for one in attendees(session=session):
        marks = {mark.slot_id: STATES[mark.state] for mark in one.attendances.all()}
        yield [
            one.last_name,
            one.first_name,
            one.get_profession_display(),
            *(marks.get(slot.pk, "") for slot in slots),
        ]
