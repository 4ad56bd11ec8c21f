"""What a person reads of their own data before they act on it."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from certificates.models import Certificate
from events.models import ACTIVE_STATES, Message, Registration
from members.domain.consents import Choice, choices
from members.models import Organisation, User


@dataclass(frozen=True)
class Held:
    """How much there is of each kind."""

    registrations: int
    coming: int
    certificates: int
    messages: int


def held(*, user: User) -> Held:
    coming = Q(state__in=ACTIVE_STATES, session__ends_at__gt=timezone.now())
    counted = Registration.objects.filter(user=user).aggregate(
        all=Count("pk"), coming=Count("pk", filter=coming)
    )
    return Held(
        registrations=counted["all"],
        coming=counted["coming"],
        certificates=Certificate.objects.filter(
            registration__user=user, status=Certificate.Status.VALID
        ).count(),
        messages=Message.objects.filter(Q(registration__user=user) | Q(recipient=user.email)).count(),
    )


def organisations_of(*, user: User) -> QuerySet[Organisation]:
    """Where the person went, or belongs: those may ask for an agreement."""
    own = (
        Q(activities__sessions__registrations__user=user)
        | Q(memberships__user=user)
        | Q(consents__user=user, consents__withdrawn_at=None)
    )
    return Organisation.objects.filter(pk__in=Organisation.objects.filter(own).values("pk")).order_by(
        "name", "pk"
    )


def agreements(*, user: User) -> list[Choice]:
    return choices(user=user, organisations=organisations_of(user=user))
