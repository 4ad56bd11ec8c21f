"""How many unknown numbers one address may try: 130 random bits need no more, people need no less."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 600
UNKNOWN_NUMBERS = 20


def guesses_too_much(request: HttpRequest) -> bool:
    return cache.get(_key(request), 0) >= UNKNOWN_NUMBERS


def count_unknown(request: HttpRequest) -> None:
    """An approximate count is enough: it slows a robot down."""
    cache.set(_key(request), cache.get(_key(request), 0) + 1, WINDOW_SECONDS)


def _key(request: HttpRequest) -> str:
    address = get_adapter().get_client_ip(request)
    return f"verify:{address}:{int(time.time() // WINDOW_SECONDS)}"
