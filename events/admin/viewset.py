"""The views of sessions under /admin/sessions/, in one place."""

from typing import Any

from django.urls import URLPattern, path
from wagtail.admin.viewsets.model import ModelViewSet

from events.admin import bulk_editing, planning, session_calendar
from events.admin.cancelling import SessionCancelView
from events.admin.editing import SessionCreateView, SessionEditView
from events.admin.listing import SessionIndexView
from events.admin.showing import SessionHistoryView, SessionInspectView, SessionSeatsView
from events.forms.session import SessionForm
from events.models import Session


class SessionViewSet(ModelViewSet):
    """Wagtail's viewset without its deleting, copying and usage views."""

    model = Session
    name = "sessions"
    url_prefix = "sessions"
    icon = "calendar-alt"
    menu_label = "Sessions"
    menu_order = 110
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = SessionIndexView
    add_view_class = SessionCreateView
    edit_view_class = SessionEditView
    inspect_view_class = SessionInspectView
    history_view_class = SessionHistoryView
    search_fields = SessionIndexView.search_fields
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> type[SessionForm]:
        return SessionForm

    def get_edit_handler(self) -> None:
        return None

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = {"usage_url_name", "delete_url_name"}
        common = super().get_common_view_kwargs(**kwargs)
        return {name: value for name, value in common.items() if name not in unused}

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {"index", "index_results", "add", "edit", "inspect", "history", "history_results"}
        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            *planning.session_urls,
            *session_calendar.session_urls,
            *bulk_editing.session_urls,
            path("cancel/<int:pk>/", SessionCancelView.as_view(), name="cancel"),
            path("places/<int:pk>/", SessionSeatsView.as_view(), name="seats"),
        ]


session_viewset = SessionViewSet()
