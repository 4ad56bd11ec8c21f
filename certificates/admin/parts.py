"""What certificates add to the pages of a session and of a registration in the admin."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from wagtail.admin.ui.components import Component

from certificates.domain.facts import kinds_of
from certificates.models import Certificate, IssueBatch
from events.models import AttendanceSheet, Registration, Session

SHOWN = 50
Kind, Status = Certificate.Kind, Certificate.Status


class SessionPart(Component):
    """How many of each kind, the way to have them made, and the last ones."""

    template_name = "certificates/admin/session_part.html"

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        own = Certificate.objects.filter(registration__session=self.session)
        counted = own.order_by().values_list("kind", "status").annotate(Count("pk"))
        counts = {(kind, status): count for kind, status, count in counted}
        lines = [
            (
                kind.label,
                [
                    (status.label.lower(), counts[kind, status])
                    for status in Status
                    if (kind, status) in counts
                ],
            )
            for kind in Kind
            if any((kind, status) in counts for status in Status)
        ]
        return {
            "session": self.session,
            "is_closed": AttendanceSheet.objects.filter(slot__session=self.session).exists(),
            "lines": lines,
            "total": sum(counts.values()),
            "certificates": _listed(own),
            "batch": _latest_batch(self.session),
            "url": f"{reverse('certificates_issue')}?session={self.session.pk}",
        }


class RegistrationPart(Component):
    """Each kind that may exist: the one that holds, those before it, and having one made."""

    template_name = "certificates/admin/registration_part.html"

    def __init__(self, registration: Registration) -> None:
        self.registration = registration

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        own = list(_listed(Certificate.objects.filter(registration=self.registration)))
        valid = {each.kind for each in own if each.status == Status.VALID}
        kinds = [kind for kind in kinds_of(self.registration.session) if kind not in valid]
        return {
            "registration": self.registration,
            "certificates": own,
            "kinds": kinds,
            # A component has no request of its own, and its forms need this.
            "csrf_token": (parent_context or {}).get("csrf_token", ""),
            "came": self.registration.attendances.filter(slot__sheets__isnull=False).exists(),
        }


def _listed(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    return certificates.select_related("registration").order_by("-issued_at", "-pk")[:SHOWN]


def _latest_batch(session: Session) -> IssueBatch | None:
    """The last one that was asked for this very session."""
    own = IssueBatch.objects.filter(organisation=session.activity.organisation_id, sessions=[session.pk])
    return own.order_by("-created_at", "-pk").first()


def of_session(session: Session) -> Component:
    return SessionPart(session)


def of_registration(registration: Registration) -> Component:
    return RegistrationPart(registration)
