"""Where each person of a training stands: what they followed, what they lack, what completing gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.domain.attendance import Part, attended, minutes_of
from events.models import Registration, Session, Slot
from trainings.domain import referents
from trainings.domain.assessing import assessments, objectives_of
from trainings.domain.completion import asked, followed, settings_of
from trainings.domain.rule_words import followed_in_words, rule_in_words
from trainings.models import Completion, TrainingPage, TrainingSettings


@dataclass(frozen=True)
class Standing:
    """``missing`` says what completing still takes; ``referent`` what became of the role, if any."""

    registration: Registration
    followed: str
    minutes: int
    assessed: bool
    completion: Completion | None
    missing: list[str] = field(default_factory=list)
    referent: referents.Told | None = None


@dataclass(frozen=True)
class Following:
    """A session of a training as a whole."""

    rule: str
    lines: list[Standing]
    closed: int
    slots: int
    has_objectives: bool
    settings: TrainingSettings

    @property
    def completed(self) -> int:
        return sum(line.completion is not None for line in self.lines)

    @property
    def is_closed(self) -> bool:
        return self.closed == self.slots > 0


def is_training(session: Session) -> bool:
    return TrainingPage.objects.filter(pk=session.activity_id).exists()


def following(session: Session, *, only: Registration | None = None) -> Following:
    """Everybody confirmed to ``session``, by name, or ``only`` one of them."""
    settings, slots = settings_of(session.activity_id), list(session.slots.all())
    people = Registration.objects.filter(session=session, state=Registration.State.CONFIRMED)
    if only is not None:
        people = people.filter(pk=only.pk)
    rows = list(people.select_related("user").order_by("last_name", "first_name", "pk"))
    came, assessed = attended(session=session), assessments(session)
    done = Completion.objects.filter(registration__in=rows).in_bulk(field_name="registration_id")
    closed = session.slots.filter(sheets__isnull=False).distinct().count()
    told = referents.told(done.values())
    lines = [
        _standing(row, settings, slots, came, row.pk in assessed, done.get(row.pk), told) for row in rows
    ]
    return Following(
        rule=rule_in_words(settings, slots),
        lines=lines,
        closed=closed,
        slots=len(slots),
        has_objectives=bool(objectives_of(session)),
        settings=settings,
    )


def _standing(
    row: Registration,
    settings: TrainingSettings,
    slots: list[Slot],
    came: Mapping[int, list[Part]],
    assessed: bool,
    completion: Completion | None,
    told: Mapping[int, referents.Told],
) -> Standing:
    parts = came.get(row.pk, [])
    missing = []
    if completion is None:
        if followed(settings, parts) < asked(settings, slots):
            missing.append("assiduité")
        if settings.evaluation_required and not assessed:
            missing.append("évaluation")
    return Standing(
        registration=row,
        followed=followed_in_words(settings, followed(settings, parts), slots),
        minutes=minutes_of(parts),
        assessed=assessed,
        completion=completion,
        missing=missing,
        referent=told.get(completion.pk) if completion else None,
    )
