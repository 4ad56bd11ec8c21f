"""Bilan: the figures of activities over a period, counted from rows by the database.

A *participation* is a confirmed registration with at least one presence, counted once per session;
a *participant* is a person with a participation. Each share keeps its denominator.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from events.domain.attendance import CAME
from events.domain.survey import FLOOR
from events.models import ActivityPage, Attendance, Registration, Session, SurveyResponse
from members.professions import Civility, Profession

UNKNOWN_PROFESSION = "Non renseignée"


@dataclass(frozen=True)
class ProfessionCount:
    label: str
    participations: int
    participants: int


@dataclass(frozen=True)
class Report:
    """``None`` stands for a share of nothing, or a mean of fewer than five answers."""

    sessions: int
    places: int
    participations: int
    participants: int
    women: int
    with_civility: int
    member_participations: int
    absent: int
    withdrawn: int
    satisfaction: Decimal | None
    ratings: int
    professions: list[ProfessionCount] = field(default_factory=list)

    @property
    def fill_percent(self) -> int | None:
        return percent(self.participations, self.places)

    @property
    def women_percent(self) -> int | None:
        return percent(self.women, self.with_civility)

    @property
    def non_member_participations(self) -> int:
        return self.participations - self.member_participations

    @property
    def non_member_percent(self) -> int | None:
        return percent(self.non_member_participations, self.participations)

    def as_json(self) -> dict[str, Any]:
        return {
            "sessions": self.sessions,
            "places": self.places,
            "participations": self.participations,
            "participants": self.participants,
            "fill_percent": self.fill_percent,
            "women_percent": self.women_percent,
            "member_participations": self.member_participations,
            "non_member_percent": self.non_member_percent,
            "satisfaction": None if self.satisfaction is None else float(self.satisfaction),
            "ratings": self.ratings,
            "absent": self.absent,
            "withdrawn": self.withdrawn,
            "professions": {
                each.label: {"participations": each.participations, "participants": each.participants}
                for each in self.professions
            },
        }


def report(
    *, activities: Iterable[ActivityPage], since: date | None = None, until: date | None = None
) -> Report:
    """The figures of the published sessions that began from ``since`` to ``until``, both days included.

    The number of queries is constant; people are counted by the database.
    """
    ids = [activity.pk for activity in activities]
    sessions = _sessions(ids, since, until)
    registrations = Registration.objects.filter(session__in=sessions)
    came = registrations.filter(_presence(), state=Registration.State.CONFIRMED)
    people = _people(came)
    satisfaction, ratings = _satisfaction(ids, sessions)
    return Report(
        **_totals(sessions),
        **people,
        absent=_expected(sessions) - people["participations"],
        withdrawn=registrations.filter(state=Registration.State.WITHDRAWN).count(),
        satisfaction=satisfaction,
        ratings=ratings,
        professions=_professions(came),
    )


def percent(part: int, whole: int) -> int | None:
    """A whole number, half up: 104.86 → 105, 0.5 → 1; never capped."""
    return int(_half_up(Decimal(100 * part) / whole, "1")) if whole else None


def small_groups_merged(professions: list[ProfessionCount]) -> list[ProfessionCount]:
    """For publication: groups of fewer than five people together, so that nobody is singled out.

    One more group joins them while they are together still fewer than five.
    """
    ordered = sorted(professions, key=lambda each: each.participants)
    merged: list[ProfessionCount] = []
    while ordered and (ordered[0].participants < FLOOR or 0 < sum(m.participants for m in merged) < FLOOR):
        merged.append(ordered.pop(0))
    shown = _by_size(ordered)
    if merged:
        shown.append(
            ProfessionCount(
                merged[0].label if len(merged) == 1 and not ordered else "Autres",
                sum(each.participations for each in merged),
                sum(each.participants for each in merged),
            )
        )
    return shown


def _sessions(activities: Collection[int], since: date | None, until: date | None) -> QuerySet[Session]:
    started = Session.objects.filter(
        activity__in=activities, status=Session.Status.PUBLISHED, starts_at__lte=timezone.now()
    ).order_by()
    if since:
        started = started.filter(starts_at__gte=_midnight(since))
    if until:
        started = started.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    return started


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _presence() -> Exists:
    return Exists(Attendance.objects.filter(registration=OuterRef("pk"), state__in=CAME))


def _totals(sessions: QuerySet[Session]) -> dict[str, int]:
    found = sessions.aggregate(sessions=Count("pk"), places=Sum("capacity"))
    return {"sessions": found["sessions"], "places": found["places"] or 0}


def _people(came: QuerySet[Registration]) -> dict[str, int]:
    return came.aggregate(
        participations=Count("pk"),
        participants=Count("user", distinct=True),
        women=Count("pk", filter=Q(civility=Civility.MME)),
        with_civility=Count("pk", filter=~Q(civility="")),
        member_participations=Count("pk", filter=Q(is_member=True)),
    )


def _expected(sessions: QuerySet[Session]) -> int:
    """People who were confirmed at a session whose attendance was taken, whether they came or not."""
    taken = sessions.filter(Exists(Attendance.objects.filter(slot__session=OuterRef("pk"))))
    return Registration.objects.filter(session__in=taken, state=Registration.State.CONFIRMED).count()


def _professions(came: QuerySet[Registration]) -> list[ProfessionCount]:
    labels = dict(Profession.choices)
    rows = (
        came.order_by()
        .values("profession")
        .annotate(participations=Count("pk"), participants=Count("user", distinct=True))
    )
    return _by_size(
        ProfessionCount(
            labels.get(row["profession"], UNKNOWN_PROFESSION), row["participations"], row["participants"]
        )
        for row in rows
    )


def _by_size(professions: Iterable[ProfessionCount]) -> list[ProfessionCount]:
    return sorted(professions, key=lambda each: (-each.participations, each.label))


def _satisfaction(activities: Collection[int], sessions: QuerySet[Session]) -> tuple[Decimal | None, int]:
    """Mean of the marks to one decimal, and how many it rests on.

    No difference between two reports may isolate fewer than five answers. So the sessions of an
    activity, in order, are gathered in blocks of five answers at least, which do not depend on the
    period asked for; a block counts when the period holds it whole. Whoever imported marks knows them,
    so they never share a block with marks that people gave here.
    """
    inside = set(sessions.values_list("pk", flat=True))
    received, total, count = 0, 0, 0
    for block in _blocks(_marks(activities)):
        asked_for = [session for session in block if session[0] in inside]
        received += _answers(asked_for)
        if asked_for == block and _answers(block) >= FLOOR:
            count += _answers(block)
            total += sum(marks for _session, _count, marks in block)
    if not count:
        return None, received
    return _half_up(Decimal(total) / count, "0.1"), count


# Session, number of answers, sum of their marks.
Marks = tuple[int, int, int]


def _marks(activities: Collection[int]) -> Iterable[tuple[tuple[int, bool], Marks]]:
    """Per session that has answers, in order of time: its activity, whether they were imported, its marks."""
    rows = (
        SurveyResponse.objects.filter(
            survey__session__activity__in=activities, survey__session__status=Session.Status.PUBLISHED
        )
        .values("survey__session__activity", "imported", "survey__session__starts_at", "survey__session")
        .annotate(answers=Count("pk"), marks=Sum("score"))
        .order_by("survey__session__activity", "imported", "survey__session__starts_at", "survey__session")
    )
    for row in rows:
        series = row["survey__session__activity"], row["imported"]
        yield series, (row["survey__session"], row["answers"], row["marks"])


def _blocks(marks: Iterable[tuple[tuple[int, bool], Marks]]) -> list[list[Marks]]:
    """Consecutive sessions of one series, five answers at least; a short rest joins the block before."""
    blocks: list[list[Marks]] = []
    for _series, sessions in groupby(marks, key=itemgetter(0)):
        own: list[list[Marks]] = []
        for _same, session in sessions:
            if not own or _answers(own[-1]) >= FLOOR:
                own.append([])
            own[-1].append(session)
        if len(own) > 1 and _answers(own[-1]) < FLOOR:
            own[-2:] = [own[-2] + own[-1]]
        blocks += own
    return blocks


def _answers(block: Iterable[Marks]) -> int:
    return sum(answers for _session, answers, _marks in block)


def _half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)
