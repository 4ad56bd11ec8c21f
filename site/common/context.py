"""What every template may rely on."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

# The helpline of the association MOTS, day and night; a published service number.
HELP_LINE = {"name": "MOTS", "display": "0608 282 589", "href": "tel:+33608282589"}


def site(request: HttpRequest) -> dict[str, Any]:
    return {"HELP_LINE": HELP_LINE, "DEMO": settings.DEMO, "BASE_URL": settings.BASE_URL}
