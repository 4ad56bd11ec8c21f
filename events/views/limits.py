"""How often one place may post a registration form."""

import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 600


def too_many_registrations(request: HttpRequest, session_id: int) -> bool:
    """Count one attempt on one session from one address; generous, a hospital shares one.

    An approximate count is enough: it slows down robots that try addresses.
    """
    address = get_adapter().get_client_ip(request)
    key = f"register:{session_id}:{address}:{int(time.time() // WINDOW_SECONDS)}"
    attempts = cache.get(key, 0) + 1
    cache.set(key, attempts, WINDOW_SECONDS)
    return attempts > settings.REGISTRATIONS_PER_ADDRESS
