"""What each person has acquired, objective by objective: said by who trains, once the training has begun."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common import moments
from common.errors import DomainError
from events.domain import seats
from events.models import Registration, Session
from members.models import User
from trainings.models import Assessment, TrainingPage

Level = Assessment.Level
# By registration, then by objective; an empty level says that nothing is known (any more).
Levels = Mapping[int, Mapping[str, str]]
OBJECTIVE_LENGTH = 400


def objectives_of(session: Session) -> list[str]:
    """What ``session`` is assessed on; nothing if it is no training's."""
    page = TrainingPage.objects.filter(pk=session.activity_id).first()
    return assessed_objectives(page) if page else []


def assessed_objectives(page: TrainingPage) -> list[str]:
    """As assessments and documents name them."""
    return [each[:OBJECTIVE_LENGTH] for each in page.objective_list]


def assessments(session: Session) -> dict[int, dict[str, str]]:
    """What was said so far."""
    said: dict[int, dict[str, str]] = {}
    rows = Assessment.objects.filter(registration__session=session)
    for registration, objective, level in rows.values_list("registration", "objective", "level"):
        said.setdefault(registration, {})[objective] = level
    return said


def assessing_obstacle(session: Session) -> str:
    """Why nobody can be assessed now, in a sentence; or nothing."""
    if session.status == Session.Status.CANCELLED:
        return "Cette session est annulée."
    if session.status != Session.Status.PUBLISHED:
        return "Cette session n’est pas encore publiée."
    if not objectives_of(session):
        return "Cette formation n’annonce pas d’objectifs : rien à évaluer."
    if timezone.localdate() < timezone.localdate(session.starts_at):
        return f"L’évaluation ouvre le jour où la formation commence, le {moments.day(session.starts_at)}."
    return ""


def write_assessments(*, session: Session, levels: Levels, by: User, seen: Levels | None = None) -> int:
    """Store what changed; returns how many people it concerns. ``completion.settle`` comes after.

    A person is assessed on every objective or on none: half an assessment would count as one. ``seen`` is
    what the page showed: what somebody else has said since of the same person is not overwritten.
    """
    with transaction.atomic():
        held = seats.lock(session_id=session.pk)
        objectives = objectives_of(held)
        _check(held, objectives, levels)
        said = assessments(held)
        if seen is not None:
            _check_unchanged(said, objectives, levels, seen)
        changed = [pk for pk in levels if _given(levels, pk) != _of(said, pk, objectives)]
        Assessment.objects.filter(registration__in=changed, objective__in=objectives).delete()
        stamp = {"assessed_at": timezone.now(), "assessed_by": by}
        Assessment.objects.bulk_create(
            [
                Assessment(registration_id=pk, objective=text, level=levels[pk][text], **stamp)
                for pk in sorted(changed)
                for text in objectives
                if levels[pk].get(text)
            ]
        )
        if changed:
            log(instance=held, action="escale.assess", user=by, data={"registrations": sorted(changed)})
        return len(changed)


def _of(said: dict[int, dict[str, str]], registration: int, objectives: list[str]) -> dict[str, str]:
    return {text: level for text, level in said.get(registration, {}).items() if text in objectives}


def _check_unchanged(
    said: dict[int, dict[str, str]], objectives: list[str], levels: Levels, seen: Levels
) -> None:
    for pk in levels:
        if _of(said, pk, objectives) not in (_given(seen, pk), _given(levels, pk)):
            raise DomainError(
                "Quelqu’un d’autre vient d’évaluer cette personne. Rien n’est enregistré : comparez, "
                "puis enregistrez à nouveau pour garder votre version.",
                field=f"registration-{pk}",
            )


def _given(levels: Levels, registration: int) -> dict[str, str]:
    return {text: level for text, level in levels.get(registration, {}).items() if level}


def _check(session: Session, objectives: list[str], levels: Levels) -> None:
    if reason := assessing_obstacle(session):
        raise DomainError(reason)
    people = dict(
        Registration.objects.filter(session=session, state=Registration.State.CONFIRMED).values_list(
            "pk", "last_name"
        )
    )
    for pk, wanted in levels.items():
        if pk not in people:
            raise DomainError(
                "Une personne évaluée n’est plus confirmée à cette session : rechargez la page."
            )
        given = [wanted.get(text, "") for text in objectives]
        if set(wanted) - set(objectives):
            raise DomainError("Les objectifs de la formation viennent de changer : rechargez la page.")
        if any(level and level not in Level.values for level in given):
            raise DomainError("Choisissez un niveau dans la liste.")
        if any(given) and not all(given):
            raise DomainError(
                "Évaluez chaque objectif, ou laissez toute la ligne vide.", field=f"registration-{pk}"
            )
