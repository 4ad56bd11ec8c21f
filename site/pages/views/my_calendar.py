"""The address of a person's own calendar, and how to change it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_calendar(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
