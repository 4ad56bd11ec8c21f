"""What a session looks like where its address is shared."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def session_image(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
