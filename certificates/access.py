"""Which certificates may *this* user see."""

from django.db.models import QuerySet

from certificates.models import Certificate
from events.access import Actor


def own_certificates(user: Actor) -> QuerySet[Certificate]:
    if not user.is_authenticated:
        return Certificate.objects.none()
    return Certificate.objects.filter(registration__user=user).select_related("registration__session")
