"""The list of registrations: filters, search, sorting, and the boxes that bulk actions start from."""

import re
from typing import Any

import django_filters
from django.contrib.admin.utils import quote
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import (
    BaseColumn,
    BulkActionsCheckboxColumn,
)
from wagtail.admin.views import generic
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect
from wagtail.admin.widgets.button import HeaderButton

from common import moments
from common.bounded import BoundedPaginator
from common.numbers import row_number
from events.access import coordinated_registrations
from events.admin.cells import PlainColumn, StateColumn, TwoLineColumn
from events.admin.filters import ActivityFilter, SessionFilter, own_activities, own_sessions
from events.admin.scoping import CoordinatorMixin
from events.models import Registration
from members.professions import Profession

WORDS = 6
# What a row is made of: sorting years of whole registrations and sessions takes longer than showing fifty.
SHOWN = (
    *("last_name", "first_name", "email", "state", "profession", "is_member", "registered_at", "source"),
    *("session__title", "session__starts_at"),
)
SEARCHED = ("last_name", "first_name", "email")
_NOT_WORDS = re.compile(r"[^\w.@+'’-]+")


class RegistrationFilterSet(WagtailFilterSet):
    activity = ActivityFilter(label="Dispositif", field_name="session__activity", queryset=own_activities)
    session = SessionFilter(label="Session", queryset=own_sessions)
    state = django_filters.MultipleChoiceFilter(
        label="État", choices=Registration.State.choices, widget=CheckboxSelectMultiple
    )
    profession = django_filters.ChoiceFilter(label="Profession", choices=Profession.choices)
    is_member = django_filters.BooleanFilter(label="Adhérent·e", widget=BooleanRadioSelect)
    source = django_filters.ChoiceFilter(label="Origine", choices=Registration.Source.choices)
    period = django_filters.DateFromToRangeFilter(
        label="Période des sessions", field_name="session__starts_at", widget=DateRangePickerWidget
    )

    class Meta:
        model = Registration
        fields: list[str] = []


def search(people: QuerySet[Registration], query: str) -> QuerySet[Registration]:
    """Every word must be in the name or the address, in whatever order they were typed."""
    for word in _NOT_WORDS.sub(" ", query).split()[:WORDS]:
        found = Q()
        for field in SEARCHED:
            found |= Q(**{f"{field}__icontains": word})
        people = people.filter(found)
    return people


def typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", " ")[:200]


def listed(request: HttpRequest) -> QuerySet[Registration]:
    """What the list shows for the filters and the search of ``request``, on all its pages."""
    people = coordinated_registrations(request.user)  # type: ignore[arg-type]
    filters = RegistrationFilterSet(data=request.GET, queryset=people, request=request)
    if not filters.is_valid():
        return people.none()
    return search(filters.qs, typed(request))


def registered(registration: Registration) -> str:
    return moments.short_day(registration.registered_at)


class RegistrationIndexView(CoordinatorMixin, generic.IndexView):
    model = Registration
    permission_policy = None  # ``CoordinatorMixin`` and the queryset decide
    template_name = "events/admin/registrations.html"
    results_template_name = "events/admin/registrations_results.html"
    page_title = "Inscriptions"
    header_icon = "group"
    index_url_name = "registrations:index"
    index_results_url_name = "registrations:index_results"
    filterset_class = RegistrationFilterSet
    table_classname = "listing escale-registrations"
    search_fields = list(SEARCHED)
    search_backend_name = None
    is_searchable = True
    default_ordering = "-registered_at"
    paginate_by = 50
    paginator_class = BoundedPaginator
    FORMATS = ()  # what leaves the building goes through « Exporter », which logs it

    @cached_property
    def search_query(self) -> str:
        return typed(self.request)

    def get_base_queryset(self) -> QuerySet[Registration]:
        own = coordinated_registrations(self.request.user)  # type: ignore[arg-type]
        return own.select_related(None).select_related("session").only(*SHOWN)

    def order_queryset(self, queryset: QuerySet[Registration]) -> QuerySet[Registration]:
        """The same order twice, whatever ties: no row is on two pages, none on neither."""
        last = "-pk" if self.ordering.startswith("-") else "pk"
        return queryset.order_by(self.ordering, last)

    def search_queryset(self, queryset: QuerySet[Registration]) -> QuerySet[Registration]:
        return search(queryset, self.search_query)

    @property
    def columns(self) -> list[BaseColumn]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="registration"),
            TwoLineColumn(
                "last_name",
                label="Personne",
                sort_key="last_name",
                get_url=lambda one: reverse("registrations:inspect", args=[one.pk]),
                accessor=lambda one: f"{one.last_name} {one.first_name}",
                get_title_id=lambda one: f"registration_{quote(one.pk)}_title",
                below=lambda one: one.email,
            ),
            StateColumn(
                "state",
                label="État",
                sort_key="state",
                accessor="get_state_display",
                primary=lambda one: one.state == Registration.State.CONFIRMED,
            ),
            TwoLineColumn(
                "session",
                label="Session",
                sort_key="session__starts_at",
                accessor="session.title",
                get_url=lambda one: reverse("sessions:inspect", args=[one.session_id]),
                below=lambda one: moments.day(one.session.starts_at),
            ),
            PlainColumn(
                "profession", label="Profession", sort_key="profession", accessor="get_profession_display"
            ),
            PlainColumn(
                "is_member",
                label="Adhérent·e",
                sort_key="is_member",
                accessor=lambda one: "Oui" if one.is_member else "Non",
            ),
            PlainColumn("registered_at", label="Inscrit·e le", sort_key="registered_at", accessor=registered),
            PlainColumn("source", label="Origine", sort_key="source", accessor="get_source_display"),
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        asked = self.request.GET.get("session", "")
        url = reverse("export") + (f"?session={asked}" if row_number(asked) else "")
        return [HeaderButton("Exporter", url=url, icon_name="download")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "model_opts": Registration._meta}
