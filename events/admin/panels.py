"""The first panel of the admin's home: what comes, and what is still to be closed."""

from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from events.access import coordinated_sessions
from events.models import Session, Slot

SHOWN = 6


class SessionsPanel(Component):
    order = 10
    template_name = "events/admin/home_panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        own = coordinated_sessions(user)
        upcoming = own.exclude(status=Session.Status.CANCELLED).upcoming()[:SHOWN]
        open_slots = (
            Slot.objects.filter(session__in=own.filter(status=Session.Status.PUBLISHED))
            .filter(sheets__isnull=True, ends_at__lte=timezone.now())
            .select_related("session")
            .order_by("starts_at", "pk")
        )
        return {"upcoming": upcoming, "open_slots": open_slots[:SHOWN], "today": timezone.localdate()}
