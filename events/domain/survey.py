"""Satisfaction, anonymous by construction.

An answer carries no person, no time and no log line. Each new answer rewrites all the answers of its
survey in random order under new ids, in one transaction: neither ids, nor row order, nor a
database's internal row versions then tell which one came last, hence from whom.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from secrets import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone

from common.errors import DomainError
from events.domain import attendance
from events.models import Session, Survey, SurveyInvitation, SurveyResponse
from events.models.survey import SCALE

OPEN_FOR = timedelta(days=30)
COMMENT_LENGTH = 2000
FLOOR = 5  # no figure is shown for fewer answers


@dataclass(frozen=True)
class SurveyResults:
    """``count`` answers; every other figure stays None, and comments unread, under the floor."""

    count: int
    mean: float | None = None
    useful: float | None = None
    welcome: float | None = None
    comments: tuple[str, ...] = ()


def open_survey(*, session: Session) -> Survey:
    """Invite whoever came to at least one slot of the completed ``session``; repeatable."""
    if session.completed_at is None:
        raise DomainError("Le questionnaire s’ouvre quand tous les créneaux de la session sont clos.")
    now = timezone.now()
    with transaction.atomic():
        survey, _created = Survey.objects.get_or_create(
            session=session, defaults={"opened_at": now, "closes_at": now + OPEN_FOR}
        )
        SurveyInvitation.objects.bulk_create(
            [
                SurveyInvitation(survey=survey, registration_id=pk)
                for pk in attendance.attended(session=session)
            ],
            ignore_conflicts=True,
        )
    return survey


def why_closed(invitation: SurveyInvitation) -> str:
    """Why ``invitation`` cannot be answered any more; or nothing."""
    if invitation.answered:
        return "Votre avis est déjà enregistré. Merci !"
    if invitation.survey.closes_at <= timezone.now():
        return "Ce questionnaire est fermé : les avis étaient recueillis pendant trente jours."
    return ""


def answer(
    *,
    invitation: SurveyInvitation,
    score: int,
    useful: int | None = None,
    welcome: int | None = None,
    comment: str = "",
) -> None:
    """Record one answer and use up the invitation, with nothing that joins the two."""
    response = _checked(score=score, useful=useful, welcome=welcome, comment=comment)
    with transaction.atomic():
        # Held so that two answers at once are rewritten one after the other.
        survey = Survey.objects.select_for_update(no_key=True, of=("self",)).get(pk=invitation.survey_id)
        fresh = SurveyInvitation.objects.select_related("survey").get(pk=invitation.pk)
        if reason := why_closed(fresh):
            raise DomainError(reason)
        SurveyInvitation.objects.filter(pk=fresh.pk).update(answered=True)
        _rewrite(survey, added=[response], imported=False)
    invitation.answered = True


def replace_imported_responses(*, session: Session, scores: list[int]) -> Survey:
    """The marks of a spreadsheet, detached from the people; importing again replaces them."""
    added = [_checked(score=score) for score in scores]
    with transaction.atomic():
        survey, _created = Survey.objects.get_or_create(
            session=session, defaults={"opened_at": session.ends_at, "closes_at": session.ends_at}
        )
        survey = Survey.objects.select_for_update(no_key=True, of=("self",)).get(pk=survey.pk)
        survey.responses.filter(imported=True).delete()
        _rewrite(survey, added=added, imported=True)
    return survey


def results(*, surveys: QuerySet[Survey] | Iterable[Survey]) -> SurveyResults:
    """What the answers say together; each figure needs five answers of its own."""
    responses = SurveyResponse.objects.filter(survey__in=surveys)
    found: dict[str, Any] = responses.aggregate(
        count=Count("pk"),
        mean=Avg("score"),
        useful_mean=Avg("useful"),
        useful_count=Count("useful"),
        welcome_mean=Avg("welcome"),
        welcome_count=Count("welcome"),
    )
    if found["count"] < FLOOR:
        return SurveyResults(count=found["count"])
    comments = responses.exclude(comment="").order_by("pk").values_list("comment", flat=True)
    return SurveyResults(
        count=found["count"],
        mean=found["mean"],
        useful=found["useful_mean"] if found["useful_count"] >= FLOOR else None,
        welcome=found["welcome_mean"] if found["welcome_count"] >= FLOOR else None,
        comments=tuple(comments),
    )


def _checked(
    *, score: int, useful: int | None = None, welcome: int | None = None, comment: str = ""
) -> dict[str, Any]:
    if score not in range(11):
        raise DomainError("La note va de 0 à 10.", field="score")
    for field, value in (("useful", useful), ("welcome", welcome)):
        if value is not None and value not in dict(SCALE):
            raise DomainError("Choisissez une réponse de 1 à 5.", field=field)
    comment = comment.replace("\r\n", "\n").strip()
    if "\0" in comment:
        raise DomainError("Le texte contient un caractère invisible : retapez-le.", field="comment")
    if len(comment) > COMMENT_LENGTH:
        raise DomainError(f"Le texte dépasse {COMMENT_LENGTH} signes.", field="comment")
    return {"score": score, "useful": useful, "welcome": welcome, "comment": comment}


def _rewrite(survey: Survey, *, added: list[dict[str, Any]], imported: bool) -> None:
    """Write ``added`` among the survey's other answers of the same origin, all under new ids."""
    standing = survey.responses.filter(imported=imported)
    rows = [*standing.order_by("pk").values("score", "useful", "welcome", "comment"), *added]
    standing.delete()
    SystemRandom().shuffle(rows)
    SurveyResponse.objects.bulk_create(
        [SurveyResponse(id=uuid.uuid4(), survey=survey, imported=imported, **row) for row in rows]
    )
