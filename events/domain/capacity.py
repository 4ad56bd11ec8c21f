"""Changing the number of places and nothing else."""

from events.domain.session_slots import stored_times
from events.domain.sessions import save_session
from events.models import Session
from members.models import User


def change_capacity(*, session: Session, capacity: int, seen: int | None, by: User | None) -> Session:
    """More places go at once to those who wait; fewer drop nobody. ``StaleError`` as for any edit."""
    edited = Session.objects.select_related("activity").get(pk=session.pk)
    edited.capacity = capacity
    return save_session(session=edited, slots=stored_times(edited), seen=seen, by=by)
