"""The list of a session's people for who leads it: the fewest columns that serve, no address, no RPPS."""

from django.db.models import QuerySet

from common import moments
from events.domain.exports import Export, FileType, Table, What, export, table
from events.models import Attendance, Registration, Session
from members.models import User

COLUMNS = ("last_name", "first_name", "profession")


def attendees(*, session: Session) -> QuerySet[Registration]:
    """Who holds a place."""
    return session.registrations.filter(state=Registration.State.CONFIRMED)


def _columns(session: Session) -> tuple[str, ...]:
    """Presences, one column a slot, only once there is one."""
    noted = Attendance.objects.filter(slot__session=session).exists()
    return (*COLUMNS, "presence") if noted else COLUMNS


def attendee_table(*, session: Session) -> Table:
    return table(registrations=attendees(session=session), chosen=_columns(session))


def export_attendees(*, session: Session, by: User, file_type: FileType) -> Export:
    """The same table, leaving the building: who took it is kept."""
    return export(
        registrations=attendees(session=session),
        what=What.ATTENDEES,
        chosen=_columns(session),
        file_type=file_type,
        title=f"{session.title}, {moments.day(session.starts_at)}",
        by=by,
    )
