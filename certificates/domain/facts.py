"""What a certificate says of somebody: a copy, taken on the day of its issue (``Certificate.facts``)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from certificates.domain.wording import wording
from certificates.models import Certificate
from events.domain.attendance import Part, minutes_of
from events.domain.names import name_today
from events.models import Registration, Session
from trainings.domain.assessing import assessed_objectives, assessments
from trainings.domain.completion import settings_of
from trainings.domain.following import is_training
from trainings.models import Completion, TrainingPage

Kind = Certificate.Kind
Facts = dict[str, Any]
OF_TRAININGS = (Kind.COMPLETION, Kind.REALISATION)


def kinds_of(session: Session) -> list[Kind]:
    """The documents that may exist for ``session``."""
    return [Kind.PRESENCE, *(OF_TRAININGS if is_training(session) else ())]


def completed(*, session: Session) -> set[int]:
    """Registrations that completed the training."""
    rows = Completion.objects.filter(registration__session=session)
    return set(rows.values_list("registration", flat=True))


class Snapshots:
    """The facts of several people of one session, for one kind of document, in a few queries."""

    def __init__(
        self, *, session: Session, kind: str, came: Mapping[int, list[Part]], people: Collection[int]
    ) -> None:
        self._came = came
        self._shared = _shared(session, kind)
        self._training = _training(session)
        # Only this one says them: an assessment must not replace what proves presence.
        self._assessed = assessments(session) if self._training and kind == Kind.COMPLETION else {}
        self._completed = _completed(people) if self._training else {}

    def of(self, registration: Registration, *, replaces: str = "") -> Facts:
        first_name, last_name = name_today(registration)
        parts = self._came[registration.pk]
        facts = {
            "person": f"{first_name} {last_name}".strip(),
            "person_short": f"{first_name} {last_name[:1]}.",
            "profession": registration.get_profession_display(),
            **self._shared,
            "slots": [_slot(each) for each in parts],
            "minutes": minutes_of(parts),
            "issued_on": timezone.localdate().isoformat(),
            "replaces": replaces,
        }
        if self._training:
            facts["training"] = self._training_of(registration.pk)
        return facts

    def _training_of(self, registration: int) -> Facts:
        training, levels = dict(self._training), self._assessed.get(registration, {})
        objectives = [
            *training["objectives"],
            *(each for each in levels if each not in training["objectives"]),
        ]
        completed_at = self._completed.get(registration)
        return training | {
            "objectives": [{"objective": text, "level": levels.get(text, "")} for text in objectives],
            "completed_on": timezone.localdate(completed_at).isoformat() if completed_at else "",
        }


def says_the_same(old: Facts, new: Facts) -> bool:
    """Whether both prove the same: who, when, how long, and what was assessed."""
    return _proof(old) == _proof(new)


def reads_the_same(old: Facts, new: Facts) -> bool:
    """Whether both would print the same page, but for its day."""
    passing = ("issued_on", "replaces")
    return {k: v for k, v in old.items() if k not in passing} == {
        k: v for k, v in new.items() if k not in passing
    }


def _proof(facts: Facts) -> tuple[Any, ...]:
    objectives = facts.get("training", {}).get("objectives", [])
    levels = {each["objective"]: each["level"] for each in objectives if each["level"]}
    return facts["person"], facts["slots"], facts["minutes"], levels


def _shared(session: Session, kind: str) -> Facts:
    organisation = session.activity.organisation
    return {
        "organisation": organisation.name,
        "organisation_city": organisation.city,
        "signatory": organisation.signatory,
        "activity": session.activity.title,
        "title": session.title,
        "place": ", ".join(filter(None, [session.place_name, session.city])),
        "document": wording(organisation=organisation, kind=kind),
    }


def _slot(part: Part) -> Facts:
    return {
        "starts_at": timezone.localtime(part.slot.starts_at).isoformat(),
        "ends_at": timezone.localtime(part.slot.ends_at).isoformat(),
        "minutes": part.minutes,
    }


def _training(session: Session) -> Facts:
    """What is the same for everybody; nothing for a session that is no training's."""
    page = TrainingPage.objects.filter(pk=session.activity_id).first()
    if page is None:
        return {}
    settings = settings_of(page.pk)
    return {
        "nature": str(settings.nature),
        "planned_minutes": _planned(session, page),
        "trainers": page.trainer_lines,
        "objectives": assessed_objectives(page),
        "dpc_number": settings.dpc_number,
    }


def _planned(session: Session, page: TrainingPage) -> int:
    """The hours that the page announces, else those of the slots."""
    if page.hours is not None:
        return round(page.hours * 60)
    return sum(slot.minutes for slot in session.slots.all())


def _completed(people: Collection[int]) -> dict[int, datetime]:
    rows = Completion.objects.filter(registration__in=people)
    return dict(rows.values_list("registration", "completed_at"))
