"""The views of sessions under /admin/sessions/, in one place."""

from django.urls import URLPattern, path

from common.admin import TrimmedViewSet
from events.admin import bulk_editing, planning, session_calendar
from events.admin.attendee_links import SessionLinksView
from events.admin.cancelling import SessionCancelView
from events.admin.editing import SessionCreateView, SessionEditView
from events.admin.listing import SessionIndexView
from events.admin.showing import SessionHistoryView, SessionInspectView, SessionSeatsView
from events.forms.session import SessionForm
from events.models import Session


class SessionViewSet(TrimmedViewSet):
    model = Session
    name = "sessions"
    url_prefix = "sessions"
    icon = "calendar-alt"
    menu_label = "Sessions"
    menu_order = 110
    add_to_admin_menu = True
    inspect_view_enabled = True
    index_view_class = SessionIndexView
    add_view_class = SessionCreateView
    edit_view_class = SessionEditView
    inspect_view_class = SessionInspectView
    history_view_class = SessionHistoryView
    search_fields = SessionIndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit", "inspect", "history", "history_results"})

    def get_form_class(self, for_update: bool = False) -> type[SessionForm]:
        return SessionForm

    def get_edit_handler(self) -> None:
        return None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            *planning.session_urls,
            *session_calendar.session_urls,
            *bulk_editing.session_urls,
            path("cancel/<int:pk>/", SessionCancelView.as_view(), name="cancel"),
            path("liens/<int:pk>/", SessionLinksView.as_view(), name="links"),
            path("places/<int:pk>/", SessionSeatsView.as_view(), name="seats"),
        ]


session_viewset = SessionViewSet()
