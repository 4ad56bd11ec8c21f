"""Positions on the waiting list, for many registrations in one query."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from events.models import Registration


def with_position(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate ``position``: what ``registration.waiting_position`` says, if the person waits."""
    before = Q(registered_at__lt=OuterRef("registered_at")) | Q(
        registered_at=OuterRef("registered_at"), pk__lt=OuterRef("pk")
    )
    ahead = (
        Registration.objects.filter(before, session=OuterRef("session"), state=Registration.State.WAITLISTED)
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return registrations.annotate(position=Coalesce(Subquery(ahead), Value(0)) + 1)
