"""The list of sessions, with its filters."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic

from common import moments
from events.access import coordinated_activities
from events.admin.scoping import OwnSessionsMixin
from events.models import ActivityPage, Session


def own_activities(request: HttpRequest) -> QuerySet[ActivityPage]:
    return coordinated_activities(request.user).order_by("title", "pk")  # type: ignore[arg-type]


class SessionFilterSet(WagtailFilterSet):
    activity = django_filters.ModelChoiceFilter(label="Dispositif", queryset=own_activities)
    status = django_filters.ChoiceFilter(label="État", choices=Session.Status.choices)
    starts_at = django_filters.DateFromToRangeFilter(label="Période", widget=DateRangePickerWidget)

    class Meta:
        model = Session
        fields = ["activity", "status", "starts_at"]


def when(session: Session) -> str:
    return moments.moment(session.starts_at)


def places(session: Session) -> str:
    return f"{session.seats_taken} / {session.seats}"


class SessionIndexView(OwnSessionsMixin, generic.IndexView):
    """Columns in the order of a session's card: when, what, state, how many places."""

    add_item_label = "Créer une session"
    default_ordering = "-starts_at"
    filterset_class = SessionFilterSet
    search_fields = ["title", "activity__title", "city", "place_name"]
    search_backend_name = None

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label="Session", sort_key="title", get_url=self.get_inspect_url),
            Column("starts_at", label="Quand", sort_key="starts_at", accessor=when),
            Column("activity", label="Dispositif", sort_key="activity__title", accessor="activity.title"),
            StatusTagColumn(
                "status",
                label="État",
                sort_key="status",
                accessor="get_status_display",
                primary=lambda session: session.status == Session.Status.PUBLISHED,
            ),
            Column("seats_taken", label="Inscrits / places", sort_key="seats_taken", accessor=places),
            Column("waiting", label="En attente", sort_key="waiting"),
        ]

    def get_edit_url(self, instance: Session) -> str | None:
        if instance.status == Session.Status.CANCELLED:
            return None
        return super().get_edit_url(instance)  # type: ignore[no-any-return]
