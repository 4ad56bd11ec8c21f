"""What filters of several lists offer: own activities, own sessions."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from common import moments
from common.numbers import row_number
from events.access import coordinated_activities, coordinated_sessions
from events.models import ActivityPage, JournalEntry, Session

# Offered by the filters; any other is reached from its own page.
SESSIONS = 60
ACTIVITIES = FEW = 100
LINES = 1_000


def own_activities(request: HttpRequest) -> QuerySet[ActivityPage]:
    return coordinated_activities(request.user).order_by("title", "pk")  # type: ignore[arg-type]


def own_sessions(request: HttpRequest) -> QuerySet[Session]:
    own = coordinated_sessions(request.user)  # type: ignore[arg-type]
    return own.exclude(status=Session.Status.DRAFT).select_related(None).order_by("-starts_at", "pk")


class Latest(django_filters.fields.ModelChoiceIterator):
    """The latest ones, and the chosen one: all there ever were would make every page slow."""

    def latest(self) -> list[Any]:
        """Keys are put in order, which an index does; rows are read for those alone."""
        keys = self.queryset.order_by("-starts_at", "-pk").values("pk")[:SESSIONS]
        rows = self.queryset.select_related(None).filter(pk__in=keys)
        return list(rows.only("title", "starts_at"))

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        latest = self.latest()
        chosen = row_number(self.field.chosen)
        if chosen is not None and chosen not in {one.pk for one in latest}:
            latest += self.queryset.filter(pk=chosen)
        for one in latest:
            yield self.choice(one)


class LatestActivities(Latest):
    """An administrator’s are those of everybody."""

    def latest(self) -> list[Any]:
        return sorted(
            self.queryset.only("title").order_by("-pk")[:ACTIVITIES], key=lambda one: (one.title, one.pk)
        )


class ActivityChoiceField(django_filters.fields.ModelChoiceField):
    iterator = LatestActivities
    chosen = ""


class InLatestLines(Latest):
    """Whom or what the last lines of the journal tell of, by name; all of them while they are few."""

    told = ""

    def latest(self) -> list[Any]:
        known = list(self.queryset.order_by()[: FEW + 1])
        if len(known) > FEW:
            lines = JournalEntry.objects.order_by("-timestamp", "-pk").values_list(self.told, flat=True)
            known = list(self.queryset.order_by().filter(pk__in=set(lines[:LINES]) - {None}))
        return sorted(known, key=lambda one: (str(one), one.pk))


class Authors(InLatestLines):
    told = "user"


class Organisations(InLatestLines):
    told = "organisation_id"


class UserChoiceField(django_filters.fields.ModelChoiceField):
    iterator = Authors
    chosen = ""


class OrganisationChoiceField(django_filters.fields.ModelChoiceField):
    iterator = Organisations
    chosen = ""


class SessionChoiceField(django_filters.fields.ModelChoiceField):
    """Sessions often bear the same title: the day tells them apart."""

    iterator = Latest
    chosen = ""

    def label_from_instance(self, session: Session) -> str:
        return f"{session.title}, {moments.day(session.starts_at)}"


class BoundedFilter(django_filters.ModelChoiceFilter):
    @property
    def field(self) -> Any:
        field = super().field
        field.chosen = (self.parent.data or {}).get(self.bound_name) or ""
        return field

    @property
    def bound_name(self) -> str:
        """What the address calls it."""
        names = (name for name, one in self.parent.filters.items() if one is self)
        return next(names, self.field_name)


class SessionFilter(BoundedFilter):
    field_class = SessionChoiceField


class ActivityFilter(BoundedFilter):
    field_class = ActivityChoiceField


class UserFilter(BoundedFilter):
    field_class = UserChoiceField


class OrganisationFilter(BoundedFilter):
    field_class = OrganisationChoiceField
