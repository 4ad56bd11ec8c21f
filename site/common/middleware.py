"""What the database refuses, said as what it is: an address that holds nothing, a moment too busy."""

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import bad_request
from PIL import UnidentifiedImageError

from common import outages
from common.limits import WINDOW_SECONDS

logger = logging.getLogger(__name__)
# What Wagtail lets escape when a number, a date, an address to return to or a picture is none.
UNREADABLE = (
    *(ValueError, LookupError, OverflowError, ValidationError, ObjectDoesNotExist),
    *(AttributeError, TypeError, NoReverseMatch, DataError, UnidentifiedImageError),
)


class ImpossibleNumbers(MiddlewareMixin):
    """Filters of the admin pass numbers on unchecked; the databases refuse those of twenty digits."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method in ("GET", "HEAD") and isinstance(exception, OverflowError | DataError):
            raise Http404


class UnreadableValues(MiddlewareMixin):
    """Wagtail's own pages trust what is sent to them: no form of theirs sends it, hence 400 and not 500.

    Our own views check what they are sent, and break for all to see when they do not.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UNREADABLE) or not _is_sent_to_wagtail(request):
            return None
        route = request.resolver_match.route if request.resolver_match else ""
        logger.warning("%s on %s: answered 400", type(exception).__name__, route)
        return bad_request(request, exception)


class BareAnswers:
    """A page for the answers that Django, Wagtail and allauth leave empty: 405; and until when, for 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            response.content = render_to_string("405.html").encode()
            response["Content-Type"] = "text/html; charset=utf-8"
        elif response.status_code == 429 and "Retry-After" not in response:
            response["Retry-After"] = str(WINDOW_SECONDS)
        return response


def _is_sent_to_wagtail(request: HttpRequest) -> bool:
    """A page of Wagtail's that breaks although nothing was sent is broken, and must be heard of."""
    if request.resolver_match is None or (request.method in ("GET", "HEAD") and not request.GET):
        return False
    view = request.resolver_match.func
    return getattr(view, "view_class", view).__module__.startswith("wagtail.")


class BusyDatabase(MiddlewareMixin):
    """An outage met in a view; one met elsewhere comes to ``outages.server_error``."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        kind = outages.outage(exception)
        if not kind:
            return None
        # The view's transaction was undone in favour of another: surely nothing of it was stored.
        return outages.unavailable(request, kind, undone=outages.is_busy(exception))
