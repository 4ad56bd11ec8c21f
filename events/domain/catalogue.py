"""The catalogue: what is to come, narrowed by what a professional asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from common.folding import words
from common.visibility import open_to_all
from events.access import published_sessions
from events.domain.months import ONE_DAY, midnight
from events.domain.search import corrected, everything_said
from events.models import ActivityPage, Session
from events.models.session import SessionQuerySet
from members.departments import DEPARTMENTS

# So many keys are named to the database; more are sought in what it answers.
FEW = 2_000


@dataclass(frozen=True)
class Wanted:
    """What was asked for; empty values ask for nothing. Organisation and theme by their slug."""

    text: str = ""
    organisation: str = ""
    activity: int | None = None
    theme: str = ""
    profession: str = ""
    department: str = ""
    modality: str = ""
    since: date | None = None
    until: date | None = None
    with_seats: bool = False


@dataclass(frozen=True)
class Offered:
    """What a filter may choose: only what has something to come. Pairs of value and words."""

    organisations: Sequence[tuple[str, str]]
    departments: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Found:
    """``keys`` of what answers, soonest first; ``sessions`` are narrowed by all but words, which leave
    those ``among``. Without words, ``keys`` are a query: a page is read, and the others counted.

    ``understood`` are the words that were looked for instead of those that nothing holds.
    """

    sessions: SessionQuerySet
    keys: Sequence[int] | QuerySet[Session, int]
    among: frozenset[int] | None = None
    understood: str = ""


def offered() -> Offered:
    """Sessions without their activities, then activities: the first query reads nothing but an index."""
    coming = Session.objects.filter(status=Session.Status.PUBLISHED).upcoming().order_by()
    where: dict[int, set[str]] = {}
    for activity, department in coming.values_list("activity_id", "department").distinct():
        where.setdefault(activity, set()).add(department)
    rows = [row for row in _activities() if row[0] in where]
    here = {own or row[3] for row in rows for own in where[row[0]]}
    return Offered(
        organisations=sorted({(row[1], row[2]) for row in rows}, key=lambda each: (each[1], each[0])),
        departments=[each for each in DEPARTMENTS if each[0] in here],
        themes=list(dict.fromkeys((row[4], row[5]) for row in rows if row[4])),
    )


def _activities() -> QuerySet[ActivityPage, Any]:
    """Number, organisation and one theme of each activity that anybody sees."""
    return open_to_all(ActivityPage.objects.order_by("themes")).values_list(
        "pk",
        "organisation__slug",
        "organisation__short_name",
        "organisation__department",
        "themes__slug",
        "themes__name",
    )


def find(*, wanted: Wanted) -> Found:
    """What is to come and answers; when no word is found, what its correction finds."""
    sessions = narrowed(published_sessions().upcoming(), wanted)
    asked = words(wanted.text)
    if not asked:
        return Found(sessions, sessions.values_list("pk", flat=True))
    said = everything_said()
    keys = _among(sessions, said.holding(asked))
    instead = () if keys else corrected(said, asked)
    others = _among(sessions, said.holding(words(" ".join(instead)))) if instead else []
    return Found(
        sessions,
        keys=others or keys,
        among=frozenset(others or keys),
        understood=" ".join(instead if others else ()),
    )


def first_start(*, found: Found, since: datetime) -> datetime | None:
    """When the first of ``found`` begins after ``since``."""
    later = found.sessions.filter(starts_at__gte=since).values_list("pk", "starts_at")
    among = found.among
    rows = later[:1] if among is None else later.iterator()
    return next((starts_at for key, starts_at in rows if among is None or key in among), None)


def narrowed(sessions: SessionQuerySet, wanted: Wanted) -> SessionQuerySet:
    """By all but words; each condition narrows the others."""
    asked = Q()
    if wanted.organisation:
        asked &= Q(activity__organisation__slug=wanted.organisation)
    if wanted.activity:
        asked &= Q(activity=wanted.activity)
    if wanted.theme:
        asked &= Q(activity__themes__slug=wanted.theme)
    if wanted.department:
        asked &= _in_department(wanted.department)
    if wanted.modality:
        asked &= Q(modality=wanted.modality)
    if wanted.since:
        asked &= Q(ends_at__gte=midnight(wanted.since))
    if wanted.until:
        asked &= Q(starts_at__lt=midnight(wanted.until + ONE_DAY))
    if wanted.with_seats:
        asked &= _with_seats()
    sessions = sessions.filter(asked)
    if wanted.profession:
        # Codes are quoted in the stored list: « 10 » is not found in « 1024 ».
        admitted = Cast("professions", TextField())
        sessions = sessions.alias(admitted=admitted).filter(
            Q(professions=[]) | Q(admitted__contains=f'"{wanted.profession}"')
        )
    return sessions


def _among(sessions: SessionQuerySet, keys: set[int]) -> list[int]:
    """Those of ``sessions`` that are among ``keys``, in their order."""
    few = len(keys) <= FEW
    found = (sessions.filter(pk__in=keys) if few else sessions).values_list("pk", flat=True)
    return [key for key in found if key in keys]


def _in_department(code: str) -> Q:
    """A session that says nothing is where its organisation is."""
    return Q(department=code) | Q(department="", activity__organisation__department=code)


def _with_seats() -> Q:
    """A seat that somebody new may take: see ``Session.seats_left`` and ``doors``."""
    now = timezone.now()
    free = Q(seats_taken__lt=F("capacity") + F("overbooking"))
    nobody_before = Q(waiting=0) | Q(members_first_until__gt=now)
    still_open = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    return free & nobody_before & still_open & Q(starts_at__gt=now)
