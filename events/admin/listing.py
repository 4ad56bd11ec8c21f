"""The list of sessions, with its filters, and the boxes that choose several."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from common import moments
from common.bounded import NarrowPaginator
from common.numbers import row_number
from events.admin.filters import ActivityFilter, own_activities
from events.admin.scoping import OwnSessionsMixin
from events.models import Session

SITUATIONS = [
    ("coming", "À venir"),
    ("full", "À venir, complètes"),
    ("underfilled", "À venir, moins de la moitié des places prises"),
    ("to_close", "Passées, émargement à clore"),
]


def in_situation(sessions: QuerySet[Session], _name: str, value: str) -> QuerySet[Session]:
    now, published = timezone.now(), Q(status=Session.Status.PUBLISHED)
    coming = Q(starts_at__gt=now)
    return sessions.filter(
        {
            "coming": coming & ~Q(status=Session.Status.CANCELLED),
            "full": published
            & coming
            & (Q(waiting__gt=0) | Q(seats_taken__gte=F("capacity") + F("overbooking"))),
            "underfilled": published & coming & Q(capacity__gt=F("seats_taken") * 2),
            "to_close": published & Q(ends_at__lte=now, completed_at__isnull=True),
        }[value]
    )


class SessionFilterSet(WagtailFilterSet):
    activity = ActivityFilter(label="Dispositif", queryset=own_activities)
    status = django_filters.ChoiceFilter(label="État", choices=Session.Status.choices)
    situation = django_filters.ChoiceFilter(label="Situation", choices=SITUATIONS, method=in_situation)
    starts_at = django_filters.DateFromToRangeFilter(label="Période", widget=DateRangePickerWidget)

    class Meta:
        model = Session
        fields = ["activity", "status", "situation", "starts_at"]


class ChoiceColumn(BaseColumn):
    """A box per row: Wagtail's script counts them, and without it they are an ordinary form's."""

    header_template_name = "events/admin/choose_all_cell.html"
    cell_template_name = "events/admin/choose_cell.html"


def when(session: Session) -> str:
    return moments.moment(session.starts_at)


def places(session: Session) -> str:
    return f"{session.seats_taken} / {session.seats}"


def waiting(session: Session) -> str:
    return f"{session.waiting} en attente" if session.waiting else ""


class SessionIndexView(OwnSessionsMixin, generic.IndexView):
    """Columns in the order of a session's card: when, what, state, how many places."""

    add_item_label = "Créer une session"
    template_name = "events/admin/session_index.html"
    default_ordering = "-starts_at"
    paginator_class = NarrowPaginator
    filterset_class = SessionFilterSet
    table_classname = "listing escale-sessions"
    search_fields = ["title", "activity__title", "city", "place_name"]
    search_backend_name = None

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            ChoiceColumn("choice", label="Choisir", classname="escale-choice"),
            title("title", label="Session", sort_key="title", get_url=self.get_inspect_url),
            Column("starts_at", label="Quand", sort_key="starts_at", accessor=when, classname="escale-when"),
            Column(
                "activity",
                label="Dispositif",
                sort_key="activity__title",
                accessor="activity.title",
                classname="escale-activity",
            ),
            StatusTagColumn(
                "status",
                label="État",
                sort_key="status",
                accessor="get_status_display",
                primary=lambda session: session.status == Session.Status.PUBLISHED,
                classname="escale-status",
            ),
            Column(
                "seats_taken",
                label="Inscrits / places",
                sort_key="seats_taken",
                accessor=places,
                classname="escale-places",
            ),
            Column(
                "waiting",
                label="Attente",
                sort_key="waiting",
                accessor=waiting,
                classname="escale-waiting",
            ),
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        season = reverse("sessions:plan") + self._asked_activity()
        return [
            *super().header_buttons,
            HeaderButton("Planifier une saison", url=season, icon_name="calendar"),
            HeaderButton("Calendrier", url=reverse("sessions:calendar"), icon_name="calendar-alt"),
        ]

    @property
    def header_more_buttons(self) -> list[Any]:
        activity = self._asked_activity()
        return [
            Button("Copier une saison", url=reverse("sessions:copy_season") + activity, icon_name="copy"),
            Button("Exporter", url=reverse("export") + activity, icon_name="download"),
        ]

    def _asked_activity(self) -> str:
        """The activity that the list is filtered on goes along."""
        asked = self.request.GET.get("activity", "")
        return f"?activity={asked}" if row_number(asked) else ""

    def get_edit_url(self, instance: Session) -> str | None:
        if instance.status == Session.Status.CANCELLED:
            return None
        return super().get_edit_url(instance)  # type: ignore[no-any-return]
