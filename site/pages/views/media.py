"""Pictures of pages, as they were cut for them; what was sent, and documents, are not served from here."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

WEEK = 7 * 24 * 3600


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    response = serve(request, name, document_root=str(Path(settings.MEDIA_ROOT) / "images"))
    response["Cache-Control"] = f"public, max-age={WEEK}"  # another cut has another name
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
