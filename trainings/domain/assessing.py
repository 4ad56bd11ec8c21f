"""What each person has acquired, objective by objective: said by who trains, once the training has begun."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import seats
from events.domain.attendance import obstacle
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
    return [each[:OBJECTIVE_LENGTH] for each in page.objective_list] if page else []


def assessments(session: Session) -> dict[int, dict[str, str]]:
    """What was said so far."""
    said: dict[int, dict[str, str]] = {}
    rows = Assessment.objects.filter(registration__session=session)
    for registration, objective, level in rows.values_list("registration", "objective", "level"):
        said.setdefault(registration, {})[objective] = level
    return said


def write_assessments(*, session: Session, levels: Levels, by: User) -> int:
    """Store what changed; returns how many people it concerns. ``completion.settle`` comes after.

    A person is assessed on every objective or on none: half an assessment would count as one.
    """
    with transaction.atomic():
        held = seats.lock(session_id=session.pk)
        objectives = objectives_of(held)
        _check(held, objectives, levels)
        said = assessments(held)
        changed = [
            pk
            for pk, wanted in levels.items()
            if {text: level for text, level in wanted.items() if level} != _of(said, pk, objectives)
        ]
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


def _check(session: Session, objectives: list[str], levels: Levels) -> None:
    if not objectives:
        raise DomainError("Cette formation n’annonce pas d’objectifs : rien à évaluer.")
    first = session.slots.order_by("starts_at", "pk").first()
    if first is None:
        raise DomainError("Cette session n’a pas de créneau.")
    first.session = session
    if reason := obstacle(slot=first):
        raise DomainError(reason)
    people = dict(
        Registration.objects.filter(session=session, state=Registration.State.CONFIRMED).values_list(
            "pk", "last_name"
        )
    )
    for pk, wanted in levels.items():
        if pk not in people:
            raise DomainError(
                "Une personne évaluée n’est plus confirmée à cette session : rechargez la page."
            )
        given = [wanted.get(text, "") for text in objectives]
        if set(wanted) - set(objectives):
            raise DomainError("Les objectifs de la formation viennent de changer : rechargez la page.")
        if any(level and level not in Level.values for level in given):
            raise DomainError("Choisissez un niveau dans la liste.")
        if any(given) and not all(given):
            raise DomainError(
                "Évaluez chaque objectif, ou laissez toute la ligne vide.", field=f"registration-{pk}"
            )
