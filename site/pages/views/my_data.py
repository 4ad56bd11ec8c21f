"""Rights: export, consents, erasure."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_data(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
