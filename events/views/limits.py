"""How often one place may post registration forms, and how often one address may be typed."""

from django.conf import settings
from django.http import HttpRequest

from common import limits
from common.errors import DomainError
from events.models import Session

# A robot that goes from session to session counts as one.
SESSIONS_AT_ONCE = 3
DAY = 24 * 60 * 60


def check_place(request: HttpRequest, session: Session) -> None:
    """Count one form on one session from one network address; generous, a hospital shares one.

    Raises ``DomainError`` for one too many.
    """
    here = limits.count(request, f"register:{session.pk}")
    anywhere = limits.count(request, "register")
    allowed = settings.REGISTRATIONS_PER_ADDRESS
    if here > allowed or anywhere > allowed * SESSIONS_AT_ONCE:
        raise DomainError(
            "Beaucoup d’inscriptions viennent de partir du même endroit. Attendez dix minutes, puis envoyez "
            "de nouveau : ce que vous avez tapé est gardé ci-dessous. Si cela presse, écrivez à "
            f"{session.activity.organisation.email} : l’équipe vous inscrira."
        )


def check_mailbox(email: str, session: Session, *, forms: int = 1) -> None:
    """Count ``forms`` typed for one e-mail address: nobody floods a stranger's mailbox.

    Says nothing of the address: it counts what was typed, known or not. Raises ``DomainError``.
    """
    if limits.count_text(email, "register", seconds=DAY, times=forms) > settings.REGISTRATIONS_PER_MAILBOX:
        raise DomainError(
            "Cette adresse e-mail a été tapée beaucoup de fois aujourd’hui. Réessayez demain, ou écrivez à "
            f"{session.activity.organisation.email} : l’équipe vous inscrira.",
            field="email",
        )
