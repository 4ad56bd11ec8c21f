"""The waiting list in its order, and where somebody stands in it.

Members first until the date that the session says, then order of arrival.
"""

from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.models import Registration, Session


def is_members_first(session: Session, *, now: datetime | None = None) -> bool:
    """Whether only members take seats for the moment."""
    until = session.members_first_until
    return until is not None and (now or timezone.now()) < until


def queue(session: Session, *, now: datetime | None = None) -> QuerySet[Registration]:
    """Who waits, first to be promoted first."""
    waiting = session.registrations.filter(state=Registration.State.WAITLISTED)
    if is_members_first(session, now=now):
        return waiting.order_by("-is_member", "registered_at", "pk")
    return waiting.order_by("registered_at", "pk")


def eligible(session: Session, *, now: datetime | None = None) -> QuerySet[Registration]:
    """Those who would take a seat that is free now."""
    waiting = queue(session, now=now)
    return waiting.filter(is_member=True) if is_members_first(session, now=now) else waiting


def waiting_position(registration: Registration) -> int:
    """1 for the next to be promoted; 0 for somebody who does not wait."""
    if registration.state != Registration.State.WAITLISTED:
        return 0
    before = _before(registration.registered_at, registration.pk)
    if is_members_first(registration.session):
        before = Q(is_member=registration.is_member) & before
        if not registration.is_member:
            before |= Q(is_member=True)
    return queue(registration.session).filter(before).count() + 1


def newcomer_position(session: Session, *, is_member: bool) -> int:
    """Where somebody who begins to wait now would stand."""
    if is_member and is_members_first(session):
        return eligible(session).count() + 1
    return session.waiting + 1


def with_position(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate ``position``: what ``waiting_position`` says if the person waits, in one query for all."""
    earlier = _before(OuterRef("registered_at"), OuterRef("pk"))
    first = Q(is_member__gt=OuterRef("is_member")) | Q(is_member=OuterRef("is_member")) & earlier
    members_first = Q(session__members_first_until__gt=timezone.now())
    ahead = (
        Registration.objects.filter(
            members_first & first | ~members_first & earlier,
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
