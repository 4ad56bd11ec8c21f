"""Whether somebody proved a moment ago who they are.

Asked before a copy of their data, or its end, and before another way in is added to their account.

A browser left open on a shared computer is not a proof.
"""

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

FRESH_SECONDS = 15 * 60
# A form opened in time may still be sent.
GRACE_SECONDS = 15 * 60


def signed_in_recently(request: HttpRequest, *, grace: bool = False) -> bool:
    limit = FRESH_SECONDS + (GRACE_SECONDS if grace else 0)
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - float(records[-1].get("at", 0)) < limit
