"""What of an answer may be kept for every visitor without a session cookie, cut for ``common.kept_pages``.

Its CSRF tokens are cut out; it is compressed here, once, and not when it is served (``common.compression``).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _does_token_match  # type: ignore[attr-defined]
from django.utils.cache import patch_vary_headers

from common.compression import SHORTEST, is_text, squeezed
from common.public import is_marked, seconds_good

HTMX = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
HTMX_SENT = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in HTMX)
TOKEN = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
NOT_FOR_ALL = re.compile("private|no-store|no-cache")
# In an address, it may come back in the page, where it would be cut out as ours are.
LIKE_A_TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
# In the environment that the request came with: whether the cut is wanted, and there it is.
ASKED, CUT = "escale.cut-asked", "escale.cut"


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer without its tokens: one stood between each two ``parts``; ``blocks`` are their gzip."""

    parts: list[bytes]
    blocks: list[bytes]
    etag: str
    seconds: float


class PublicPages:
    """Inside CsrfViewMiddleware, which knows the visitor's secret and sends its cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_marked(request):
            patch_vary_headers(response, ("Cookie", *HTMX))
            if ASKED in request.META and _is_for_all(request, response):
                request.META[CUT] = _cut(request, response)
        return response


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.session.modified
        and not getattr(request, "_csp_nonce", None)
        and not NOT_FOR_ALL.search(response.headers.get("Cache-Control", ""))
        and seconds_good(response) > 0
        and not LIKE_A_TOKEN.search(_address(request))
    )


def _address(request: HttpRequest) -> bytes:
    return unquote_to_bytes(f"{request.META.get('PATH_INFO', '')}?{request.META.get('QUERY_STRING', '')}")


def _cut(request: HttpRequest, response: HttpResponse) -> Cut:
    parts = _between_tokens(response.content, str(request.META.get("CSRF_COOKIE", "")))
    worth = is_text(response) and len(response.content) >= SHORTEST and "Content-Encoding" not in response
    if worth:
        patch_vary_headers(response, ("Accept-Encoding",))
    return Cut(
        parts=parts,
        blocks=squeezed(parts) if worth else [],
        etag=response.headers.get("ETag", ""),
        seconds=seconds_good(response),
    )


def _between_tokens(content: bytes, secret: str) -> list[bytes]:
    """``content`` cut at each token that was made from ``secret``."""
    parts, begin = [], 0
    for found in TOKEN.finditer(content) if secret else ():
        if _does_token_match(found[0].decode(), secret):
            parts.append(content[begin : found.start()])
            begin = found.end()
    return [*parts, content[begin:]]
