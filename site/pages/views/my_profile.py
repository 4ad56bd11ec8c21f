"""What a signed-in person says of themselves."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def my_profile(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
