"""What the database refuses, said as what it is: an address that holds nothing, a moment too busy."""

import logging
from collections.abc import Callable

from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# PostgreSQL: serialization failure, deadlock, lock not available. SQLite: busy for too long, locked.
BUSY = ("40001", "40P01", "55P03", "SQLITE_BUSY", "SQLITE_LOCKED")


class ImpossibleNumbers:
    """Filters of the admin pass numbers on unchecked; the databases refuse those of twenty digits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method in ("GET", "HEAD") and isinstance(exception, OverflowError | DataError):
            raise Http404


class BusyDatabase:
    """Two transactions that waited for each other: one was undone, whole, and its author is told so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_busy(exception):
            return None
        logger.error("The database was too busy for a %s", request.method)
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})


def is_busy(error: Exception) -> bool:
    """Whether trying again may succeed; a database that cannot be reached is another matter."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", "")
    return str(code).startswith(BUSY)
