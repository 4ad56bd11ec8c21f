"""Stands where a view is about to be written."""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest


def pending(request: HttpRequest, **kwargs: Any) -> NoReturn:
    raise Http404
