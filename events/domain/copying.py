"""Sessions made from others: everything but the people, and silent until somebody confirms the messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from common.errors import DomainError
from events.domain import recurrence
from events.domain.batches import Batch, BatchError, NewSession, create_all
from events.domain.roles import RoleLine
from events.domain.session_agenda import moved, stored_agenda
from events.domain.session_documents import stored_documents
from events.domain.session_slots import SlotTimes
from events.domain.sessions import EDITABLE
from events.models import Session
from members.models import User

MOVED = ("opens_at", "closes_at", "members_first_until")


@dataclass(frozen=True)
class Copy:
    """``session`` again, its first day on ``day``, under ``title`` if one is given."""

    session: Session
    day: date
    title: str = ""


def copy_session(*, session: Session, day: date, title: str = "", by: User | None) -> Session:
    """A draft on ``day``. Refuses to create what exists already."""
    batch = copy_season(copies=[Copy(session, day, title)], publish=False, by=by)
    if batch.skipped:
        raise DomainError(
            "Une session du même titre commence déjà à ce moment : changez le jour ou le titre."
        )
    return batch.created[0]


def copy_season(*, copies: Sequence[Copy], publish: bool, by: User | None) -> Batch:
    """All of ``copies``, of one activity, or none; their message rules wait until they are confirmed."""
    if not copies:
        raise DomainError("Gardez au moins une date.")
    activity = copies[0].session.activity
    if any(one.session.activity_id != activity.pk for one in copies):
        raise DomainError("Une saison se copie un dispositif à la fois.")
    wanted = [_copy(one, index) for index, one in enumerate(copies)]
    return create_all(activity=activity, wanted=wanted, publish=publish, by=by)


def next_season(session: Session, *, weeks: int | None) -> date:
    """Where its copy goes: ``weeks`` later, or the same weekday of the same rank a year later."""
    day = timezone.localdate(session.starts_at)
    return recurrence.a_year_later(day) if weeks is None else day + timedelta(weeks=weeks)


def _copy(wanted: Copy, index: int) -> NewSession:
    try:
        return _moved(wanted)
    except DomainError as error:
        raise BatchError(error, index) from None


def _moved(wanted: Copy) -> NewSession:
    """Every hour stays what it is on the clock. Refuses one that the clock change skips."""
    original = wanted.session
    days = (wanted.day - timezone.localdate(original.starts_at)).days
    copy = Session(**{name: getattr(original, name) for name in EDITABLE if name not in MOVED})
    copy.professions = list(original.professions)
    copy.title = " ".join(wanted.title.split()) or original.title
    copy.messages_paused = True
    for name in MOVED:
        moment = getattr(original, name)
        setattr(copy, name, moment and recurrence.shifted(moment, days=days))
    slots = [
        SlotTimes(
            recurrence.shifted(slot.starts_at, days=days),
            recurrence.shifted(slot.ends_at, days=days),
            slot.label,
        )
        for slot in original.slots.all()
    ]
    roles = [
        RoleLine(
            role.role, role.name, role.user.email if role.user else "", role.presentation, role.disclosure
        )
        for role in original.roles.all()
    ]
    agenda = [moved(line, timedelta(days=days)) for line in stored_agenda(original)]
    return NewSession(copy, slots, roles, agenda, stored_documents(original))
