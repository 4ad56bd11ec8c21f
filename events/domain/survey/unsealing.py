"""Opening the answers of surveys that are over: five together at least, and nobody's row is anybody's.

A survey of five answers or more is opened alone; smaller ones of an activity wait, sealed, until they are
five together. Within what is opened together, each question's answers (each line of a grid) are dealt anew
over the rows: a row tells neither what one person said throughout nor, where it was smaller, at which of
these sessions. Who had answered is forgotten: every invitation then says that it is used up.
"""

import logging
import uuid
from collections import defaultdict
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from common.old_pages import forget_old_pages
from events.domain.survey.blocks import FLOOR
from events.domain.survey.questions import score_key, text_keys
from events.domain.survey.sealing import opened
from events.models import ActivityPage, SealedResponse, Survey, SurveyInvitation, SurveyResponse, SurveyText

logger = logging.getLogger(__name__)
Values = dict[str, Any]


def unseal_due(*, now: datetime | None = None) -> int:
    """Open what is over; returns how many surveys were opened."""
    now = now or timezone.now()
    waiting = _over(now).order_by().values_list("session__activity", "moment").distinct()
    opened_now = sum(_unseal(activity, moment, now) for activity, moment in list(waiting))
    if opened_now:
        forget_old_pages()  # where seals and ciphers were side by side
    return opened_now


def unseal(*, survey: Survey) -> bool:
    """Open ``survey``, with the small ones that it completes; False: not over, or fewer than five yet."""
    _unseal(survey.session.activity_id, survey.moment, timezone.now())
    survey.refresh_from_db()
    return survey.unsealed_at is not None


def _over(now: datetime) -> QuerySet[Survey]:
    """Closed, or answered by everybody invited; a survey of before may still invite."""
    invited = SurveyInvitation.objects.filter(survey=OuterRef("pk"))
    all_answered = Exists(invited) & ~Exists(invited.filter(answered=False))
    over = Q(closes_at__lte=now) | (~Q(moment=Survey.Moment.BEFORE) & Q(all_answered))
    return Survey.objects.filter(over, unsealed_at=None)


def _unseal(activity: int, moment: str, now: datetime) -> int:
    over = _over(now).filter(session__activity=activity, moment=moment)
    if not _groups(_counted(over)):
        return 0
    with transaction.atomic():
        # One at a time for an activity: blocks are made in the order of ``unsealed_at``.
        ActivityPage.objects.select_for_update(no_key=True, of=("self",)).get(pk=activity)
        pks = list(over.order_by("pk").values_list("pk", flat=True))
        held = Survey.objects.filter(pk__in=pks)
        list(held.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        groups = _groups(_counted(held))
        return sum(_open(group) for group in groups)


def _counted(surveys: QuerySet[Survey]) -> list[tuple[Survey, int]]:
    found = surveys.order_by("closes_at", "pk").annotate(answers=Count("sealed"))
    return [(survey, survey.answers) for survey in found]


def _groups(surveys: list[tuple[Survey, int]]) -> list[list[Survey]]:
    """What may be opened, each time together. Only surveys that ask the same are put together."""
    groups: list[list[Survey]] = []
    small: dict[tuple[str, ...], list[tuple[Survey, int]]] = defaultdict(list)
    for survey, answers in surveys:
        if not 0 < answers < FLOOR:
            groups.append([survey])
            continue
        waiting = small[tuple(sorted(each["key"] for each in survey.questions))]
        waiting.append((survey, answers))
        if sum(number for _survey, number in waiting) >= FLOOR:
            groups.append([each for each, _number in waiting])
            waiting.clear()
    return groups


def _open(group: list[Survey]) -> int:
    rows: list[tuple[Survey, Values]] = []
    for survey in group:
        for token in survey.sealed.values_list("sealed", flat=True):
            values = opened(token, seal=survey.seal)
            if values is None:
                logger.error("Survey %s: sealed under another SECRET_KEY", survey.pk)
                return 0
            rows.append((survey, values))
    dealt = dealt_anew([values for _survey, values in rows])
    _write(list(zip([survey for survey, _values in rows], dealt, strict=True)))
    _forget(group)
    return len(group)


def dealt_anew(rows: list[Values]) -> list[Values]:
    """The same answers to each question, on other rows: what one person said is on no row together."""
    columns: dict[tuple[str, str | None], list[Any]] = {}
    for number, values in enumerate(rows):
        for key, value in values.items():
            parts = value.items() if isinstance(value, dict) else [(None, value)]
            for line, part in parts:
                columns.setdefault((key, line), [None] * len(rows))[number] = part
    dealt: list[Values] = [{} for _row in rows]
    for (key, line), column in sorted(columns.items(), key=lambda each: (each[0][0], each[0][1] or "")):
        SystemRandom().shuffle(column)
        for values, part in zip(dealt, column, strict=True):
            if part is None:
                continue
            if line is None:
                values[key] = part
            else:
                values.setdefault(key, {})[line] = part
    return dealt


def _write(rows: list[tuple[Survey, Values]]) -> None:
    texts = [
        SurveyText(id=uuid.uuid4(), survey=survey, key=key, text=values.pop(key))
        for survey, values in rows
        for key in text_keys(survey.questions)
        if key in values
    ]
    responses = [
        SurveyResponse(
            id=uuid.uuid4(),
            survey=survey,
            score=values.pop(score_key(survey.questions), None),
            answers=values,
        )
        for survey, values in rows
    ]
    SurveyResponse.objects.bulk_create(SystemRandom().sample(responses, len(responses)))
    SurveyText.objects.bulk_create(SystemRandom().sample(texts, len(texts)))


def _forget(group: list[Survey]) -> None:
    pks = [survey.pk for survey in group]
    SealedResponse.objects.filter(survey__in=pks).delete()
    SurveyInvitation.objects.filter(survey__in=pks).update(answered=True)
    now = timezone.now()  # the same for what was opened together, and for nothing else
    Survey.objects.filter(pk__in=pks).update(unsealed_at=now, seal="")
    Survey.objects.filter(pk__in=pks, closes_at__gt=now).update(closes_at=now)
