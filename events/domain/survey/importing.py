"""Marks that come from a spreadsheet: whoever imported them knows them, so nothing is sealed."""

import uuid
from secrets import SystemRandom

from django.db import transaction

from common.errors import DomainError
from events.domain import questionnaires
from events.models import Session, Survey, SurveyResponse


def replace_imported_responses(*, session: Session, scores: list[int]) -> Survey:
    """The marks of a spreadsheet, detached from the people; importing again replaces them."""
    if not set(scores) <= set(range(11)):
        raise DomainError("La note va de 0 à 10.", field="score")
    over = {"opened_at": session.ends_at, "closes_at": session.ends_at, "unsealed_at": session.ends_at}
    with transaction.atomic():
        survey, _created = Survey.objects.get_or_create(
            session=session,
            moment=Survey.Moment.AFTER,
            defaults={**over, "questions": questionnaires.snapshot(None)},
        )
        survey = Survey.objects.select_for_update(no_key=True, of=("self",)).get(pk=survey.pk)
        survey.responses.filter(imported=True).delete()
        shuffled = SystemRandom().sample(scores, len(scores))
        SurveyResponse.objects.bulk_create(
            [SurveyResponse(id=uuid.uuid4(), survey=survey, score=score, imported=True) for score in shuffled]
        )
    return survey
