"""Files as answers to a request, streamed when they may be long."""

from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers


def download(
    *, name: str, content_type: str, content: Iterator[bytes] | IO[bytes] | bytes
) -> HttpResponseBase:
    """``content`` as the file ``name``; what is read from a file is closed with the answer. Never cached."""
    response: HttpResponseBase
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=content_type)
    elif hasattr(content, "read"):
        response = FileResponse(content, content_type=content_type)
    else:
        response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    add_never_cache_headers(response)
    return response
