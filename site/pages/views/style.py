"""The living style page, for maintainers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def style(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
