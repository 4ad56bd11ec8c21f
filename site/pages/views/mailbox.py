"""The demo's mailbox: nothing leaves the machine, and a newcomer can follow the links and codes."""

import re
from collections.abc import Callable, Iterator
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pages.mailbox import Letter, find, letters

View = Callable[..., HttpResponse]
SHOWN = 100
URL = re.compile(r"https?://[^\s<>\"]+")


def demo_only(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return wrapped


@demo_only
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    found = letters(settings.MAILBOX_DIR)
    return render(request, "pages/mailbox.html", {"letters": found[:SHOWN], "total": len(found)})


@demo_only
@never_cache
@require_safe
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    letter = find(settings.MAILBOX_DIR, name)
    if letter is None:
        raise Http404
    if "piece" in request.GET:
        return _piece(letter, request.GET["piece"])
    return render(
        request, "pages/mailbox_message.html", {"letter": letter, "parts": list(linked(letter.text))}
    )


def linked(text: str) -> Iterator[tuple[str, bool]]:
    """``text`` in parts, each with whether it is an address of ours, hence safe to make a link of."""
    position = 0
    for match in URL.finditer(text):
        address = match[0].rstrip(".,;:!?)»")
        yield text[position : match.start()], False
        yield address, address == settings.BASE_URL or address.startswith(f"{settings.BASE_URL}/")
        position = match.start() + len(address)
    yield text[position:], False


def _piece(letter: Letter, wanted: str) -> HttpResponse:
    piece = next((p for i, p in enumerate(letter.pieces) if str(i) == wanted and p.text), None)
    if piece is None:
        raise Http404
    response = HttpResponse(piece.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    return response
