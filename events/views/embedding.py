"""The list of dates that an organisation shows on its own site."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def embed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
