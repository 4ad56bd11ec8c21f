"""Which certificates may *this* user see."""

from django.db.models import QuerySet

from certificates.models import Certificate, IssueBatch
from events.access import Actor
from members.access import coordinated_organisations


def own_certificates(user: Actor) -> QuerySet[Certificate]:
    if not user.is_authenticated:
        return Certificate.objects.none()
    return Certificate.objects.filter(registration__user=user).select_related("registration__session")


def coordinated_certificates(user: Actor) -> QuerySet[Certificate]:
    """Those that the organisations whom ``user`` coordinates have issued."""
    return Certificate.objects.filter(
        registration__session__activity__organisation__in=coordinated_organisations(user)
    ).select_related("registration__session__activity__organisation", "registration__user")


def coordinated_batches(user: Actor) -> QuerySet[IssueBatch]:
    return IssueBatch.objects.filter(organisation__in=coordinated_organisations(user)).select_related(
        "organisation", "created_by"
    )
