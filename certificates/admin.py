"""What certificates add to the pages of a session and of a registration in the admin."""

from typing import Any

from django.db.models import QuerySet
from wagtail.admin.ui.components import Component

from certificates.models import Certificate
from events.models import Registration, Session

SHOWN = 50


class CertificatesPart(Component):
    """How many were issued, and the way to each one's public page."""

    template_name = "certificates/admin/part.html"

    def __init__(self, certificates: QuerySet[Certificate], *, is_named: bool) -> None:
        self.certificates, self.is_named = certificates, is_named

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        issued = self.certificates.filter(status=Certificate.Status.VALID)
        total = issued.count() if self.is_named else 0
        listed = self.certificates.order_by("-issued_at", "-pk")[:SHOWN]
        return {"total": total, "certificates": listed, "is_named": self.is_named}


def of_session(session: Session) -> Component:
    certificates = Certificate.objects.filter(registration__session=session)
    return CertificatesPart(certificates.select_related("registration"), is_named=True)


def of_registration(registration: Registration) -> Component:
    return CertificatesPart(Certificate.objects.filter(registration=registration), is_named=False)
