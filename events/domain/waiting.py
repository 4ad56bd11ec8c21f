"""The waiting list in its order, and where somebody stands in it."""

from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from events.models import Registration, Session


def queue(session: Session) -> QuerySet[Registration]:
    """Who waits, first to be promoted first: order of arrival."""
    waiting = session.registrations.filter(state=Registration.State.WAITLISTED)
    return waiting.order_by("registered_at", "pk")


def waiting_position(registration: Registration) -> int:
    """1 for the next to be promoted; 0 for somebody who does not wait."""
    if registration.state != Registration.State.WAITLISTED:
        return 0
    before = _before(registration.registered_at, registration.pk)
    return queue(registration.session).filter(before).count() + 1


def with_position(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate ``position``: what ``waiting_position`` says if the person waits, in one query for all."""
    ahead = (
        Registration.objects.filter(
            _before(OuterRef("registered_at"), OuterRef("pk")),
            session=OuterRef("session"),
            state=Registration.State.WAITLISTED,
        )
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return registrations.annotate(position=Coalesce(Subquery(ahead), Value(0)) + 1)


def _before(registered_at: datetime | OuterRef, pk: int | OuterRef) -> Q:
    return Q(registered_at__lt=registered_at) | Q(registered_at=registered_at, pk__lt=pk)
