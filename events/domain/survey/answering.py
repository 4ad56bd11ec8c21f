"""Answering once: the answer is sealed among the others, and nothing says which one it is."""

import uuid
from secrets import SystemRandom
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import DomainError
from events.domain import attendance, questionnaires
from events.domain.survey.sealing import new_seal, opened, room_for, sealed
from events.models import SealedResponse, Survey, SurveyInvitation


def why_closed(invitation: SurveyInvitation) -> str:
    """Why ``invitation`` cannot be answered any more; or nothing."""
    survey = invitation.survey
    if survey.unsealed_at is not None or survey.closes_at <= timezone.now():
        return "Ce questionnaire est fermé. Merci à celles et ceux qui ont répondu."
    if invitation.answered:
        return "Votre avis est déjà enregistré. Merci !"
    if not _still_concerned(invitation):
        return "La feuille d’émargement, corrigée, ne vous dit plus présent·e."
    return ""


def _still_concerned(invitation: SurveyInvitation) -> bool:
    """The invitation itself stays: were it taken back, the count of them would tell who had not answered."""
    survey = invitation.survey
    if survey.moment == Survey.Moment.BEFORE:
        return True
    return invitation.registration_id in attendance.attended(session=survey.session)


def answer(*, invitation: SurveyInvitation, values: dict[str, Any]) -> None:
    """Record one answer, by the key of each question, and use up the invitation; nothing joins the two."""
    with transaction.atomic():
        # Held so that two answers at once are rewritten one after the other.
        survey = Survey.objects.select_for_update(no_key=True, of=("self",)).get(pk=invitation.survey_id)
        fresh = SurveyInvitation.objects.select_related("survey").get(pk=invitation.pk)
        if reason := why_closed(fresh):
            raise DomainError(reason)
        kept = questionnaires.checked(survey.questions, values)
        SurveyInvitation.objects.filter(pk=fresh.pk).update(answered=True)
        _seal_among(survey, kept)
    invitation.answered = True


def _seal_among(survey: Survey, values: dict[str, Any]) -> None:
    """Write ``values`` with the survey's other answers, all sealed anew, under new ids, in random order."""
    if not survey.seal:
        survey.seal = new_seal()
        survey.save(update_fields=["seal"])
    seal, room = survey.seal, room_for(survey.questions)
    tokens = [_sealed_anew(token, seal, room) for token in survey.sealed.values_list("sealed", flat=True)]
    tokens.append(sealed(values, seal=seal, room=room))
    survey.sealed.all().delete()
    SystemRandom().shuffle(tokens)
    SealedResponse.objects.bulk_create(
        [SealedResponse(id=uuid.uuid4(), survey=survey, sealed=token) for token in tokens]
    )


def _sealed_anew(token: str, seal: str, room: int) -> str:
    values = opened(token, seal=seal)
    return token if values is None else sealed(values, seal=seal, room=room)
