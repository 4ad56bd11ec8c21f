"""The mean of the marks, so told that no difference between two reports isolates fewer than five answers.

Marks are those given afterwards to the first 0–10 question of the questionnaire, told by the blocks of
``survey.blocks``: by those of the results, so that a report and a result subtract to no less than a block.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from events.domain.report.shares import half_up
from events.domain.survey.blocks import Part, answers, blocks, part_of
from events.domain.survey.questions import score_key
from events.models import SealedResponse, Session, Survey, SurveyResponse


@dataclass(frozen=True)
class Surveys:
    """Every survey of some activities, whatever the period: marks, answers and people invited by session.

    Invitations are let go after some months: whoever came was invited, so nobody invited means all.
    """

    parts: list[Part]
    totals: dict[tuple[int, bool], int]
    received: dict[int, int]
    invited: dict[int, int]


def collect(activities: Collection[int]) -> Surveys:
    """Two queries, one line per survey."""
    sealed = SealedResponse.objects.filter(survey=OuterRef("pk"))
    surveys = {
        survey.pk: survey
        for survey in Survey.objects.filter(
            session__activity__in=activities,
            session__status=Session.Status.PUBLISHED,
            moment=Survey.Moment.AFTER,
        )
        .order_by()
        .select_related("session")
        .only("questions", "moment", "closes_at", "unsealed_at", "session__activity")
        .annotate(invited=Count("invitations"), waiting=Coalesce(Subquery(_number(sealed)), 0))
    }
    rows = (
        SurveyResponse.objects.filter(survey__in=surveys)
        .order_by()
        .values_list("survey", "imported")
        .annotate(number=Count("pk"), marks=Count("score"), total=Sum("score"))
    )
    parts, totals = [], {}
    received = {each.session_id: each.waiting for each in surveys.values()}
    for pk, imported, number, marks, total in rows:
        survey = surveys[pk]
        received[survey.session_id] += number
        if marks and (part := part_of(survey, score_key(survey.questions), marks, imported=imported)):
            parts.append(part)
            totals[pk, imported] = total
    invited = {each.session_id: each.invited for each in surveys.values()}
    return Surveys(parts, totals, received, invited)


def _number(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("survey").annotate(number=Count("pk")).values("number")


def mean(surveys: Surveys, inside: Collection[int]) -> tuple[Decimal | None, int]:
    """Mean of the marks of the sessions ``inside`` to one decimal, and how many it rests on.

    Without a mean, the number is that of the answers received.
    """
    total, count = 0, 0
    for block in blocks(surveys.parts):
        if all(part.session in inside for part in block):
            count += answers(block)
            total += sum(surveys.totals[part.survey, part.imported] for part in block)
    if not count:
        return None, received(surveys, inside)
    return half_up(Decimal(total) / count, "0.1"), count


def received(surveys: Surveys, inside: Collection[int]) -> int:
    return sum(number for session, number in surveys.received.items() if session in inside)


def asked(surveys: Surveys, came: dict[int, int]) -> int:
    """People whom we invited to answer; those who came, where no invitation is left or ever was."""
    return sum(number or came[session] for session, number in surveys.invited.items() if session in came)
