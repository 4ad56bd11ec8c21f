"""Hours of a person per training, over all its sessions: sums of closed attendance, and nothing else."""

from dataclasses import dataclass

from django.db.models import Count, Max

from events.domain.attendance import hours
from members.models import User
from trainings.models import Completion, TrainingPage


@dataclass(frozen=True)
class TrainingHours:
    """``sessions`` is how many of its sessions the person came to."""

    activity_id: int
    title: str
    minutes: int
    sessions: int
    completed: bool


def hours_per_training(*, user: User) -> list[TrainingHours]:
    """The one that the person came to last, first."""
    of = "slot__session__activity"
    rows = (
        hours.came(user=user)
        .filter(**{f"{of}__in": TrainingPage.objects.order_by().values("pk")})
        .values_list(of, f"{of}__title")
        .annotate(
            **hours.sums(),
            dates=Count("slot__session", distinct=True),
            last=Max("slot__starts_at"),
        )
        .order_by("-last", of)
    )
    done = set(
        Completion.objects.filter(registration__user=user).values_list(
            "registration__session__activity", flat=True
        )
    )
    return [
        TrainingHours(pk, title, hours.minutes(part, whole), dates, pk in done)
        for pk, title, part, whole, dates, _last in rows
    ]


def hours_of_training(*, user: User, activity_id: int) -> TrainingHours | None:
    return next((each for each in hours_per_training(user=user) if each.activity_id == activity_id), None)
