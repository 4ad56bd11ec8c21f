"""The list of a session's people for who leads it: the fewest columns that serve, no address, no RPPS."""

from django.db.models import QuerySet

from common import moments
from events.domain.exports import Export, FileType, Table, What, export, table
from events.models import Registration, Session
from members.models import User

COLUMNS = ("last_name", "first_name", "profession", "presence")


def attendees(*, session: Session) -> QuerySet[Registration]:
    """Who holds a place."""
    return session.registrations.filter(state=Registration.State.CONFIRMED)


def attendee_table(*, session: Session) -> Table:
    return table(registrations=attendees(session=session), chosen=COLUMNS)


def export_attendees(*, session: Session, by: User, file_type: FileType) -> Export:
    """The same table, leaving the building: who took it is kept."""
    return export(
        registrations=attendees(session=session),
        what=What.ATTENDEES,
        chosen=COLUMNS,
        file_type=file_type,
        title=f"{session.title}, {moments.day(session.starts_at)}",
        by=by,
    )
