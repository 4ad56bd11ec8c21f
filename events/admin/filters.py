"""What filters of several lists offer: own activities, own sessions."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from common import moments
from common.numbers import row_number
from events.access import coordinated_activities, coordinated_sessions
from events.models import ActivityPage, Session

SESSIONS = 60  # offered by the filter; any other is reached from its own page


def own_activities(request: HttpRequest) -> QuerySet[ActivityPage]:
    return coordinated_activities(request.user).order_by("title", "pk")  # type: ignore[arg-type]


def own_sessions(request: HttpRequest) -> QuerySet[Session]:
    own = coordinated_sessions(request.user)  # type: ignore[arg-type]
    return own.exclude(status=Session.Status.DRAFT).select_related(None).order_by("-starts_at", "pk")


class LatestSessions(django_filters.fields.ModelChoiceIterator):
    """The latest sessions, and the chosen one: years of them would make every page slow."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        latest = list(self.queryset[:SESSIONS])
        chosen = row_number(self.field.chosen)
        if chosen is not None and chosen not in {one.pk for one in latest}:
            latest += self.queryset.filter(pk=chosen)
        for session in latest:
            yield self.choice(session)


class SessionChoiceField(django_filters.fields.ModelChoiceField):
    """Sessions often bear the same title: the day tells them apart."""

    iterator = LatestSessions
    chosen = ""

    def label_from_instance(self, session: Session) -> str:
        return f"{session.title}, {moments.day(session.starts_at)}"


class SessionFilter(django_filters.ModelChoiceFilter):
    field_class = SessionChoiceField

    @property
    def field(self) -> Any:
        field = super().field
        field.chosen = (self.parent.data or {}).get(self.field_name) or ""
        return field
