"""Who did what, when, on what: the organisation's journal."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import Media
from django.urls import NoReverseMatch, path, reverse
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.log_actions import registry

from common import moments
from common.bounded import BoundedPaginator
from events.access import coordinated_journal, coordinated_registrations, coordinated_sessions
from events.admin import journal_words
from events.admin.filters import OrganisationFilter, SessionFilter, UserFilter
from events.admin.scoping import CoordinatorMixin
from events.domain.export_columns import slot_name
from events.models import JournalEntry, Message, MessageRule, Registration, Session, Slot
from members.access import colleagues, coordinated_organisations
from members.models import Organisation, User

# Where one reads of each thing; a thing that has no page of its own is only named.
PAGES: dict[type[Any], str] = {
    Session: "sessions:inspect",
    Registration: "registrations:inspect",
    Message: "messages:inspect",
    MessageRule: "message_rules:edit",
}


class JournalFilterSet(WagtailFilterSet):
    user = UserFilter(label="Qui", queryset=User.objects.none())
    action = django_filters.ChoiceFilter(label="Quoi", choices=[])
    session_id = SessionFilter(label="Session", queryset=Session.objects.none(), method="of_session")
    timestamp = django_filters.DateFromToRangeFilter(label="Quand", widget=DateRangePickerWidget)
    organisation_id = OrganisationFilter(
        label="Structure", queryset=Organisation.objects.none(), method="of_organisation"
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy() if data is not None else None
        for short in ("session", "organisation"):  # links from elsewhere say « session »
            if data is not None and short in data:
                data.setdefault(f"{short}_id", data[short])
        super().__init__(data, *args, **kwargs)
        user = self.request.user
        self.filters["user"].queryset = colleagues(user)
        self.filters["action"].extra["choices"] = [
            (action, registry.get_action_label(action))
            for action, _label in registry.get_choices()
            if action.startswith("escale.")
        ]
        self.filters["session_id"].queryset = coordinated_sessions(user).order_by("-starts_at", "pk")
        self.filters["organisation_id"].queryset = coordinated_organisations(user)

    def of_session(
        self, entries: QuerySet[JournalEntry], name: str, session: Session
    ) -> QuerySet[JournalEntry]:
        return entries.filter(session_id=session.pk)

    def of_organisation(
        self, entries: QuerySet[JournalEntry], name: str, organisation: Organisation
    ) -> QuerySet[JournalEntry]:
        return entries.filter(organisation_id=organisation.pk)

    class Meta:
        model = JournalEntry
        fields: list[str] = []


class DoneColumn(Column):
    cell_template_name = "events/admin/journal_done.html"


class ThingColumn(Column):
    cell_template_name = "events/admin/journal_thing.html"


class LinesPaginator(BoundedPaginator):
    verbose_name = "ligne"
    verbose_name_plural = "lignes"


class JournalView(CoordinatorMixin, generic.IndexView):
    model = JournalEntry
    permission_policy = None
    page_title = "Journal"
    verbose_name_plural = "lignes"
    header_icon = "history"
    index_url_name = "journal"
    index_results_url_name = "journal_results"
    filterset_class = JournalFilterSet
    is_searchable = False
    is_export = False
    paginate_by = 50
    paginator_class = LinesPaginator
    default_ordering = "-timestamp"
    columns = [
        Column("when", label="Quand", width="14%"),
        Column("who", label="Qui", width="16%"),
        DoneColumn("what", label="Quoi", width="40%"),
        ThingColumn("on", label="Sur quoi", accessor="thing"),
    ]

    def get_base_queryset(self) -> QuerySet[JournalEntry]:
        return coordinated_journal(self.request.user).select_related("user", "content_type")  # type: ignore[arg-type]

    def order_queryset(self, queryset: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        return queryset.order_by("-timestamp", "-pk")

    @property
    def media(self) -> Media:
        return Media(css={"all": ["escale/admin-desk.css"]})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_table(self, object_list: Any) -> Any:
        entries = list(object_list)
        people, registrations, slots = self._names(entries)
        for entry in entries:
            entry.when = moments.short_moment(entry.timestamp)
            entry.who = str(entry.user) if entry.user else "automatique"
            entry.what = {
                "title": journal_words.title(entry),
                "lines": journal_words.lines(entry, people=people, registrations=registrations, slots=slots),
            }
            entry.thing = _thing(entry, registrations)
        return super().get_table(entries)

    def _names(self, entries: list[JournalEntry]) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
        """Names of one's own people only, as they are called today."""
        user: Any = self.request.user
        people, registrations, slots = journal_words.named(entries)
        known = User.objects.filter(
            pk__in=people, memberships__organisation__in=coordinated_organisations(user)
        )
        own = coordinated_registrations(user).filter(pk__in=registrations)
        own_slots = Slot.objects.filter(pk__in=slots, session__in=coordinated_sessions(user))
        return (
            {one.pk: str(one) for one in (known.distinct() if people else [])},
            {one.pk: one.full_name for one in (own if registrations else [])},
            {slot.pk: slot_name(slot) for slot in (own_slots if slots else [])},
        )


def _thing(entry: JournalEntry, registrations: dict[int, str]) -> dict[str, str]:
    """What it was done to, with the way to its page."""
    model = entry.content_type.model_class() if entry.content_type else None
    text = entry.label
    if model is Registration:
        text = registrations.get(int(entry.object_id), entry.label)
    kind = str(model._meta.verbose_name) if model else ""
    name = PAGES.get(model) if model else None
    try:
        url = reverse(name, args=[entry.object_id]) if name and not entry.deleted else ""
    except NoReverseMatch:
        url = ""
    return {"text": text, "kind": kind[:1].upper() + kind[1:], "url": url}


urlpatterns = [
    path("journal/", JournalView.as_view(), name="journal"),
    path("journal/resultats/", JournalView.as_view(results_only=True), name="journal_results"),
]
