"""CSRF tokens for kept pages, as Django makes them and ten times as fast: it asks the system for each letter.

``tests/common/test_fresh_tokens.py`` has Django read them.
"""

from functools import lru_cache
from os import urandom
from time import time
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CsrfViewMiddleware

LETTERS = CSRF_ALLOWED_CHARS.encode()
# Each byte is a letter, all letters as often: the bytes beyond the last whole round are thrown away.
ROUND = 256 // len(LETTERS) * len(LETTERS)
LETTER = bytes(LETTERS[byte % len(LETTERS)] for byte in range(256))
BEYOND = bytes(range(ROUND, 256))
PLACE = bytes(max(LETTERS.find(byte), 0) for byte in range(256))


def token_of(secret: str) -> bytes:
    """Another one at each visit: mask, then secret under that mask."""
    mask = _letters()
    pairs = zip(secret.encode().translate(PLACE), mask.translate(PLACE), strict=True)
    return mask + bytes([LETTER[each + other] for each, other in pairs])


def visitors_secret(cookies: dict[str, str]) -> str:
    """The one that the visitor brings; a new one instead of none, or of one that Django refuses."""
    if settings.CSRF_COOKIE_NAME not in cookies:
        return _letters().decode()
    request: Any = SimpleNamespace(COOKIES=cookies, META={})
    _django().process_request(request)
    return str(request.META["CSRF_COOKIE"])


def cookie_of(secret: str) -> str:
    """What ``Set-Cookie`` says: the attributes are Django's, and the same for all in one second."""
    before, after = _around(int(time()))
    return f"{before}{secret}{after}"


def _letters() -> bytes:
    drawn = b""
    while len(drawn) < CSRF_SECRET_LENGTH:
        drawn += urandom(2 * CSRF_SECRET_LENGTH).translate(LETTER, BEYOND)
    return drawn[:CSRF_SECRET_LENGTH]


@lru_cache(maxsize=1)
def _around(_second: int) -> list[str]:
    secret = "0" * CSRF_SECRET_LENGTH
    request: Any = SimpleNamespace(META={"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})
    response = HttpResponse()
    _django().process_response(request, response)
    return response.cookies[settings.CSRF_COOKIE_NAME].output(header="").split(secret)


@lru_cache(maxsize=1)
def _django() -> CsrfViewMiddleware:
    return CsrfViewMiddleware(lambda _: HttpResponse())
