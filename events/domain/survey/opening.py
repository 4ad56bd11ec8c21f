"""Opening a survey: what is asked, to whom, until when."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from common.errors import DomainError
from events.domain import attendance, questionnaires
from events.domain.activity_settings import settings_of
from events.domain.survey.sealing import new_seal
from events.models import Questionnaire, Registration, Session, Survey, SurveyInvitation

OPEN_FOR = timedelta(days=30)
Moment = Survey.Moment


def open_survey(*, session: Session, moment: str = Moment.AFTER) -> Survey:
    """Ask what the activity asks at ``moment``, once; repeatable, to invite who was added since.

    Before: whoever is confirmed, until the start. Afterwards: whoever came to a slot of the completed
    ``session``. A survey that is over invites nobody any more.
    """
    now = timezone.now()
    if reason := _obstacle(session, moment, now):
        raise DomainError(reason)
    with transaction.atomic():
        survey = Survey.objects.filter(session=session, moment=moment).first()
        if survey is None:
            survey = _create(session, moment, now)
        if survey.unsealed_at is None and survey.closes_at > now:
            SurveyInvitation.objects.bulk_create(
                [SurveyInvitation(survey=survey, registration_id=pk) for pk in _people(session, moment)],
                ignore_conflicts=True,
            )
    return survey


def _obstacle(session: Session, moment: str, now: datetime) -> str:
    if moment != Moment.BEFORE:
        if session.completed_at is None:
            return "Le questionnaire s’ouvre quand tous les créneaux de la session sont clos."
        return ""
    if session.status != Session.Status.PUBLISHED or session.starts_at is None:
        return "Cette session n’est pas publiée."
    return "Cette session a déjà commencé." if session.starts_at <= now else ""


def _create(session: Session, moment: str, now: datetime) -> Survey:
    questionnaire = _chosen(session, moment)
    if questionnaire is None and moment != Moment.AFTER:
        raise DomainError("Le dispositif ne pose aucune question à ce moment-là.")
    survey, _created = Survey.objects.get_or_create(
        session=session,
        moment=moment,
        defaults={
            "questionnaire": questionnaire,
            "questions": questionnaires.snapshot(questionnaire),
            "opened_at": now,
            "closes_at": session.starts_at if moment == Moment.BEFORE else now + OPEN_FOR,
            "seal": new_seal(),
        },
    )
    return survey


def _chosen(session: Session, moment: str) -> Questionnaire | None:
    found: Questionnaire | None = getattr(settings_of(session.activity), f"questionnaire_{moment}")
    return found


def _people(session: Session, moment: str) -> list[int]:
    if moment != Moment.BEFORE:
        return list(attendance.attended(session=session))
    confirmed = Registration.objects.filter(session=session, state=Registration.State.CONFIRMED)
    return list(confirmed.order_by("pk").values_list("pk", flat=True))
