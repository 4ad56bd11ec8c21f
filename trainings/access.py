"""Which trainings may *this* user set up."""

from django.db.models import QuerySet

from events.access import Actor
from members.access import coordinated_organisations
from trainings.models import Completion, TrainingPage


def coordinated_trainings(user: Actor) -> QuerySet[TrainingPage]:
    return TrainingPage.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation"
    )


def coordinated_completions(user: Actor) -> QuerySet[Completion]:
    return Completion.objects.filter(
        registration__session__activity__organisation__in=coordinated_organisations(user)
    ).select_related("registration__session__activity", "registration__user")
