"""Pages that are the same for every visitor without a session cookie: they are kept and served whole.

A view says so with ``public_page``; it then depends on nothing but the address, ``HX-Request`` and the
database, and writes nothing into the session. ``common.page_cache`` does the rest.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)

MARK = "escale.public"
# What time alone changes (an evening that has begun, a day that ends) is right after this at most.
LONGEST = 60


def public_page(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """The decorated view answers every visitor without a session cookie alike."""

    @wraps(view)
    def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        mark_public(request)
        return view(request, *args, **kwargs)

    return marked


def mark_public(request: HttpRequest) -> None:
    request.META[MARK] = True


def is_marked(request: HttpRequest) -> bool:
    return bool(request.META.get(MARK))


def good_until(response: HttpResponse, *moments: datetime | None) -> HttpResponse:
    """Let the kept page go when the next of ``moments`` comes: it will not be true any more."""
    now = timezone.now()
    left = [(moment - now).total_seconds() for moment in moments if moment and moment > now]
    response.public_seconds = min([LONGEST, *left])  # type: ignore[attr-defined]
    return response


def seconds_good(response: HttpResponse) -> float:
    return float(getattr(response, "public_seconds", LONGEST))
