"""Which certificates may *this* user see."""

from django.db.models import QuerySet

from certificates.models import Certificate
from events.access import Actor, coordinated_registrations


def own_certificates(user: Actor) -> QuerySet[Certificate]:
    if not user.is_authenticated:
        return Certificate.objects.none()
    return Certificate.objects.filter(registration__user=user).select_related("registration__session")


def coordinated_certificates(user: Actor) -> QuerySet[Certificate]:
    return Certificate.objects.filter(registration__in=coordinated_registrations(user)).select_related(
        "registration__session"
    )
