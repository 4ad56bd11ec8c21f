"""What deserves a coordinator's attention today: each alert is one sentence about one thing to mend."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from common import moments
from events.models import Message, Registration, Session, Slot
from events.models.message import SURVEY_KINDS, UNSENT
from events.models.session import SessionQuerySet
from members.models import Organisation

SOON = timedelta(days=7)
PATIENCE = timedelta(days=2)  # a sheet left open, a request left without an answer
LATE = timedelta(hours=1)  # a message written, and not sent
PER_KIND = 20


class Kind(StrEnum):
    FULL = "full"
    CHOOSE = "choose"
    UNDERFILLED = "underfilled"
    PENDING = "pending"
    SHEET = "sheet"
    FAILING = "failing"
    LATE = "late"
    PAUSED = "paused"


@dataclass(frozen=True)
class Alert:
    """``session`` and ``slot`` are what it is about; the interface knows where each kind is mended."""

    kind: Kind
    sentence: str
    session: Session | None = None
    slot: Slot | None = None


def alerts(
    *, sessions: SessionQuerySet, organisations: QuerySet[Organisation], now: datetime | None = None
) -> list[Alert]:
    """Of these sessions and organisations, the most pressing first; as many queries for any number."""
    now = now or timezone.now()
    coming = sessions.filter(status=Session.Status.PUBLISHED, starts_at__gt=now).order_by("starts_at", "pk")
    return [
        *_failing(organisations, now),
        *_open_sheets(sessions, now),
        *_pending(coming, now),
        *_waiting(coming),
        *_underfilled(coming.filter(starts_at__lte=now + SOON)),
        *_paused(coming),
    ]


def not_settled(sessions: SessionQuerySet, now: datetime) -> SessionQuerySet:
    """Those that began and have a sheet to close: found without reading the years that are settled."""
    return sessions.filter(
        status=Session.Status.PUBLISHED, completed_at__isnull=True, starts_at__lte=now
    ).order_by()


def _waiting(coming: SessionQuerySet) -> Iterator[Alert]:
    for session in coming.filter(waiting__gt=0)[:PER_KIND]:
        free = session.seats - session.seats_taken
        if free > 0:
            sentence = f"{_count(free, 'place libre')} et {_waits(session.waiting)} : à vous de choisir."
            yield Alert(Kind.CHOOSE, f"{_name(session)} : {sentence}", session)
        else:
            yield Alert(Kind.FULL, f"{_name(session)} : complet, {_waits(session.waiting)}.", session)


def _underfilled(soon: SessionQuerySet) -> Iterator[Alert]:
    """Less than half of the seats taken, a week before at most."""
    for session in soon.filter(seats_taken__lt=F("capacity") / 2.0)[:PER_KIND]:
        sentence = f"{session.seats_taken} sur {_count(session.capacity, 'place')}, à moins d’une semaine."
        yield Alert(Kind.UNDERFILLED, f"{_name(session)} : {sentence}", session)


def _pending(coming: SessionQuerySet, now: datetime) -> Iterator[Alert]:
    """By session, the requests that nobody answered for two days."""
    waiting = (
        Registration.objects.filter(
            session__in=coming.order_by(),
            state=Registration.State.PENDING,
            state_changed_at__lte=now - PATIENCE,
        )
        .order_by("session__starts_at", "session")
        .values("session")
        .annotate(number=Count("pk"))[:PER_KIND]
    )
    numbers = {row["session"]: row["number"] for row in waiting}
    for session in _by_pk(coming, numbers):
        sentence = _count(numbers[session.pk], "demande")
        yield Alert(Kind.PENDING, f"{_name(session)} : {sentence} sans réponse depuis deux jours.", session)


def _open_sheets(sessions: SessionQuerySet, now: datetime) -> Iterator[Alert]:
    slots = (
        Slot.objects.filter(session__in=not_settled(sessions, now))
        .filter(sheets__isnull=True, ends_at__lte=now - PATIENCE)
        .select_related("session__activity__organisation")
        .order_by("starts_at", "pk")
    )
    for slot in slots[:PER_KIND]:
        sentence = (
            f"« {slot.session.title} » : la feuille du {moments.moment(slot.starts_at)} n’est pas close."
        )
        yield Alert(Kind.SHEET, sentence, slot.session, slot)


def _failing(organisations: QuerySet[Organisation], now: datetime) -> Iterator[Alert]:
    """What was given up, and what should have left long ago: no mail server, or nobody who sends."""
    state = Message.State
    found = Message.objects.filter(
        UNSENT, organisation__in=organisations, state__in=(state.FAILED, state.QUEUED)
    )
    counted = found.exclude(kind__startswith=SURVEY_KINDS).aggregate(  # those are on no list
        failed=Count("pk", filter=Q(state=state.FAILED)),
        late=Count("pk", filter=Q(state=state.QUEUED, created_at__lte=now - LATE)),
    )
    if number := counted["failed"]:
        verb = "n’est pas parti" if number == 1 else "ne sont pas partis"
        yield Alert(Kind.FAILING, f"{_count(number, 'message')} {verb}.")
    if number := counted["late"]:
        verb = "attend" if number == 1 else "attendent"
        alone = "repartira tout seul" if number == 1 else "repartiront tout seuls"
        sentence = f"{_count(number, 'message')} {verb} depuis plus d’une heure et {alone}."
        yield Alert(Kind.LATE, f"{sentence} Si cela dure, prévenez l’administration.")


def _paused(coming: SessionQuerySet) -> Iterator[Alert]:
    for session in coming.filter(messages_paused=True)[:PER_KIND]:
        sentence = "session copiée, ses messages programmés attendent votre accord."
        yield Alert(Kind.PAUSED, f"{_name(session)} : {sentence}", session)


def _by_pk(sessions: SessionQuerySet, pks: Iterable[int]) -> list[Session]:
    found = sessions.in_bulk(list(pks))
    return [found[pk] for pk in pks if pk in found]


def _name(session: Session) -> str:
    return f"« {session.title} », {moments.moment(session.starts_at)}"


def _waits(number: int) -> str:
    return "une personne attend" if number == 1 else f"{number} personnes attendent"


def _count(number: int, words: str) -> str:
    """« 1 place libre », « 3 places libres »."""
    return (
        f"{number} {words}" if number == 1 else f"{number} {' '.join(f'{word}s' for word in words.split())}"
    )
