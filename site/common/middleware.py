"""What the database refuses, said as what it is: an address that holds nothing, a moment too busy."""

from collections.abc import Callable

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse

from common import outages


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
    """An outage met in a view; one met elsewhere comes to ``outages.server_error``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        kind = outages.outage(exception)
        if not kind:
            return None
        # The view's transaction was undone in favour of another: surely nothing of it was stored.
        return outages.unavailable(request, kind, undone=outages.is_busy(exception))
