"""The catalogue: what is to come, narrowed by what a professional asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from common.folding import words
from events.domain.months import ONE_DAY, midnight
from events.domain.search import corrected, search
from events.models import Theme
from events.models.session import SessionQuerySet
from members.departments import DEPARTMENTS

FEW = 500


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
    """``understood`` are the words that were looked for instead of those that nothing holds."""

    sessions: SessionQuerySet
    keys: Sequence[int]
    understood: str = ""


def offered(sessions: SessionQuerySet) -> Offered:
    rows = set(
        sessions.order_by()
        .values_list(
            "activity__organisation__slug",
            "activity__organisation__short_name",
            "activity__organisation__department",
            "department",
        )
        .distinct()
    )
    here = {own or theirs for _slug, _name, theirs, own in rows}
    of_theme = sessions.order_by().filter(activity__themes=OuterRef("pk"))
    themes = Theme.objects.filter(Exists(of_theme)).values_list("slug", "name")
    return Offered(
        organisations=sorted({(row[0], row[1]) for row in rows}, key=lambda each: (each[1], each[0])),
        departments=[each for each in DEPARTMENTS if each[0] in here],
        themes=list(themes),
    )


def find(*, sessions: SessionQuerySet, wanted: Wanted) -> Found:
    """The ``sessions`` that answer; when no word is found, those that its correction finds."""
    found = _found(sessions, wanted)
    asked = words(wanted.text)
    if found.keys or not asked:
        return found
    instead = " ".join(corrected(sessions, asked))
    if not instead:
        return found
    other = _found(sessions, replace(wanted, text=instead))
    return replace(other, understood=instead) if other.keys else found


def matching(*, sessions: SessionQuerySet, wanted: Wanted) -> SessionQuerySet:
    """Each condition narrows the others."""
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
    return search(sessions, words(wanted.text))


def _found(sessions: SessionQuerySet, wanted: Wanted) -> Found:
    """Words are looked for once: few answers are named by their keys from then on."""
    answers = matching(sessions=sessions, wanted=wanted)
    keys = list(answers.values_list("pk", flat=True))
    few = wanted.text and len(keys) <= FEW
    return Found(sessions.filter(pk__in=keys) if few else answers, keys)


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
