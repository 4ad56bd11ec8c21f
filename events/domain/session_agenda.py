"""The programme within a session: what is said of it, how it is stored, and how it follows a new date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from common.moments import NBSP
from common.versions import raise_version
from events.domain import recurrence, seats
from events.domain.session_slots import SlotTimes
from events.models import AgendaItem, Session, SessionRole
from members.models import User

MAX_ITEMS = 60
TITLE, ROOM, DESCRIPTION = 160, 80, 1000


@dataclass(frozen=True)
class AgendaLine:
    """``speakers`` are ranks among the session's roles, in their order."""

    starts_at: datetime
    title: str
    ends_at: datetime | None = None
    room: str = ""
    description: str = ""
    speakers: tuple[int, ...] = ()


def stored_agenda(session: Session) -> list[AgendaLine]:
    """As ``session`` has it; with ``roles`` and ``agenda__roles`` prefetched, it asks nothing."""
    prefetch_related_objects([session], "roles", "agenda__roles")
    ranks = {role.pk: rank for rank, role in enumerate(session.roles.all())}
    return [
        AgendaLine(
            item.starts_at,
            item.title,
            item.ends_at,
            item.room,
            item.description,
            tuple(sorted(ranks[role.pk] for role in item.roles.all() if role.pk in ranks)),
        )
        for item in session.agenda.all()
    ]


def set_agenda(*, session: Session, lines: Sequence[AgendaLine], by: User | None) -> None:
    """Make ``lines`` the programme of ``session``, and log that it changed."""
    wanted = sorted((_tidy(line) for line in lines), key=lambda line: line.starts_at)
    with transaction.atomic():
        locked = seats.lock(session_id=session.pk)
        before = stored_agenda(locked)
        if before == wanted:
            return
        roles = list(locked.roles.all())
        check_agenda(wanted, session=locked, roles=len(roles))
        locked.agenda.all().delete()
        _write(locked, wanted, roles)
        locked.save(update_fields=raise_version(stored=locked, seen=None, by=by))
        # Hours and a number: a talk's title may name a person.
        change = {"before": _plain(before), "after": _plain(wanted)}
        log(instance=locked, action="escale.edit", user=by, data={"agenda": change})


def check_agenda(lines: Sequence[AgendaLine], *, session: Session, roles: int) -> None:
    """Raises ``DomainError`` that names the line which cannot stand."""
    if len(lines) > MAX_ITEMS:
        raise DomainError(f"Le programme compte {MAX_ITEMS} temps au plus.", field="agenda")
    first, last = timezone.localdate(session.starts_at), timezone.localdate(session.ends_at)
    for line in lines:
        if not line.title:
            raise DomainError("Donnez un intitulé à chaque temps du programme.", field="agenda")
        if len(line.title) > TITLE or len(line.room) > ROOM or len(line.description) > DESCRIPTION:
            raise _refused(line, "ce texte est trop long.")
        if line.ends_at is not None and line.ends_at <= line.starts_at:
            raise _refused(line, "la fin précède le début.")
        if not first <= timezone.localdate(line.starts_at) <= last:
            raise _refused(line, "ce temps tombe en dehors des jours de la session.")
        if not set(line.speakers) <= set(range(roles)):
            raise _refused(line, "cette personne n’est pas de la session.")


def move_along(session: Session, *, before: SlotTimes, after: SlotTimes) -> None:
    """The stored programme of a locked session goes where its first slot went."""
    offset = offset_of(before, after)
    if not offset:
        return
    for item in session.agenda.all():
        item.starts_at = _shifted(item.starts_at, offset)
        item.ends_at = item.ends_at and _shifted(item.ends_at, offset)
        item.save(update_fields=["starts_at", "ends_at"])


def following(
    lines: Iterable[AgendaLine], *, stored: Iterable[AgendaLine], offset: timedelta
) -> list[AgendaLine]:
    """Lines whose hours are ``stored`` ones, of before the move, follow it; others stand as typed."""
    known = {(line.starts_at, line.ends_at) for line in stored}
    return [moved(line, offset) if (line.starts_at, line.ends_at) in known else line for line in lines]


def moved(line: AgendaLine, offset: timedelta) -> AgendaLine:
    end = line.ends_at and _shifted(line.ends_at, offset)
    return replace(line, starts_at=_shifted(line.starts_at, offset), ends_at=end)


def offset_of(before: SlotTimes, after: SlotTimes) -> timedelta:
    """On the clock: days and hours of a slot that moved whole, days alone of one that was lengthened."""
    start = _naive(after.starts_at) - _naive(before.starts_at)
    if start == _naive(after.ends_at) - _naive(before.ends_at):
        return start
    return _naive(after.starts_at).date() - _naive(before.starts_at).date()


def _write(session: Session, lines: Sequence[AgendaLine], roles: Sequence[SessionRole]) -> None:
    for line in lines:
        item = AgendaItem.objects.create(
            session=session,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            title=line.title,
            room=line.room,
            description=line.description,
        )
        if line.speakers:
            item.roles.set([roles[rank] for rank in line.speakers])


def _tidy(line: AgendaLine) -> AgendaLine:
    return replace(
        line,
        title=" ".join(line.title.split()),
        room=" ".join(line.room.split()),
        description=line.description.replace("\r\n", "\n").strip(),
        speakers=tuple(sorted(set(line.speakers))),
    )


def _refused(line: AgendaLine, sentence: str) -> DomainError:
    return DomainError(f"«{NBSP}{line.title}{NBSP}»{NBSP}: {sentence}", field="agenda")


def _naive(value: datetime) -> datetime:
    return timezone.localtime(value).replace(tzinfo=None)


def _shifted(value: datetime, offset: timedelta) -> datetime:
    """That much later on the clock. Refuses an hour that the clock change skips or repeats."""
    later = _naive(value) + offset
    try:
        return recurrence.moment(later.date(), later.time())
    except DomainError as error:
        raise DomainError(str(error), field="agenda") from None


def _plain(lines: Sequence[AgendaLine]) -> str:
    return ", ".join(line.starts_at.astimezone(UTC).isoformat() for line in lines)
