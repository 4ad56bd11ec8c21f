"""The mean of the marks, so told that no difference between two reports isolates fewer than five answers.

The answers of an activity are gathered in blocks of five at least, which depend neither on the period
asked for nor on the day of asking; a block counts when the period holds it whole. So that a block never
changes once it was shown, surveys are taken in the order in which they close, up to the first one that
may still be answered, and a rest of fewer than five answers waits for the next survey. Whoever imported
marks knows them: they never share a block with marks that people gave here, and their rest may join
the block before.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Q, Sum
from django.utils import timezone

from events.domain.report.shares import half_up
from events.domain.survey import FLOOR
from events.models import Session, Survey, SurveyResponse


@dataclass(frozen=True)
class Marks:
    """The answers to one survey; ``settled``: nobody can add one any more."""

    session: int
    series: tuple[int, bool]
    closes_at: datetime
    answers: int
    total: int
    settled: bool

    @property
    def imported(self) -> bool:
        return self.series[1]


@dataclass(frozen=True)
class Surveys:
    """Every survey of some activities, whatever the period: marks, and people invited by session.

    Invitations are let go after some months: whoever came was invited, so nobody invited means all.
    """

    marks: list[Marks]
    invited: dict[int, int]


def collect(activities: Collection[int]) -> Surveys:
    """Two queries, one line per survey."""
    ours = {"session__activity__in": activities, "session__status": Session.Status.PUBLISHED}
    of_ours = {f"survey__{name}": value for name, value in ours.items()}
    invitations = (
        Survey.objects.filter(**ours)
        .order_by()
        .values_list("session")
        .annotate(
            invited=Count("invitations"),
            silent=Count("invitations", filter=Q(invitations__answered=False)),
        )
    )
    people = {session: (invited, silent) for session, invited, silent in invitations}
    rows = (
        SurveyResponse.objects.filter(**of_ours)
        .order_by()
        .values_list("survey__session", "survey__session__activity", "imported", "survey__closes_at")
        .annotate(answers=Count("pk"), total=Sum("score"))
    )
    now = timezone.now()
    marks = [
        Marks(
            session,
            (activity, imported),
            closes_at,
            answers,
            total,
            settled=imported or closes_at <= now or _all_answered(*people.get(session, (0, 0))),
        )
        for session, activity, imported, closes_at, answers, total in rows
    ]
    return Surveys(marks, {session: invited for session, (invited, _silent) in people.items()})


def mean(surveys: Surveys, inside: Collection[int]) -> tuple[Decimal | None, int]:
    """Mean of the marks of the sessions ``inside`` to one decimal, and how many it rests on.

    Without a mean, the number is that of the answers received.
    """
    total, count = 0, 0
    for block in _blocks(surveys.marks):
        if all(survey.session in inside for survey in block):
            count += _answers(block)
            total += sum(survey.total for survey in block)
    if not count:
        return None, received(surveys, inside)
    return half_up(Decimal(total) / count, "0.1"), count


def received(surveys: Surveys, inside: Collection[int]) -> int:
    return _answers(survey for survey in surveys.marks if survey.session in inside)


def asked(surveys: Surveys, came: dict[int, int]) -> int:
    """People whom we invited to answer; those who came, where no invitation is left or ever was."""
    return sum(number or came[session] for session, number in surveys.invited.items() if session in came)


def _all_answered(invited: int, silent: int) -> bool:
    return bool(invited) and not silent


def _blocks(marks: Iterable[Marks]) -> list[list[Marks]]:
    ordered = sorted(marks, key=lambda each: (each.series, each.closes_at, each.session))
    blocks: list[list[Marks]] = []
    for (_activity, imported), surveys in groupby(ordered, key=lambda each: each.series):
        own: list[list[Marks]] = []
        for survey in surveys:
            if not survey.settled:
                break
            if not own or _answers(own[-1]) >= FLOOR:
                own.append([])
            own[-1].append(survey)
        if own and _answers(own[-1]) < FLOOR:
            rest = own.pop()
            if imported and own:
                own[-1] = own[-1] + rest
        blocks += own
    return blocks


def _answers(surveys: Iterable[Marks]) -> int:
    return sum(survey.answers for survey in surveys)
