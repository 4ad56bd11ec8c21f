"""Completing a training: a rule of its settings, which closed attendance and assessments meet or not."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from events.domain import seats
from events.domain.attendance import Part, attended, minutes_of
from events.domain.journal import log_many
from events.models import Registration, Session, Slot
from members.models import User
from trainings.domain import referents
from trainings.models import Assessment, Completion, TrainingPage, TrainingSettings

Measure = TrainingSettings.Measure


def settings_of(activity_id: int) -> TrainingSettings:
    """The stored settings of a training, or unsaved ones that hold the defaults."""
    found = TrainingSettings.objects.filter(activity=activity_id).select_related("edited_by").first()
    return found or TrainingSettings(activity_id=activity_id)


def settle(*, session: Session, by: User | None) -> set[int]:
    """Make ``Completion`` say who completed the training that ``session`` is; returns their registrations.

    Nobody before the last sheet is closed; repeatable, and called again whenever a sheet is corrected or
    somebody assessed: who does not meet the rule any more loses what it gave.
    """
    with transaction.atomic():
        held = seats.lock(session_id=session.pk)
        page = TrainingPage.objects.filter(pk=held.activity_id).first()
        if page is None:
            return set()
        settings = settings_of(page.pk)
        came = attended(session=held) if held.completed_at is not None else {}
        standing = {each.registration_id: each for each in _standing(held)}
        meeting = _meeting(held, settings, came, standing)
        for registration, completion in standing.items():
            if registration not in meeting:
                _undo(completion, by=by)
        people = Registration.objects.filter(pk__in=meeting).select_related("user", "session__activity")
        _write(list(people.order_by("user_id", "pk")), came, settings, standing, by=by)
        return meeting


def asked(settings: TrainingSettings, slots: Sequence[Slot]) -> int:
    """How many slots or minutes, as ``settings.measure`` says: never more than what was planned."""
    planned = len(slots) if settings.measure == Measure.SLOTS else sum(slot.minutes for slot in slots)
    return min(settings.required or planned, planned)


def _meeting(
    session: Session,
    settings: TrainingSettings,
    came: Mapping[int, list[Part]],
    standing: Mapping[int, Completion],
) -> set[int]:
    """Whoever completed under an older rule is held to that one."""
    assessed = set(
        Assessment.objects.filter(registration__in=came).values_list("registration", flat=True).distinct()
    )
    slots = list(session.slots.all())
    rules = {pk: _rule_of(standing.get(pk), settings) for pk in came}
    return {
        pk
        for pk, parts in came.items()
        if followed(rules[pk], parts) >= asked(rules[pk], slots)
        and (pk in assessed or not rules[pk].evaluation_required or _is_forgotten(standing.get(pk)))
    }


def _is_forgotten(standing: Completion | None) -> bool:
    """What an erased person had acquired is forgotten; that they completed it, counts."""
    return standing is not None and standing.registration.user.erased_at is not None


def _rule_of(standing: Completion | None, settings: TrainingSettings) -> TrainingSettings:
    if standing is None:
        return settings
    rule = {name: standing.rule[name] for name in ("measure", "required", "evaluation_required")}
    return TrainingSettings(**rule)


def followed(settings: TrainingSettings, parts: list[Part]) -> int:
    return len(parts) if settings.measure == Measure.SLOTS else minutes_of(parts)


def _standing(session: Session) -> QuerySet[Completion]:
    rows = Completion.objects.filter(registration__session=session).order_by("pk")
    return rows.select_related("registration__user", "registration__session__activity")


def _write(
    people: Sequence[Registration],
    came: Mapping[int, list[Part]],
    settings: TrainingSettings,
    standing: Mapping[int, Completion],
    *,
    by: User | None,
) -> None:
    """In a few statements, however many complete at once."""
    figures = {
        each.pk: {"minutes": minutes_of(came[each.pk]), "slots": len(came[each.pk])} for each in people
    }
    for pk, completion in standing.items():
        if pk in figures and (completion.minutes, completion.slots) != tuple(figures[pk].values()):
            Completion.objects.filter(pk=completion.pk).update(**figures[pk])
    newcomers = [each for each in people if each.pk not in standing]
    named: Mapping[int, referents.Outcome] = {}
    if settings.names_referent:
        users = [each.user for each in newcomers if each.user.erased_at is None]
        named = referents.name_all(users=users, by=by)
    now = timezone.now()
    made = Completion.objects.bulk_create(
        Completion(
            registration=each,
            completed_at=now,
            rule=_rule(settings) | ({"referent": named[each.user_id]} if each.user_id in named else {}),
            **figures[each.pk],
        )
        for each in newcomers
    )
    lines = [(each, {"registration": each.registration_id, **figures[each.registration_id]}) for each in made]
    log_many(lines, action="escale.complete", user=by)


def _undo(completion: Completion, *, by: User | None) -> None:
    if named := completion.rule.get("referent", {}).get("membership"):
        referents.take_back(membership_id=named, by=by)
    log(
        instance=completion,
        action="escale.uncomplete",
        user=by,
        data={"registration": completion.registration_id},
    )
    completion.delete()


def _rule(settings: TrainingSettings) -> dict[str, Any]:
    return {
        "measure": str(settings.measure),
        "required": settings.required,
        "evaluation_required": settings.evaluation_required,
    }
