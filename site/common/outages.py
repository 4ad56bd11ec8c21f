"""The database (or the disk) that does not do its work: too busy, away, slow, full. Told as a 503, not a 500.

Two doors lead here. An error in a view comes through ``middleware.BusyDatabase``; one anywhere else
(loading a session, storing it, a context processor of the 404 page…) through Django's own handlers of
errors, which ``config.urls`` names: Django calls them for each layer of middleware.
"""

import errno
import logging
import sys
from collections.abc import Iterator
from time import monotonic

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from common import metrics
from common.errors import StorageAwayError

logger = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds
SAY_EVERY = 5.0
# What the database says (the beginning of its code), and what it means. The first that fits counts.
CODES = {
    "busy": (
        *("40001", "40P01", "55P03"),  # serialization failure, deadlock, lock not available
        *("SQLITE_BUSY", "SQLITE_LOCKED"),
    ),
    "full": ("53100", "SQLITE_FULL"),
    "slow": ("57014", "25P03", "25P04"),  # statement, idle in transaction, transaction: cancelled
    "read-only": ("25006", "SQLITE_READONLY"),
    # Connection, resources, shutdown, input and output.
    "away": ("08", "53", "57P", "58", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL", "SQLITE_NOMEM"),
}
DISK = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read-only"}
BUSY = "busy"
SENTENCES = {
    "undone": "Plusieurs personnes écrivaient au même endroit : rien n’a été enregistré. Recommencez.",
    "read": "Le service est momentanément indisponible. Réessayez dans un instant.",
    "write": (
        "Le service est momentanément indisponible. Réessayez dans un instant, "
        "après avoir regardé si votre demande est passée."
    ),
}
SAFE = ("GET", "HEAD", "OPTIONS")


class _Said:
    until: dict[str, float] = {}


def outage(error: BaseException | None) -> str:
    """What kind of outage led to ``error``, maybe through other errors; "" when none did."""
    for each in _led_to(error):
        if isinstance(each, StorageAwayError):
            return "files-away"
        found = DISK.get(each.errno or 0, "") if isinstance(each, OSError) else _of_database(each)
        if found:
            return found
    return ""


def is_busy(error: BaseException) -> bool:
    """Whether one transaction was undone in favour of another: trying again at once may succeed."""
    return _of_database(error) == BUSY


def unavailable(request: HttpRequest, kind: str, *, undone: bool = False) -> HttpResponse:
    """The 503, in the form that ``request`` can read. ``undone``: surely nothing of it was stored."""
    note(kind)
    said = "undone" if undone else "read" if request.method in SAFE else "write"
    if _wants_json(request):
        response: HttpResponse = JsonResponse({"error": SENTENCES[said]}, status=503)
    else:
        response = HttpResponse(render_to_string("503.html", {"said": said}), status=503)
    if request.method == "GET" and "HX-Request" in request.headers:
        response["HX-Redirect"] = request.get_full_path()  # htmx shows no error: the whole page will
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def note(kind: str) -> None:
    """Count it; write it once in five seconds: an outage meets every visitor."""
    metrics.count_unavailable(kind)
    now = monotonic()
    if now >= _Said.until.get(kind, 0.0):
        _Said.until[kind] = now + SAY_EVERY
        logger.error("Answered 503: the database or the disk is %s", kind)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: Django calls it while the error is being handled."""
    error = sys.exc_info()[1]
    kind = outage(error)
    return unavailable(request, kind) if kind else defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``: a session that could not be stored is said to be a bad request."""
    kind = outage(exception)
    return unavailable(request, kind) if kind else defaults.bad_request(request, exception)


def _led_to(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _of_database(error: BaseException) -> str:
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return ""
    cause = error.__cause__
    code = str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", ""))
    if code:
        return next((kind for kind, begins in CODES.items() if code.startswith(begins)), "")
    # Without a code the server was not heard at all: refused, cut, or closed before.
    by_driver = type(cause).__module__.startswith("psycopg")
    return "away" if by_driver or (cause is None and isinstance(error, InterfaceError)) else ""


def _wants_json(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return (
        request.path_info.startswith("/api/")
        or request.headers.get("Content-Type", "").startswith("application/json")
        or ("application/json" in accepts and "text/html" not in accepts)
    )
