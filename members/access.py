"""Which organisations a user acts for."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.models import Membership, Organisation, User


def coordinated_organisations(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Organisations whose people ``user`` may see: all for an administrator, else those they coordinate.

    A coordinator of an organisation does not act for its branches, nor the other way round.
    """
    if not user.is_authenticated or not user.is_active:
        return Organisation.objects.none()
    if user.is_superuser:
        return Organisation.objects.all()
    today = timezone.localdate()
    current = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        user=user,
        role=Membership.Role.COORDINATOR,
        since__lte=today,
    )
    return Organisation.objects.filter(pk__in=current.values("organisation"))


def is_coordinator(user: User | AnonymousUser) -> bool:
    return coordinated_organisations(user).exists()
