"""What trainings add to the pages of a session and of a registration in the admin."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from wagtail.admin.ui.components import Component

from events.models import Registration, Session
from trainings.domain.following import following, is_training
from trainings.domain.hours import hours_of_training


class SessionPart(Component):
    """Who completed the training, and what the others lack; nothing for a meeting."""

    template_name = "trainings/admin/session_part.html"

    def __init__(self, session: Session) -> None:
        self.session = session

    def render_html(self, parent_context: Any = None) -> SafeString:
        if not is_training(self.session):
            return SafeString("")
        return super().render_html(parent_context)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        people = following(self.session)
        return {
            "session": self.session,
            "people": people,
            "is_live": self.session.status == Session.Status.PUBLISHED,
            "to_do": [line for line in people.lines if line.referent and line.referent.to_do],
        }


class RegistrationPart(Component):
    """The same for one person, with what they followed of this training over all its sessions."""

    template_name = "trainings/admin/registration_part.html"

    def __init__(self, registration: Registration) -> None:
        self.registration = registration

    def render_html(self, parent_context: Any = None) -> SafeString:
        if not is_training(self.registration.session):
            return SafeString("")
        return super().render_html(parent_context)

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        registration = self.registration
        people = following(registration.session, only=registration)
        return {
            "registration": registration,
            # A component has no request of its own, and its form needs this.
            "csrf_token": (parent_context or {}).get("csrf_token", ""),
            "people": people,
            "line": people.lines[0] if people.lines else None,
            "hours": hours_of_training(user=registration.user, activity_id=registration.session.activity_id),
        }


def of_session(session: Session) -> Component:
    return SessionPart(session)


def of_registration(registration: Registration) -> Component:
    return RegistrationPart(registration)
