"""Around everything that a web server answers: an identifier, a time, a line, a count.

Outside of Django and of the kept pages (``config.wsgi``), so that nothing is answered unseen. A request is
told by the name of its route, which ``NamedRoute`` leaves in the environment, and never by its path.
"""

import logging
import re
from collections.abc import Callable, Iterable
from secrets import token_hex
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from common import logs, metrics

access = logging.getLogger("escale.access")

ROUTE = "escale.route"
# What another program may call a request: nothing that could be mistaken for something else in a log.
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
UNNAMED = "(none)"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class NamedRoute(MiddlewareMixin):
    """First in the chain: others may answer in the view's place."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        match = request.resolver_match
        if match:
            request.META[ROUTE] = match.view_name if match.url_name else match.route


class Watched:
    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begin = perf_counter()
        request_id = _identifier(environ)
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, [*headers, ("X-Request-ID", request_id)], *rest)

        token = logs.request_id.set(request_id)
        try:
            return self.application(environ, start)
        finally:
            _tell(environ, status, perf_counter() - begin)
            logs.request_id.reset(token)


def _identifier(environ: dict[str, Any]) -> str:
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    return given if WELL_FORMED.fullmatch(given) else token_hex(8)


def _tell(environ: dict[str, Any], status: str, seconds: float) -> None:
    route, method = environ.get(ROUTE, UNNAMED), environ.get("REQUEST_METHOD", "")
    metrics.count_request(route=route, method=method, status=f"{status[0]}xx", seconds=seconds)
    if settings.ACCESS_LOG:
        method = method if method in metrics.METHODS else "other"
        ms = round(seconds * 1000, 1)
        facts = {"route": route, "status": int(status), "ms": ms, "method": method}
        access.info("%s %s %s %s ms", method, route, status, ms, extra=facts)
