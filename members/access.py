"""Which organisations a user acts for."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.models import Consent, Membership, Organisation, User


def coordinated_organisations(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Organisations whose people ``user`` may see: all for an administrator, else those they coordinate.

    A coordinator of an organisation does not act for its branches, nor the other way round.
    """
    if not user.is_authenticated or not user.is_active:
        return Organisation.objects.none()
    if user.is_superuser:
        return Organisation.objects.all()
    current = coordinations().filter(user=user)
    return Organisation.objects.filter(pk__in=current.values("organisation"))


def is_coordinator(user: User | AnonymousUser) -> bool:
    return coordinated_organisations(user).exists()


def coordinators(*, organisation: Organisation | None = None) -> QuerySet[User]:
    """Who coordinates ``organisation`` (any, by default) today."""
    current = coordinations()
    if organisation is not None:
        current = current.filter(organisation=organisation)
    return User.objects.filter(pk__in=current.values("user"))


def colleagues(user: User) -> QuerySet[User]:
    """Whose names ``user`` may meet in the admin: all for an administrator, else fellow coordinators."""
    if user.is_superuser:
        return User.objects.all()
    fellow = coordinations().filter(organisation__in=coordinated_organisations(user))
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=fellow.values("user")))


def coordinated_consents(user: User | AnonymousUser) -> QuerySet[Consent]:
    """What people agreed to and did not take back, for the organisations that ``user`` coordinates."""
    return Consent.objects.filter(
        organisation__in=coordinated_organisations(user), withdrawn_at=None, user__erased_at=None
    )


def coordinations(*, on: date | None = None) -> QuerySet[Membership]:
    """Who coordinates what, today or that day."""
    on = on or timezone.localdate()
    return Membership.objects.filter(not_ended(on=on), role=Membership.Role.COORDINATOR, since__lte=on)


def not_ended(*, on: date) -> Q:
    """Memberships whose last day is ``on`` or later, or not known; they may not have begun."""
    return Q(until__isnull=True) | Q(until__gte=on)
