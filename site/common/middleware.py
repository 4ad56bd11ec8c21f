"""What an address asks for and no database holds is not there: a 404, not an error of ours."""

from collections.abc import Callable

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse


class ImpossibleNumbers:
    """Filters of the admin pass numbers on unchecked; the databases refuse those of twenty digits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method in ("GET", "HEAD") and isinstance(exception, OverflowError | DataError):
            raise Http404
