"""Public pages kept whole for visitors without a session cookie, and right after every change.

A kept page is found by its generation (``common.page_generation``), its address and the headers that
htmx sends. Its CSRF tokens are cut out when it is kept; each visitor gets their own, and its cookie.
It is compressed when it is kept, not when it is served (see ``common.compression``).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _does_token_match, get_token  # type: ignore[attr-defined]
from django.utils.cache import get_conditional_response, patch_vary_headers

from common.compression import SHORTEST, is_text, spliced, squeezed, takes_gzip
from common.page_generation import generation
from common.public import is_marked, seconds_good

LONGEST_ADDRESS = 2_000
HTMX = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
HTMX_SENT = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in HTMX)
TOKEN = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
# What outer middleware reads from a response beside its headers.
MARKS = ("_csp_config", "_csp_replace", "_csp_update", "_csp_exempt", "xframe_options_exempt")


@dataclass(frozen=True)
class Kept:
    """An answer without its tokens: one stood between each two ``parts``; ``blocks`` are their gzip."""

    parts: list[bytes]
    blocks: list[bytes]
    headers: list[tuple[str, str]]
    marks: dict[str, Any]


class PublicPages:
    """Inside CsrfViewMiddleware, which knows the visitor's secret and sends its cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request) if _may_be_kept(request) else ""
        if not key:
            return self.get_response(request)
        kept = caches["pages"].get(key)
        if kept is not None:
            return _unless_known(request, _again(request, kept))
        response = self.get_response(request)
        if is_marked(request):
            patch_vary_headers(response, ("Cookie", *HTMX))
        seconds = seconds_good(response)
        if request.method == "GET" and seconds > 0 and _is_for_all(request, response):
            caches["pages"].set(key, _cut(request, response), seconds)
        return response


def _may_be_kept(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _key(request: HttpRequest) -> str:
    """The generation is asked here, before the page is made."""
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    said = [generation(), address, *(request.META.get(name, "") for name in HTMX_SENT)]
    return hashlib.sha256("\n".join(said).encode(errors="replace")).hexdigest()


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        is_marked(request)
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.session.modified
        and not getattr(request, "_csp_nonce", None)
        and not re.search("private|no-store|no-cache", response.headers.get("Cache-Control", ""))
    )


def _cut(request: HttpRequest, response: HttpResponse) -> Kept:
    parts = _between_tokens(response.content, str(request.META.get("CSRF_COOKIE", "")))
    worth = is_text(response) and len(response.content) >= SHORTEST and "Content-Encoding" not in response
    if worth:
        patch_vary_headers(response, ("Accept-Encoding",))
    return Kept(
        parts=parts,
        blocks=squeezed(parts) if worth else [],
        headers=[each for each in response.items() if each[0] != "Content-Length"],
        marks={mark: getattr(response, mark) for mark in MARKS if hasattr(response, mark)},
    )


def _between_tokens(content: bytes, secret: str) -> list[bytes]:
    """``content`` cut at each token that was made from ``secret``."""
    parts, begin = [], 0
    for found in TOKEN.finditer(content) if secret else ():
        if _does_token_match(found[0].decode(), secret):
            parts.append(content[begin : found.start()])
            begin = found.end()
    return [*parts, content[begin:]]


def _again(request: HttpRequest, kept: Kept) -> HttpResponse:
    token = get_token(request).encode() if len(kept.parts) > 1 else b""
    short = bool(kept.blocks) and takes_gzip(request)
    response = HttpResponse(spliced(kept.parts, kept.blocks, token) if short else token.join(kept.parts))
    for name, value in kept.headers:
        response[name] = value
    for name, mark in kept.marks.items():
        setattr(response, name, mark)
    if short:
        response["Content-Encoding"] = "gzip"
        if response.get("ETag", "").startswith('"'):  # the same answer, not the same bytes
            response["ETag"] = f"W/{response['ETag']}"
    return response


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """« Not modified » for a program that holds this very answer: calendars ask every hour."""
    etag = response.headers.get("ETag")
    answer = get_conditional_response(request, etag=etag, response=response) if etag else response
    return answer or response
