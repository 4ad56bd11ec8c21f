"""How often one place may post a registration form."""

from django.conf import settings
from django.http import HttpRequest

from common import limits


def too_many_registrations(request: HttpRequest, session_id: int) -> bool:
    """Count one attempt on one session from one address; generous, a hospital shares one."""
    return limits.count(request, f"register:{session_id}") > settings.REGISTRATIONS_PER_ADDRESS
