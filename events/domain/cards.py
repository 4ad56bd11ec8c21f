"""Sessions as lists show them: no more is read of each than its card says."""

from collections.abc import Iterable

from django.db.models import QuerySet

from events.models import Session

SAID = (
    "title",
    "status",
    "modality",
    "place_name",
    "city",
    "starts_at",
    "ends_at",
    "opens_at",
    "closes_at",
    "capacity",
    "overbooking",
    "members_first_until",
    "seats_taken",
    "waiting",
    "activity__title",
    "activity__hue",
    "activity__organisation__short_name",
)


def cards(keys: Iterable[int] | QuerySet[Session, int]) -> list[Session]:
    """Soonest first, in one query: ``keys`` may be a slice of another."""
    sessions = Session.objects.select_related("activity__organisation").only(*SAID)
    return list(sessions.filter(pk__in=keys).order_by("starts_at", "pk"))
