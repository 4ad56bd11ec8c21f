"""Pictures of pages, as they were cut for them; what was sent, and documents, are not served from here."""

from mimetypes import guess_type
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

WEEK = 7 * 24 * 3600
FOLDER = "images"


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    storage = storages["default"]
    response = (
        serve(request, name, document_root=str(Path(settings.MEDIA_ROOT) / FOLDER))
        if isinstance(storage, FileSystemStorage)
        else _fetched(storage, name)
    )
    response["Cache-Control"] = f"public, max-age={WEEK}"  # another cut has another name
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _fetched(storage: Storage, name: str) -> HttpResponse:
    """From another machine. A name that climbs out of the folder would reach what was sent."""
    if {"", ".", ".."} & set(name.split("/")) or "\\" in name or "\0" in name:
        raise Http404
    try:
        with storage.open(f"{FOLDER}/{name}") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(content, content_type=guess_type(name)[0] or "application/octet-stream")
