"""Who signed in and what was refused: the number of an account or none, a route, a result. Never a name."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.logs import route_of

logger = logging.getLogger("escale.security")

REFUSALS = (403, 404)
TOO_MANY = 429


def tell(request: HttpRequest | None, what: str, *, account: int | None = None) -> None:
    route = route_of(request) if request is not None else "(none)"
    facts = {"route": route, "account": account}
    logger.info("%s: account %s on %s", what, account or "none", route, extra=facts)


class Refusals:
    """Inside of AuthenticationMiddleware. A line for whoever is signed in: robots would drown the rest.

    What was too much is told of anybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in REFUSALS and request.resolver_match and request.user.is_authenticated:
            tell(request, f"Refused ({response.status_code})", account=request.user.pk)
        elif response.status_code == TOO_MANY:
            tell(request, "Too many (429)", account=request.user.pk)
        return response
